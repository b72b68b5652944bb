import { type EntryRow, SealtrailError } from '@sealtrail/format';
import type { Store, Tip } from '../port.ts';
import type { Appended } from './appended.ts';
import { refuseUnlinked } from './linked.ts';
import { type Prepared, place, refuseOther } from './prepare.ts';
import type { Queue, Waiting } from './queue.ts';
import type { Registry } from './registry.ts';
import { turnTogether } from './turn.ts';

export interface CommitterParts {
  readonly store: Store;
  readonly registry: Registry;
  readonly tenant: string;
  readonly queue: Queue;
  readonly lingerMs: number;
  /** Called when nothing waits and the head lock was given back: nobody has to remember the committer any more. */
  readonly onIdle: () => void;
}

/**
 * Group commit for one tenant: whatever waits is committed together, one commit after the other, while anything waits.
 * Callers that come during a commit are the next group, so throughput grows with the number of callers and a single one
 * waits for nobody.
 */
export class Committer {
  readonly #parts: CommitterParts;
  readonly #queue: Queue;
  #running: Promise<void> | undefined;
  #linger: NodeJS.Timeout | undefined;
  #releasing: Promise<void> = Promise.resolve();

  constructor(parts: CommitterParts) {
    this.#parts = parts;
    this.#queue = parts.queue;
  }

  /** Makes sure that what waits will be committed. */
  kick(): void {
    if (this.#running !== undefined) return;
    clearTimeout(this.#linger);
    this.#linger = undefined;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (this.#queue.size > 0) this.kick();
      else this.#releaseSoon();
    });
  }

  /** Waits until nothing waits any more, and gives the head lock back. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    clearTimeout(this.#linger);
    this.#release();
    await this.#releasing;
  }

  async #run(): Promise<void> {
    while (this.#queue.size > 0) {
      // One turn of the event loop: callers that were answered just now append again before the next group is formed, and
      // those that append in the same breath belong together.
      await turnTogether();
      const batch = this.#queue.batch();
      try {
        await this.#commit(batch);
      } catch (error) {
        // Who gets this error knows only that the entry may or may not be there, and may append it again by its id.
        this.#queue.remove(batch);
        for (const waiting of batch) waiting.reject(error);
      }
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const { registry, store, tenant } = this.#parts;
    await registry.register(tenant);
    const prepared = batch.map((waiting) => waiting.prepared);
    const { rows, takenId } = await store.commit(tenant, (tip, now) => placeAll(prepared, tip, now));
    // Rows come back in the order of the batch.
    rows.forEach((row, i) => {
      (batch[i] as Waiting).resolve(appended(row, false));
    });
    this.#queue.remove(rows.length === batch.length ? batch : batch.slice(0, rows.length));
    if (takenId !== undefined) await this.#settleTaken(takenId, batch.slice(rows.length));
  }

  /**
   * Ids are in the log already: the same append made again gets the first result, another content is refused. All that
   * wait are looked up at once, for one that was appended before seldom comes alone.
   */
  async #settleTaken(takenId: string, batch: readonly Waiting[]): Promise<void> {
    const { store, tenant } = this.#parts;
    const known = await store.findByIds(
      tenant,
      batch.map(({ prepared }) => prepared.id),
    );
    if (!known.has(takenId)) {
      throw new SealtrailError(
        'store_unavailable',
        `the entry with the id ${takenId} could not be read back`,
      );
    }
    const settled = batch.filter(({ prepared }) => known.has(prepared.id));
    this.#queue.remove(settled);
    const same: { readonly row: EntryRow; readonly waiting: Waiting }[] = [];
    for (const waiting of settled) {
      const row = known.get(waiting.prepared.id) as EntryRow;
      try {
        refuseOther(row, waiting.prepared);
        same.push({ row, waiting });
      } catch (error) {
        waiting.reject(error);
      }
    }
    // What is acknowledged here is not written: the log has to have it.
    try {
      await refuseUnlinked(
        store,
        tenant,
        same.map(({ row }) => row),
      );
      for (const { row, waiting } of same) waiting.resolve(appended(row, true));
    } catch (error) {
      for (const { waiting } of same) waiting.reject(error);
    }
  }

  // A caller that appends one entry after the other finds the lock still taken, and saves two round trips.
  #releaseSoon(): void {
    this.#linger = setTimeout(() => this.#release(), this.#parts.lingerMs);
  }

  #release(): void {
    const { store, tenant, onIdle } = this.#parts;
    this.#linger = undefined;
    this.#releasing = this.#releasing.then(async () => {
      // Whatever fails here, the lease runs out and the next commit recovers.
      if (this.#running === undefined) await store.release(tenant).catch(() => {});
      if (this.#running === undefined && this.#linger === undefined && this.#queue.size === 0) onIdle();
    });
  }
}

/** Rows for a whole batch, each linked to the one before. */
export function placeAll(batch: readonly Prepared[], tip: Tip, now: string): EntryRow[] {
  const rows: EntryRow[] = [];
  let last = tip;
  for (const prepared of batch) {
    const row = place(prepared, last, now);
    rows.push(row);
    last = row;
  }
  return rows;
}

export function appended(row: EntryRow, duplicate: boolean): Appended {
  const { tenant, id, seq, hash, time } = row;
  return { tenant, id, seq, hash, time, duplicate };
}
