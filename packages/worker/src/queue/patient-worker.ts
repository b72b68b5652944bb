import { setTimeout as sleep } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';

/** How long a worker waits before it asks for a job again when Redis refused, in milliseconds. */
const PAUSE_MS = 2_000;

/**
 * BullMQ's worker, which waits for a Redis that is away, but asks one that answers with an error again at once, some thousand
 * times a second: one that is out of memory, cannot write its files, is a replica since a failover, or denies a command.
 */
export class PatientWorker extends Worker {
  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      await this.#pause();
      throw error;
    }
  }

  /** Not longer than the worker goes on. */
  async #pause(): Promise<void> {
    const closing = new AbortController();
    const stop = (): void => closing.abort();
    this.once('closing', stop);
    if (this.closing === undefined) {
      await sleep(PAUSE_MS, undefined, { signal: closing.signal }).catch(() => {});
    }
    this.off('closing', stop);
  }
}
