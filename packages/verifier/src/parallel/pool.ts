import { Tinypool } from 'tinypool';
import { isMongodbUrl } from '../location.ts';
import { expected, type WalkDone, type WalkJob } from '../walk-through.ts';
import { walkTask } from './task.ts';
import { type Walker, walkInParts } from './walk-in-parts.ts';

/** Short enough that none waits long for another at the end, and long enough that opening the source for a part does not count. */
const PART_ENTRIES = { file: 8_192, database: 20_000 };

/** Threads that walk long logs, one log after the other: this one, and others that are started when the first such log comes. */
export class Pool {
  readonly #others: number;
  readonly #partEntries: number | undefined;
  #pool: Tinypool | undefined;

  constructor(threads: number, partEntries: number | undefined) {
    this.#others = threads - 1;
    this.#partEntries = partEntries;
  }

  /** @returns undefined when the log is better walked in one piece, or must be, because something is wrong */
  async walk(job: WalkJob): Promise<WalkDone | undefined> {
    const kind = isMongodbUrl(job.source.location?.path ?? '') ? 'database' : 'file';
    const entries = this.#partEntries ?? PART_ENTRIES[kind];
    // A shorter log is walked before another thread is there.
    if ((expected(job) ?? 0) < 3 * entries) return undefined;
    this.#pool ??= new Tinypool({
      filename: new URL('./thread.js', import.meta.url).href,
      minThreads: this.#others,
      maxThreads: this.#others,
    });
    const pool = this.#pool;
    const there: Walker = (task, signal) => pool.run(task, { signal });
    // While the others start, this one walks.
    const here: Walker = (task, signal) => walkTask(task, job, signal);
    return walkInParts(job, {
      walkers: [here, ...Array<Walker>(this.#others).fill(there)],
      entries,
    });
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
  }
}
