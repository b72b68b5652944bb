import type { Job } from './jobs.ts';
import type { Figure } from './measure.ts';
import type { Failure } from './report.ts';

export interface RunOptions {
  readonly minutes: number | undefined;
  readonly say: (line: string) => void;
  /** After each job, so that a run that is ended leaves what it has. */
  readonly save: (figures: readonly Figure[], failures: readonly Failure[]) => void;
}

/**
 * Runs jobs one after the other. One that fails is noted, and the next begins; after so many minutes the one under way and the rest
 * are noted as not measured.
 */
export async function runJobs(jobs: readonly Job[], { minutes, say, save }: RunOptions): Promise<void> {
  const figures: Figure[] = [];
  const failures: Failure[] = [];
  const end = minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + minutes * 60_000;
  for (const { name, run } of jobs) {
    const left = end - performance.now();
    try {
      if (left <= 0) throw new Error(`not begun: ${minutes} minutes were over`);
      figures.push(...(await within(left, run(), `not finished in ${minutes} minutes`)));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      failures.push({ name, why: why.split('\n')[0] ?? '' });
      say(`FAILED ${name}: ${why}`);
    }
    save(figures, failures);
  }
}

async function within<T>(ms: number, work: Promise<T>, late: string): Promise<T> {
  if (!Number.isFinite(ms)) return work;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), ms);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
