/** One figure of the report. */
export interface Figure {
  readonly group: string;
  readonly name: string;
  /** Entries a second: median of the rounds, and the slowest and fastest. */
  readonly perSecond: Spread;
  /** What it is held against, measured in the same rounds. */
  readonly ceilings: Readonly<Record<string, Spread>>;
  readonly notes: Readonly<Record<string, string | number>>;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] as number,
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
  };
}

/** Entries a second of something that handles `entries` of them. */
export async function rate(entries: number, work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (entries * 1_000) / (performance.now() - start);
}

/**
 * Measures several things in turn, A B C A B C ..., so that a machine that drifts drifts for all of them. The first round
 * warms up and is not counted.
 */
export async function inTurn(
  rounds: number,
  things: Readonly<Record<string, () => Promise<number>>>,
): Promise<Record<string, Spread>> {
  const results: Record<string, number[]> = Object.fromEntries(Object.keys(things).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, thing] of Object.entries(things)) {
      const value = await thing();
      if (round > 0) results[name]?.push(value);
    }
  }
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, spread(values)]));
}

/** Runs `work(i)` for i in [0, n) with a number of callers at once; the time each call took, in milliseconds. */
export async function callers(
  n: number,
  atOnce: number,
  work: (i: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < n) {
        const i = next++;
        const start = performance.now();
        await work(i);
        times.push(performance.now() - start);
      }
    }),
  );
  return times.toSorted((a, b) => a - b);
}

export function percentile(sorted: readonly number[], p: number): number {
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] as number) * 10) / 10;
}
