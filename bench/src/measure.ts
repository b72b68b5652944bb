/** One figure of the report. */
export interface Figure {
  readonly part: 'append' | 'verify' | 'partial' | 'anchor' | 'prove' | 'seal' | 'prune' | 'serve';
  readonly store: string;
  readonly name: string;
  /** What is counted; default entries. */
  readonly unit?: string;
  readonly perSecond: Spread;
  /** What it is held against, measured in the same rounds. */
  readonly against: readonly Comparison[];
  readonly notes: Readonly<Record<string, string | number>>;
}

export interface Comparison {
  readonly name: string;
  readonly perSecond: Spread;
  /** The figure divided by this, round by round. */
  readonly ratio: Spread;
}

/** Median, smallest and largest of the rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (i: number): number => sorted[i] as number;
  const half = Math.floor(sorted.length / 2);
  return {
    median: sorted.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/** Entries a second of something that handles `entries` of them. */
export async function rate(entries: number, work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (entries * 1_000) / (performance.now() - start);
}

/** Something that is measured: a round of it, in entries a second. */
export type Round = (counted: boolean) => Promise<number>;

/**
 * Measures a subject and what it is held against in turn, A B C A B C ..., so that a machine that drifts drifts for all of
 * them. A first round warms up and is not counted.
 */
export async function inTurn(
  rounds: number,
  subject: Round,
  others: Readonly<Record<string, Round>>,
): Promise<Pick<Figure, 'perSecond' | 'against'>> {
  const own: number[] = [];
  const theirs = Object.entries(others).map(([name, round]) => ({ name, round, values: [] as number[] }));
  for (let i = 0; i <= rounds; i++) {
    const counted = i > 0;
    const value = await subject(counted);
    if (counted) own.push(value);
    for (const other of theirs) {
      const value = await other.round(counted);
      if (counted) other.values.push(value);
    }
  }
  return {
    perSecond: spread(own),
    against: theirs.map(({ name, values }) => ({
      name,
      perSecond: spread(values),
      ratio: spread(values.map((value, i) => (own[i] as number) / value)),
    })),
  };
}

/** Runs `work(i)` for i in [0, n) with a number of callers at once; the time that each call took, in milliseconds. */
export async function callers(
  n: number,
  atOnce: number,
  work: (i: number) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < n) {
      const i = next++;
      const start = performance.now();
      await work(i);
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return times;
}

/** The value below which a share `p` of the values lies, with two significant digits after a leading zero. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0;
  return value < 10 ? Math.round(value * 100) / 100 : Math.round(value * 10) / 10;
}
