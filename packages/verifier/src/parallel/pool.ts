import { Tinypool } from 'tinypool';
import { expected, type WalkDone, type WalkJob } from '../walk-through.ts';
import { walkTask } from './task.ts';
import { type Walker, walkInParts } from './walk-in-parts.ts';

/** Threads that walk long logs, one log after the other: this one, and others that are started when the first such log comes. */
export class Pool {
  readonly #others: number;
  readonly #partEntries: number;
  #pool: Tinypool | undefined;

  constructor(threads: number, partEntries: number) {
    this.#others = threads - 1;
    this.#partEntries = partEntries;
  }

  /** @returns undefined when the log is better walked in one piece, or must be, because something is wrong */
  async walk(job: WalkJob): Promise<WalkDone | undefined> {
    // A shorter log is walked before another thread is there.
    if ((expected(job) ?? 0) < 3 * this.#partEntries) return undefined;
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
      entries: this.#partEntries,
    });
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
  }
}
