/** Entries of each of so many tenants, `total` in all as far as they can be divided, the k-th with a weight of 1/k. */
export function zipf(tenants: number, total: number, exponent = 1): number[] {
  const weights = Array.from({ length: tenants }, (_, i) => 1 / (i + 1) ** exponent);
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => Math.max(1, Math.round((weight / sum) * total)));
}

/** A seeded order of the numbers below n (Fisher and Yates, with the generator of Park and Miller). */
export function shuffled(n: number, seed: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  let state = (seed % 2_147_483_646) + 1;
  for (let i = n - 1; i > 0; i--) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (i + 1);
    [order[i], order[other]] = [order[other] as number, order[i] as number];
  }
  return order;
}

export interface Simulated {
  /** From the first job's start to the last one's end. */
  readonly makespanMs: number;
  /** How long each job waited, in the order of the queue. */
  readonly waitedMs: readonly number[];
  /** Share of the time that workers had something to do. */
  readonly utilisation: number;
}

/**
 * A queue and workers: whoever is free first takes the next job, in the order in which they were added. All jobs are there
 * at the beginning, as after a tick.
 */
export function simulate(jobMs: readonly number[], workers: number): Simulated {
  const freeAt = new Array<number>(workers).fill(0);
  const waitedMs = jobMs.map((cost) => {
    const next = freeAt.indexOf(Math.min(...freeAt));
    const start = freeAt[next] as number;
    freeAt[next] = start + cost;
    return start;
  });
  const makespanMs = Math.max(...freeAt);
  const work = jobMs.reduce((a, b) => a + b, 0);
  return { makespanMs, waitedMs, utilisation: makespanMs === 0 ? 0 : work / (makespanMs * workers) };
}
