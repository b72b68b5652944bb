import { randomUUID } from 'node:crypto';
import { type AnchorRow, type EntryRow, type HeadRow, rowId } from '@sealtrail/format';
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
import { type Collections, collections, prepareDatabase, refuseMissing } from './documents.ts';
import { isDuplicateKey } from './errors.ts';
import { HeadLocks, type LockTimes } from './head-lock.ts';
import { Reads } from './reads.ts';
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
  readonly #reads: Reads;

  constructor(connection: MongodbConnection, times: LockTimes) {
    this.#connection = connection;
    this.collections = collections(connection.db, connection.answers);
    this.#locks = new HeadLocks(this.collections, randomUUID(), times);
    this.#registrations = new Registrations(connection, this.collections);
    this.#commits = new Commits(this.collections, this.#locks);
    this.#reads = new Reads(connection, this.collections);
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

  findById(tenant: string, id: string): Promise<EntryRow | undefined> {
    return this.#reads.byId(tenant, id);
  }

  findByIds(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, EntryRow>> {
    return this.#reads.byIds(tenant, ids);
  }

  findLast(tenant: string, from: string, below: string): Promise<EntryRow | undefined> {
    return this.#reads.lastById(tenant, from, below);
  }

  readFrom(tenant: string, from: number, limit: number): Promise<Omit<EntryRow, 'openings'>[]> {
    return this.#reads.from(tenant, from, limit);
  }

  readAt(tenant: string, seqs: readonly number[]): Promise<EntryRow[]> {
    return this.#reads.at(tenant, seqs);
  }

  head(tenant: string): Promise<HeadRow | undefined> {
    return this.#reads.head(tenant);
  }

  unanchored(): AsyncGenerator<UnanchoredTenant> {
    return this.#reads.unanchored();
  }

  heads(): AsyncGenerator<HeadRow> {
    return this.#reads.heads();
  }

  async anchorAt(tenant: string, number: number): Promise<AnchorRow | undefined> {
    return (await this.anchorsAt([{ tenant, number }]))[0];
  }

  anchorsAt(places: readonly AnchorPlace[]): Promise<AnchorRow[]> {
    return this.#reads.anchorsAt(places);
  }

  lastAnchor(tenant: string): Promise<AnchorRow | undefined> {
    return this.#reads.lastAnchor(tenant);
  }

  directoryChanges(from: number): AsyncGenerator<DirectoryChange> {
    return this.#reads.directoryChanges(from);
  }

  async addDirectoryChanges(changes: readonly DirectoryChange[]): Promise<void> {
    for (let at = 0; at < changes.length; at += CHANGES_AT_ONCE) {
      const documents = changes.slice(at, at + CHANGES_AT_ONCE).map((change) => ({ ...change }));
      await this.#connection.guarded(() =>
        this.collections.directoryChanges.insertMany(documents, { ...DURABLE, ordered: true }),
      );
    }
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
