import { randomUUID } from 'node:crypto';
import { type AnchorRow, type EntryRow, type HeadRow, rowId, SealtrailError } from '@sealtrail/format';
import type { LogSource } from '@sealtrail/verifier';
import { MongodbSource } from '@sealtrail/verifier/mongodb';
import type { ClientSession, MongoClient } from 'mongodb';
import { type Optional, withDefaults } from '../defaults.ts';
import type {
  AnchorPlace,
  BuildRows,
  CommitOutcome,
  DestroyedValues,
  DirectoryChange,
  Store,
  UnanchoredTenant,
} from '../port.ts';
import { Commits } from './commits.ts';
import { DURABLE, MongodbConnection } from './connection.ts';
import { createCollections } from './create-collections.ts';
import { destroyOpenings, removeEntries } from './destroy.ts';
import {
  type Collections,
  collections,
  entryRow,
  type HeadDocument,
  hashedRow,
  prepareDatabase,
  refuseMissing,
  withoutId,
} from './documents.ts';
import { isDuplicateKey, unavailable } from './errors.ts';
import { HeadLocks, type LockTimes } from './head-lock.ts';
import { Registrations } from './registration.ts';
import { commitInSession } from './session.ts';

export { createCollections, DURABLE, isDuplicateKey, MongodbConnection };

export interface MongodbOptions extends Optional<LockTimes> {
  /** Name of the database; default the one in the URL, or `sealtrail`. */
  readonly database?: string | undefined;
  /** How long a command may be without an answer, in milliseconds; default 30,000. What it was about is then read back. */
  readonly answerMs?: number | undefined;
  /** Whether the collections are made when they are not there; default true. */
  readonly create?: boolean | undefined;
}

/** Changes of a directory that are stored together: those of a large fleet at once would take longer than an answer may. */
const CHANGES_AT_ONCE = 5_000;
const DEFAULT_TIMES: LockTimes = { leaseMs: 3_000, holdMs: 250, waitMs: 30_000, yieldMs: 30 };

/**
 * Opens a MongoDB store: a URL, or a client of the caller's, which stays the caller's to close. MongoDB must be a replica
 * set (a single member will do) or a sharded cluster, because registration uses a transaction.
 *
 * @throws SealtrailError `config_invalid` for an unusable URL, `store_unavailable`, `source_invalid` when there is no store and none
 *   shall be made
 */
export async function openMongodbStore(
  server: string | MongoClient,
  options: MongodbOptions = {},
): Promise<Store> {
  const { database, answerMs, create = true, ...times } = options;
  const connection = await MongodbConnection.open(
    server,
    { database, answerMs, closed: 'the store is closed' },
    async (db) => {
      if (!create) await refuseMissing(db);
      await prepareDatabase(db);
    },
  );
  return new MongodbStore(connection, withDefaults(DEFAULT_TIMES, times));
}

class MongodbStore implements Store {
  readonly kind = 'mongodb';
  readonly collections: Collections;
  readonly #connection: MongodbConnection;
  readonly #registrations: Registrations;
  readonly #locks: HeadLocks;
  readonly #commits: Commits;

  constructor(connection: MongodbConnection, times: LockTimes) {
    this.#connection = connection;
    this.collections = collections(connection.db, connection.answers);
    this.#locks = new HeadLocks(this.collections, randomUUID(), times);
    this.#registrations = new Registrations(connection, this.collections);
    this.#commits = new Commits(this.collections, this.#locks);
  }

  async register(tenant: string): Promise<void> {
    await this.#connection.guarded(() => this.#registrations.register(tenant));
  }

  async commit(tenant: string, build: BuildRows): Promise<CommitOutcome> {
    return this.#connection.guarded(() => this.#commits.commit(tenant, build));
  }

  async commitInSession(
    ...[session, tenant, ids, build]: Parameters<NonNullable<Store['commitInSession']>>
  ): Promise<void> {
    this.#connection.refuseClosed();
    // The driver's own errors pass through: their labels tell withTransaction what to retry.
    await commitInSession(this.collections, this.#locks, session as ClientSession, tenant, ids, build);
  }

  async release(tenant: string): Promise<void> {
    if (!this.#connection.closed) await this.#connection.guarded(() => this.#locks.release(tenant));
  }

  async findById(tenant: string, id: string): Promise<EntryRow | undefined> {
    return (await this.findByIds(tenant, [id])).get(id);
  }

  async findByIds(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, EntryRow>> {
    return this.#connection.guarded(async () => {
      const { entries, answered } = this.collections;
      const found = entries.find({ tenant, id: { $in: [...ids] } }, { readConcern: { level: 'majority' } });
      const rows = (await answered(found.toArray())).map(entryRow);
      const byId = new Map(rows.map((row) => [row.id, row]));
      // Somebody took the index away that keeps ids unique: neither of two is the one that counts.
      if (byId.size < rows.length)
        throw new SealtrailError('log_broken', `the log of ${tenant} has an id twice; verify it`, { tenant });
      return byId;
    });
  }

  async findLast(tenant: string, from: string, below: string): Promise<EntryRow | undefined> {
    return this.#connection.guarded(async () => {
      const { entries, answered } = this.collections;
      const found = entries
        .find({ tenant, id: { $gte: from, $lt: below } }, { readConcern: { level: 'majority' } })
        .sort({ id: -1 })
        .limit(1);
      const [document] = await answered(found.toArray());
      return document === undefined ? undefined : entryRow(document);
    });
  }

  async readFrom(tenant: string, from: number, limit: number): Promise<Omit<EntryRow, 'openings'>[]> {
    return this.#connection.guarded(async () => {
      const { entries, answered } = this.collections;
      const found = entries
        .find(
          { tenant, seq: { $gte: from } },
          { projection: { openings: 0 }, readConcern: { level: 'majority' } },
        )
        .sort({ seq: 1 })
        .limit(limit);
      return (await answered(found.toArray())).map(hashedRow);
    });
  }

  async readAt(tenant: string, seqs: readonly number[]): Promise<EntryRow[]> {
    return this.#connection.guarded(async () => {
      const { entries, answered } = this.collections;
      const found = entries.find({ tenant, seq: { $in: [...seqs] } }, { readConcern: { level: 'majority' } });
      return (await answered(found.toArray())).map(entryRow);
    });
  }

  async head(tenant: string): Promise<HeadRow | undefined> {
    return this.#connection.guarded(async () => {
      const head = await this.collections.heads.findOne({ _id: tenant });
      return head === null ? undefined : headRow(head);
    });
  }

  async *unanchored(): AsyncGenerator<UnanchoredTenant> {
    // A writer that died holds a lock that ran out, and its last entries are not in the head yet.
    const heads = this.collections.heads.find(
      {
        $expr: {
          $or: [
            // Never ahead of the head: whoever sets it far ahead would have nothing of this log anchored any more.
            { $ne: ['$seq', '$anchored_to'] },
            { $and: [{ $ne: ['$holder', null] }, { $lte: ['$until', '$$NOW'] }] },
          ],
        },
      },
      { projection: { seq: 1, anchored_to: 1 }, sort: { _id: 1 } },
    );
    try {
      for await (const { _id, seq, anchored_to } of this.collections.each(heads))
        yield {
          tenant: _id,
          entries: anchored_to !== null && anchored_to <= seq ? seq - anchored_to : seq + 1,
        };
    } catch (error) {
      throw unavailable(error);
    }
  }

  async *heads(): AsyncGenerator<HeadRow> {
    this.#connection.refuseClosed();
    try {
      // Sealed is what no failover takes back: a head that went back would look like a tenant that was set back.
      const found = this.collections.heads.find({}, { sort: { _id: 1 }, readConcern: { level: 'majority' } });
      for await (const head of this.collections.each(found)) yield headRow(head);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async anchorAt(tenant: string, number: number): Promise<AnchorRow | undefined> {
    return (await this.anchorsAt([{ tenant, number }]))[0];
  }

  async anchorsAt(places: readonly AnchorPlace[]): Promise<AnchorRow[]> {
    if (places.length === 0) return [];
    return this.#connection.guarded(async () => {
      const { anchors, answered } = this.collections;
      // With the tenants, so that a sharded cluster asks the shards that have them.
      const tenants = [...new Set(places.map(({ tenant }) => tenant))];
      const ids = places.map(({ tenant, number }) => rowId(tenant, number));
      const found = anchors.find(
        { tenant: { $in: tenants }, _id: { $in: ids } },
        { readConcern: { level: 'majority' } },
      );
      return (await answered(found.toArray())).map((document) => withoutId(document) as AnchorRow);
    });
  }

  async addDirectoryChanges(changes: readonly DirectoryChange[]): Promise<void> {
    for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE) {
      const documents = changes.slice(at, at + CHANGES_AT_ONCE).map((change) => ({ ...change }));
      await this.#connection.guarded(() =>
        this.collections.directoryChanges.insertMany(documents, { ...DURABLE, ordered: true }),
      );
    }
  }

  async *directoryChanges(from: number): AsyncGenerator<DirectoryChange> {
    this.#connection.refuseClosed();
    const found = this.collections.directoryChanges.find(
      { seal: { $gte: from } },
      {
        projection: { _id: 0 },
        sort: { seal: 1, directory: 1, tenant: 1 },
        readConcern: { level: 'majority' },
      },
    );
    try {
      for await (const change of this.collections.each(found)) yield change;
    } catch (error) {
      throw unavailable(error);
    }
  }

  async lastAnchor(tenant: string): Promise<AnchorRow | undefined> {
    return this.#connection.guarded(async () => {
      const document = await this.collections.anchors.findOne(
        { tenant },
        { sort: { number: -1 }, readConcern: { level: 'majority' } },
      );
      return document === null ? undefined : (withoutId(document) as AnchorRow);
    });
  }

  async addAnchor(row: AnchorRow): Promise<boolean> {
    return this.#connection.guarded(async () => {
      let added = true;
      try {
        await this.collections.anchors.insertOne({ _id: rowId(row.tenant, row.number), ...row }, DURABLE);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        added = false;
        const stored = await this.collections.anchors.findOne({ tenant: row.tenant, number: row.number });
        // The same anchor, written by an attempt whose answer was lost: the head may still have to be told.
        if (stored?.hash !== row.hash) return false;
      }
      await this.collections.heads.updateOne(
        { _id: row.tenant, $or: [{ anchor_number: null }, { anchor_number: { $lt: row.number } }] },
        { $set: { anchor_number: row.number, anchor_hash: row.hash, anchored_to: row.to_seq } },
        DURABLE,
      );
      return added;
    });
  }

  async destroyOpenings(tenant: string, values: readonly DestroyedValues[]): Promise<number> {
    return this.#connection.guarded(() => destroyOpenings(this.collections, tenant, values));
  }

  async removeEntries(tenant: string, from: number, to: number): Promise<void> {
    await this.#connection.guarded(() => removeEntries(this.#connection, this.collections, tenant, from, to));
  }

  source(): LogSource {
    return new MongodbSource(this.#connection.db);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

function headRow({ _id, seq, hash, time, anchor_number, anchor_hash }: HeadDocument): HeadRow {
  return { tenant: _id, seq, hash, time, anchor_number, anchor_hash };
}
