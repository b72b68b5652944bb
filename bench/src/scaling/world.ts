import type { Bed } from '../beds/bed.ts';

/** What measurements work with. */
export interface World {
  readonly sqlite: Bed;
  readonly mongodb: Bed;
  readonly mongodbUrl: string;
  readonly redisUrl: string;
  /** With the larger sizes, so that there is something to predict. */
  readonly check: boolean;
  readonly say: (line: string) => void;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The median of so many times; one before them is not counted. */
export async function medianMs(times: number, work: (i: number) => unknown): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i <= times; i++) {
    const ms = await timed(() => work(i));
    if (i > 0) values.push(ms);
  }
  return median(values);
}
