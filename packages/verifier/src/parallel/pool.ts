import { Tinypool } from 'tinypool';
import { expected, type WalkDone, type WalkJob } from '../walk-through.ts';
import { walkInParts } from './walk-in-parts.ts';

/** Threads that walk long logs, one log after the other. They are started when the first such log comes. */
export class Pool {
  readonly #threads: number;
  readonly #partEntries: number;
  #pool: Tinypool | undefined;

  constructor(threads: number, partEntries: number) {
    this.#threads = threads;
    this.#partEntries = partEntries;
  }

  /** @returns undefined when the log is better walked in one piece, or must be, because something is wrong */
  async walk(job: WalkJob): Promise<WalkDone | undefined> {
    // A shorter log is walked before a thread is there.
    if ((expected(job) ?? 0) < 3 * this.#partEntries) return undefined;
    this.#pool ??= new Tinypool({
      filename: new URL('./thread.js', import.meta.url).href,
      minThreads: this.#threads,
      maxThreads: this.#threads,
    });
    const pool = this.#pool;
    return walkInParts(job, {
      run: (task, signal) => pool.run(task, { signal }),
      entries: this.#partEntries,
      atOnce: this.#threads,
    });
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
  }
}
