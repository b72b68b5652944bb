import type { Queue } from 'bullmq';
import { retriedOptions } from './jobs.ts';

/** Work for one tenant or sink. */
interface Wanted<T> {
  readonly id: string;
  readonly data: T;
}

/** A job in one of these states comes to its end by itself. Of one that is over, or nowhere, nobody would take the mark away. */
const COMING: ReadonlySet<string> = new Set(['waiting', 'active', 'delayed', 'prioritized']);

/**
 * Asks for work, for each tenant or sink once at a time. What was asked for at the time before and is still not done is looked at: a
 * Redis that throws keys away can lose a job's place in the queue, or what the job is about, and keep the mark that it is there, and nobody
 * would do it ever again.
 */
export class Asked<T> {
  readonly #queue: Queue<T>;
  #before: ReadonlySet<string> = new Set();
  #now = new Set<string>();

  constructor(queue: Queue<T>) {
    this.#queue = queue;
  }

  /** A new time begins. */
  begin(): void {
    this.#before = this.#now;
    this.#now = new Set();
  }

  /** A job that exists already is left as it is. */
  async add(wanted: readonly Wanted<T>[]): Promise<void> {
    const jobs = await this.#add(wanted);
    const lost: Wanted<T>[] = [];
    const look = async (one: Wanted<T>, id: string | undefined): Promise<void> => {
      if (id === undefined) return;
      this.#now.add(id);
      if (this.#before.has(id) && !COMING.has(await this.#queue.getJobState(id))) lost.push(one);
    };
    await Promise.all(wanted.map((one, i) => look(one, jobs[i]?.id)));
    for (const { id } of lost) await this.#queue.removeDeduplicationKey(id);
    if (lost.length > 0) await this.#add(lost);
  }

  #add(wanted: readonly Wanted<T>[]) {
    const { name } = this.#queue;
    // The names and data of a queue are of one kind each, which its type does not say.
    const jobs = wanted.map(({ id, data }) => ({ name, data, opts: retriedOptions(id) }));
    return this.#queue.addBulk(jobs as Parameters<Queue<T>['addBulk']>[0]);
  }
}
