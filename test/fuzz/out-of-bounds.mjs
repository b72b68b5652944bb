// @ts-check

// What no parser may do, for the test of what notices it.

/** @param {{ readonly onCase: (i: number) => void }} options */
export function hangs({ onCase }) {
  onCase(41);
  for (;;);
}

/** @param {{ readonly onCase: (i: number) => void }} options */
export async function waitsForEver({ onCase }) {
  onCase(42);
  await new Promise((resume) => setTimeout(resume, 3_600_000));
}

/** @param {{ readonly onCase: (i: number) => void }} options */
export function grows({ onCase }) {
  onCase(43);
  const kept = [];
  for (;;) kept.push(Array.from({ length: 1_000 }, (_, i) => ({ i })));
}

/** @param {{ readonly onCase: (i: number) => void }} options */
export async function growsOutsideTheHeap({ onCase }) {
  onCase(44);
  const kept = [];
  for (;;) {
    kept.push(Buffer.alloc(8_000_000, 1));
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

/** @param {{ readonly onCase: (i: number) => void }} options */
export function crashes({ onCase }) {
  onCase(45);
  process.exit(3);
}
