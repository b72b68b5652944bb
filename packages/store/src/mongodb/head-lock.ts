import { SealtrailError } from '@sealtrail/format';
import type { ClientSession, Document, FindOptions } from 'mongodb';
import type { Tip } from '../port.ts';
import { backoff, jitter } from '../retry.ts';
import type { Collections, HeadDocument } from './documents.ts';

export interface LockTimes {
  /** How long a lock is good without being renewed. A writer that dies is waited for this long. */
  readonly leaseMs: number;
  /** How long a writer keeps the lock before it looks whether somebody else wants it. */
  readonly holdMs: number;
  /** How long a writer waits for the lock before it gives up. */
  readonly waitMs: number;
  /** How long a writer that gave the lock back to somebody stays away. */
  readonly yieldMs: number;
}

/** The lock on one head, taken. */
export interface Turn {
  readonly fence: number;
  /** The last entry; moves with every commit of this turn. */
  tip: Tip;
  /** Server time when the lock was taken or renewed, in Unix milliseconds, and the local clock then. */
  serverMs: number;
  renewedAt: number;
  /** There may be entries after the tip: it is good for the head, and not to be built on. The lock may still be ours. */
  stale: boolean;
}

// Locks need no majority: one that is lost in a failover is one that nobody holds. What protects the chain is the
// unique index on (tenant, seq), which every entry is written under.
const LOCK_CONCERN = { writeConcern: { w: 1 } } as const;

const FREE: Document = {
  $or: [{ $eq: ['$holder', null] }, { $lte: ['$until', '$$NOW'] }],
};

/**
 * The head lock of MongoDB logs: a lease on the tenant's head document, by the server's clock, with a fencing number
 * (Kleppmann, "How to do distributed locking", 2016). It keeps writers from getting in each other's way; it is not what
 * keeps the chain whole.
 */
export class HeadLocks {
  readonly #collections: Collections;
  readonly #holder: string;
  readonly #times: LockTimes;
  readonly #turns = new Map<string, Turn>();
  readonly #awayUntil = new Map<string, number>();

  constructor(collections: Collections, holder: string, times: LockTimes) {
    this.#collections = collections;
    this.#holder = holder;
    this.#times = times;
  }

  /**
   * The turn of this process, taken or still good.
   *
   * @throws SealtrailError `store_unavailable` after waiting in vain, `log_broken`
   */
  async take(tenant: string): Promise<Turn> {
    const turn = this.#turns.get(tenant);
    if (turn !== undefined && !turn.stale) {
      if (performance.now() - turn.renewedAt < this.#times.holdMs) return turn;
      if (await this.#renew(tenant, turn)) return turn;
    }
    return this.#acquire(tenant);
  }

  /** Another writer was faster, or nothing is known any more: the next commit reads the end of the log anew. */
  forget(tenant: string): void {
    const turn = this.#turns.get(tenant);
    if (turn !== undefined) turn.stale = true;
  }

  /** Writes the head and gives the lock back. */
  async release(tenant: string): Promise<void> {
    const turn = this.#turns.get(tenant);
    if (turn === undefined) return;
    this.#turns.delete(tenant);
    const before = await this.#free(tenant, turn.fence, headOf(turn.tip));
    if (before?.wanted != null) this.#stayAway(tenant);
  }

  #free(tenant: string, fence: number, head: Partial<HeadDocument> = {}): Promise<HeadDocument | null> {
    return this.#collections.heads.findOneAndUpdate(
      { _id: tenant, holder: this.#holder, fence },
      { $set: { ...head, holder: null, until: null } },
      { returnDocument: 'before', ...LOCK_CONCERN },
    );
  }

  /** Server time now, by the time of the last answer and the local clock, which may not be set but does run. */
  now(turn: Turn): string {
    return new Date(turn.serverMs + (performance.now() - turn.renewedAt)).toISOString();
  }

  #serverMs(head: HeadDocument): number {
    return (head.until as Date).getTime() - this.#times.leaseMs;
  }

  #stayAway(tenant: string): void {
    this.#awayUntil.set(tenant, performance.now() + this.#times.yieldMs);
  }

  async #renew(tenant: string, turn: Turn): Promise<boolean> {
    const head = await this.#collections.heads.findOneAndUpdate(
      { _id: tenant, holder: this.#holder, fence: turn.fence, wanted: null },
      [{ $set: { ...headOf(turn.tip), until: { $add: ['$$NOW', this.#times.leaseMs] } } }],
      { returnDocument: 'after', ...LOCK_CONCERN },
    );
    if (head !== null) {
      turn.renewedAt = performance.now();
      turn.serverMs = this.#serverMs(head);
      return true;
    }
    // Somebody waits, or the lease ran out and somebody else has it.
    await this.release(tenant);
    return false;
  }

  async #acquire(tenant: string): Promise<Turn> {
    const away = (this.#awayUntil.get(tenant) ?? 0) - performance.now();
    this.#awayUntil.delete(tenant);
    if (away > 0) await jitter(away * 2);
    const deadline = performance.now() + this.#times.waitMs;
    for (const delay of backoff(2, 25)) {
      const head = await this.#tryAcquire(tenant);
      if (head?.holder === this.#holder) return this.#begin(tenant, head);
      if (head === null && (await this.#collections.heads.findOne({ _id: tenant })) === null) {
        throw new SealtrailError('log_broken', `${tenant} is not registered, or its head is gone`, {
          tenant,
        });
      }
      if (performance.now() > deadline) {
        throw new SealtrailError(
          'store_unavailable',
          `the head lock of ${tenant} could not be taken within ${this.#times.waitMs} ms`,
        );
      }
      await jitter(delay);
    }
    throw new Error('unreachable');
  }

  /** Takes a free lock; leaves a note at one that is held, once, so that waiting costs the server no more writes. */
  async #tryAcquire(tenant: string): Promise<HeadDocument | null> {
    const mine = { $or: [...FREE['$or'], { $eq: ['$holder', this.#holder] }] };
    return this.#collections.heads.findOneAndUpdate(
      { _id: tenant, $expr: { $or: [mine, { $eq: ['$wanted', null] }] } },
      [
        {
          $set: {
            holder: { $cond: [mine, this.#holder, '$holder'] },
            until: { $cond: [mine, { $add: ['$$NOW', this.#times.leaseMs] }, '$until'] },
            fence: { $cond: [mine, { $add: ['$fence', 1] }, '$fence'] },
            wanted: { $cond: [mine, null, '$$NOW'] },
          },
        },
      ],
      { returnDocument: 'after', ...LOCK_CONCERN },
    );
  }

  /**
   * Where every turn begins, after a crash as in normal operation: the log continues after its last entry, whatever the
   * head says, for the writer before may have died after writing entries and before writing the head.
   */
  async #begin(tenant: string, head: HeadDocument): Promise<Turn> {
    const renewedAt = performance.now();
    const tip = await this.lastEntry(tenant, head).catch(async (error: unknown) => {
      // Nobody shall have to wait for the lease of a turn that could not begin.
      await this.#free(tenant, head.fence).catch(() => {});
      throw error;
    });
    const turn: Turn = { fence: head.fence, tip, serverMs: this.#serverMs(head), renewedAt, stale: false };
    this.#turns.set(tenant, turn);
    return turn;
  }

  /**
   * The last entry, as far as a majority of the servers has it: an entry that a failover may still take back must not be
   * linked to.
   *
   * @throws SealtrailError `log_broken` when the log ends before its head, or has another entry there
   */
  async lastEntry(tenant: string, head: Pick<HeadDocument, 'seq' | 'hash'>): Promise<Tip> {
    const deadline = performance.now() + this.#times.waitMs;
    for (const delay of backoff(10, 200)) {
      const last = await findLast(this.#collections, tenant, { readConcern: { level: 'majority' } });
      if (last !== null && reaches(last, head)) return last;
      // A server that has just become primary may not know yet how much the majority has. What it has itself decides
      // whether the log was cut or is only not confirmed yet.
      const local = await findLast(this.#collections, tenant, {});
      if (local === null || !reaches(local, head)) throw cutOff(tenant, head.seq, local);
      if (performance.now() > deadline) {
        throw new SealtrailError('store_unavailable', 'the servers do not agree on the end of the log yet');
      }
      await jitter(delay);
    }
    throw new Error('unreachable');
  }
}

/** The last entry as a transaction sees it. @throws SealtrailError `log_broken` */
export async function lastEntryInSession(
  collections: Collections,
  tenant: string,
  head: Pick<HeadDocument, 'seq' | 'hash'>,
  session: ClientSession,
): Promise<Tip> {
  const last = await findLast(collections, tenant, { session });
  if (last === null || !reaches(last, head)) throw cutOff(tenant, head.seq, last);
  return last;
}

async function findLast({ entries }: Collections, tenant: string, options: FindOptions): Promise<Tip | null> {
  const last = await entries.findOne(
    { tenant },
    { sort: { seq: -1 }, projection: { _id: 0, seq: 1, hash: 1, time: 1 }, ...options },
  );
  return last === null ? null : { seq: last.seq, hash: last.hash, time: last.time };
}

function reaches(last: Tip, head: Pick<HeadDocument, 'seq' | 'hash'>): boolean {
  return last.seq > head.seq || (last.seq === head.seq && last.hash === head.hash);
}

function cutOff(tenant: string, head: number, last: Tip | null): SealtrailError {
  return new SealtrailError(
    'log_broken',
    `the log of ${tenant} does not end where its head says; verify it before anything is added`,
    { tenant, head, last: last?.seq ?? null },
  );
}

export function headOf(tip: Tip): Pick<HeadDocument, 'seq' | 'hash' | 'time'> {
  return { seq: tip.seq, hash: tip.hash, time: tip.time };
}
