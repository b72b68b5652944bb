import { SealtrailError } from '@sealtrail/format';
import type { Document } from 'mongodb';
import { Gather } from '../gather.ts';
import { PassingMap } from '../passing-map.ts';
import type { Tip } from '../port.ts';
import { backoff, jitter } from '../retry.ts';
import type { Collections, HeadDocument } from './documents.ts';
import { lastEntriesAtHeads, lastEntry } from './last-entry.ts';
import { nextTurn } from './turn.ts';

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

interface Release {
  readonly tenant: string;
  readonly turn: Turn;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How often who waits for a lock looks whether it is free, in milliseconds at the most. */
const LOOK_MS = 50;

// Locks need no majority: one that is lost in a failover is one that nobody holds. What protects the chain is the
// unique index on (tenant, seq), which every entry is written under.
const LOCK_CONCERN = { writeConcern: { w: 1 } } as const;

/** Whether a lock is free, by the server's clock. */
export const FREE: Document = {
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
  readonly #turns = new PassingMap<string, Turn>();
  readonly #awayUntil = new Map<string, number>();
  readonly #releases = new Gather<Release>(
    { most: 200, atOnce: 2 },
    (group) => this.#freeAll(group),
    nextTurn,
  );

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

  /**
   * The turns of this process at several logs, in a few round trips for all of them: those that are still good, and those that are
   * free and whose log ends where its head says. Waits for nobody; the others are for {@link take}.
   *
   * @throws errors of the driver
   */
  async takeFree(tenants: readonly string[]): Promise<ReadonlyMap<string, Turn>> {
    const turns = new Map<string, Turn>();
    const over: Promise<void>[] = [];
    for (const tenant of tenants) {
      const turn = this.#turns.get(tenant);
      if (turn === undefined || turn.stale) continue;
      if (performance.now() - turn.renewedAt < this.#times.holdMs) turns.set(tenant, turn);
      else over.push(this.release(tenant));
    }
    await Promise.all(over);
    const free = tenants.filter((tenant) => !turns.has(tenant) && !this.#awayUntil.has(tenant));
    if (free.length === 0) return turns;
    const heads = await this.#lockFree(free);
    const renewedAt = performance.now();
    const tips = heads.length === 0 ? new Map() : await lastEntriesAtHeads(this.#collections, heads);
    for (const head of heads) {
      const tip = tips.get(head._id);
      if (tip === undefined) continue;
      turns.set(head._id, this.#turn(head, tip, renewedAt));
    }
    return turns;
  }

  /** Takes the locks that are free. @returns the heads that are ours now */
  async #lockFree(tenants: readonly string[]): Promise<HeadDocument[]> {
    const { heads, answered } = this.#collections;
    const those = { _id: { $in: [...tenants] } };
    await heads.updateMany({ ...those, $expr: this.#mine }, [{ $set: this.#taken }], LOCK_CONCERN);
    return answered(heads.find({ ...those, holder: this.#holder }).toArray());
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
    await new Promise<void>((resolve, reject) => {
      this.#releases.add({ tenant, turn, resolve, reject });
    });
  }

  /** Gives several locks back in one round trip. Where that does not do, somebody waits, or has the lock already. */
  async #freeAll(group: readonly Release[]): Promise<void> {
    if (group.length > 1) {
      const updates = group.map(({ tenant, turn: { fence, tip } }) => ({
        updateOne: {
          filter: { _id: tenant, holder: this.#holder, fence, wanted: null },
          update: { $set: { ...headOf(tip), holder: null, until: null } },
        },
      }));
      // What fails here is tried once more below.
      const { matchedCount } = await this.#collections.heads
        .bulkWrite(updates, { ordered: false, ...LOCK_CONCERN })
        .catch(() => ({ matchedCount: -1 }));
      if (matchedCount === group.length) {
        for (const { resolve } of group) resolve();
        return;
      }
    }
    await Promise.all(
      group.map(async ({ tenant, turn, resolve, reject }) => {
        try {
          const before = await this.#free(tenant, turn.fence, headOf(turn.tip));
          if (before?.wanted != null) this.#awayUntil.set(tenant, performance.now() + this.#times.yieldMs);
          resolve();
        } catch (error) {
          reject(error);
        }
      }),
    );
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
    let isThere = false;
    for (const delay of backoff(2, LOOK_MS)) {
      const head = await this.#tryAcquire(tenant);
      if (head?.holder === this.#holder) return this.#begin(tenant, head);
      // Nothing changes at a lock that is held and has a note already, nor at one that is gone.
      isThere ||= head !== null || (await this.#collections.heads.findOne({ _id: tenant })) !== null;
      if (!isThere) {
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
    const mine = this.#mine;
    const { holder, until, fence, wanted } = this.#taken;
    return this.#collections.heads.findOneAndUpdate(
      { _id: tenant, $expr: { $or: [mine, { $eq: ['$wanted', null] }] } },
      [
        {
          $set: {
            holder: { $cond: [mine, holder, '$holder'] },
            until: { $cond: [mine, until, '$until'] },
            fence: { $cond: [mine, fence, '$fence'] },
            wanted: { $cond: [mine, wanted, '$$NOW'] },
          },
        },
      ],
      { returnDocument: 'after', ...LOCK_CONCERN },
    );
  }

  /** Whether a lock can be taken: it is free, or an attempt of ours whose answer was lost has it. */
  get #mine(): Document {
    return { $or: [...FREE['$or'], { $eq: ['$holder', this.#holder] }] };
  }

  /** A lock, newly taken. */
  get #taken(): Document {
    return {
      holder: this.#holder,
      until: { $add: ['$$NOW', this.#times.leaseMs] },
      fence: { $add: ['$fence', 1] },
      wanted: null,
    };
  }

  /**
   * Where every turn begins, after a crash as in normal operation: the log continues after its last entry, whatever the
   * head says, for the writer before may have died after writing entries and before writing the head.
   */
  async #begin(tenant: string, head: HeadDocument): Promise<Turn> {
    const renewedAt = performance.now();
    const tip = await lastEntry(this.#collections, head, this.#times.waitMs).catch(async (error: unknown) => {
      // Nobody shall have to wait for the lease of a turn that could not begin.
      await this.#free(tenant, head.fence).catch(() => {});
      throw error;
    });
    return this.#turn(head, tip, renewedAt);
  }

  #turn(head: HeadDocument, tip: Tip, renewedAt: number): Turn {
    const turn: Turn = { fence: head.fence, tip, serverMs: this.#serverMs(head), renewedAt, stale: false };
    this.#turns.set(head._id, turn);
    return turn;
  }
}

export function headOf(tip: Tip): Pick<HeadDocument, 'seq' | 'hash' | 'time'> {
  return { seq: tip.seq, hash: tip.hash, time: tip.time };
}
