import { SealtrailError } from '@sealtrail/format';
import { PassingMap } from '../passing-map.ts';
import type { Appended } from './appended.ts';
import { type Prepared, sameContent, sampleOf } from './prepare.ts';

/** One draft that waits for its place. */
export class Waiting {
  readonly prepared: Prepared;
  readonly promise: Promise<Appended>;
  resolve!: (appended: Appended) => void;
  reject!: (error: unknown) => void;
  /** Out of the queue. */
  answered = false;

  constructor(prepared: Prepared) {
    this.prepared = prepared;
    this.promise = new Promise<Appended>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

export interface QueueLimits {
  /** Drafts of one tenant that may wait, and their bytes; beyond that an append is refused. */
  readonly maxWaiting: number;
  readonly maxWaitingBytes: number;
  /** The same for all tenants together. */
  readonly maxWaitingAll: number;
  readonly maxWaitingAllBytes: number;
  /** Drafts committed together. */
  readonly maxBatch: number;
  readonly maxBatchBytes: number;
}

/** What waits in all queues of a log. */
export interface Load {
  waiting: number;
  bytes: number;
}

/** The drafts of one tenant that wait, in groups that stay together. */
export class Queue {
  readonly #limits: QueueLimits;
  readonly #load: Load;
  #groups: Waiting[][] = [];
  readonly #byId = new PassingMap<string, Waiting>();
  #bytes = 0;

  constructor(limits: QueueLimits, load: Load) {
    this.#limits = limits;
    this.#load = load;
  }

  get size(): number {
    return this.#byId.size;
  }

  /**
   * Adds drafts that shall stand together, of which none is another one than waits under its id. One that waits already is joined.
   *
   * @throws SealtrailError `queue_full`
   */
  add(group: readonly Prepared[]): Promise<Appended>[] {
    const size = group.reduce((sum, prepared) => sum + prepared.size, 0);
    if (!this.#hasRoom(group.length, size)) {
      const { waiting, bytes: waitingBytes } = this.#load;
      throw new SealtrailError(
        'queue_full',
        `${waiting} drafts are waiting to be appended; try again later`,
        {
          waiting,
          bytes: waitingBytes,
        },
      );
    }
    const fresh: Waiting[] = [];
    const promises = group.map((prepared) => {
      const twin = this.#byId.get(prepared.id);
      if (twin !== undefined) return twin.promise.then((appended) => ({ ...appended, duplicate: true }));
      const waiting = new Waiting(prepared);
      this.#byId.set(prepared.id, waiting);
      this.#bytes += prepared.size;
      this.#load.waiting++;
      this.#load.bytes += prepared.size;
      fresh.push(waiting);
      return waiting.promise;
    });
    if (fresh.length > 0) this.#groups.push(fresh);
    return promises;
  }

  // Whatever its size, a group may come in when nothing waits: it would never find room otherwise.
  #hasRoom(drafts: number, bytes: number): boolean {
    const { maxWaiting, maxWaitingBytes, maxWaitingAll, maxWaitingAllBytes } = this.#limits;
    const own =
      this.#byId.size === 0 ||
      (this.#byId.size + drafts <= maxWaiting && this.#bytes + bytes <= maxWaitingBytes);
    const all =
      this.#load.waiting === 0 ||
      (this.#load.waiting + drafts <= maxWaitingAll && this.#load.bytes + bytes <= maxWaitingAllBytes);
    return own && all;
  }

  /** What waits under the id of one of these drafts, and is another one. */
  otherThan(group: readonly Prepared[]): Waiting | undefined {
    for (const prepared of group) {
      const twin = this.#byId.get(prepared.id);
      if (twin === undefined) continue;
      const row = { entry: sampleOf(twin.prepared), openings: twin.prepared.openings };
      if (!sameContent(row, prepared)) return twin;
    }
    return undefined;
  }

  /** The next drafts to commit together: whole groups up to the limits, at least one group. They stay in the queue. */
  batch(): Waiting[] {
    const batch: Waiting[] = [];
    let bytes = 0;
    for (const group of this.#groups) {
      const size = group.reduce((sum, { prepared }) => sum + prepared.size, 0);
      const fits =
        batch.length + group.length <= this.#limits.maxBatch && bytes + size <= this.#limits.maxBatchBytes;
      if (batch.length > 0 && !fits) break;
      batch.push(...group);
      bytes += size;
    }
    return batch;
  }

  /** Takes drafts out that got their answer. */
  remove(done: readonly Waiting[]): void {
    for (const waiting of done) {
      const { id, size } = waiting.prepared;
      waiting.answered = true;
      // The id may wait again by now.
      if (this.#byId.get(id) !== waiting) continue;
      this.#byId.delete(id);
      this.#bytes -= size;
      this.#load.waiting--;
      this.#load.bytes -= size;
    }
    const left: Waiting[][] = [];
    for (const group of this.#groups) {
      const rest = group.some(({ answered }) => answered) ? group.filter(({ answered }) => !answered) : group;
      if (rest.length > 0) left.push(rest);
    }
    this.#groups = left;
  }
}
