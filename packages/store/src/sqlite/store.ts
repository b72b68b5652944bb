import {
  type AnchorRow,
  type EntryRow,
  type HeadRow,
  SealtrailError,
  withoutOpenings,
} from '@sealtrail/format';
import type { LogSource } from '@sealtrail/verifier';
import { isOfSqlite } from '@sealtrail/verifier/sqlite';
import Database from 'libsql';
import { registration, unregistered } from '../genesis.ts';
import type {
  AnchorPlace,
  BuildRows,
  CommitOutcome,
  DestroyedValues,
  DirectoryChange,
  Store,
  Tip,
  UnanchoredTenant,
} from '../port.ts';
import { isBusyFailure, isUnusable, patiently } from './busy.ts';
import { Connection } from './connection.ts';
import { refuseForeign } from './foreign.ts';
import { inTransaction } from './in-transaction.ts';
import { EntryInserts } from './insert-entries.ts';
import { prepareDatabase } from './layout.ts';
import { OpenedFile } from './opened-file.ts';
import { makePrivate } from './private-file.ts';
import { Readers } from './readers.ts';
import { Reads } from './reads.ts';
import { Together } from './together.ts';

export { inTransaction, isBusyFailure, isOfSqlite, isUnusable, makePrivate, patiently, refuseForeign };

/** How long a commit waits for other processes before it gives up, in milliseconds. */
const LOCK_WAIT_MS = 30_000;

export interface SqliteOptions {
  readonly lockWaitMs?: number | undefined;
  /** The clock; for tests. */
  readonly now?: (() => number) | undefined;
}

/**
 * Opens or creates a SQLite store. The head lock is SQLite's own write lock, held for one transaction: entries and head
 * change together, so a crash leaves nothing half done. A file that is made is its owner's alone.
 *
 * @throws SealtrailError `store_layout`, `store_unavailable`, `source_invalid` for a database that is in no file
 */
export async function openSqliteStore(path: string, options: SqliteOptions = {}): Promise<Store> {
  let db: Database.Database;
  makePrivate(path);
  try {
    db = new Database(path);
  } catch (cause) {
    throw new SealtrailError('store_unavailable', `cannot open ${path}`, {}, { cause });
  }
  const lockWaitMs = options.lockWaitMs ?? LOCK_WAIT_MS;
  try {
    await patiently(lockWaitMs, () => {
      refuseInMemory(db);
      prepareDatabase(db);
    });
  } catch (error) {
    db.close();
    if (!(error instanceof SealtrailError) || !isUnusable(error.cause)) throw error;
    throw new SealtrailError('store_layout', `${path} is not a usable SQLite file`, {}, { cause: error });
  }
  const connection = new Connection(db, new OpenedFile(path), lockWaitMs);
  return new SqliteStore(connection, new Readers(path), options.now ?? Date.now);
}

/** Whoever reads a store has a connection of their own, which finds another database in memory, and an empty one. */
function refuseInMemory(db: Database.Database): void {
  const [main] = db.prepare("SELECT file FROM pragma_database_list WHERE name = 'main'").all() as [
    { file: string },
  ];
  if (main.file !== '') return;
  throw new SealtrailError(
    'source_invalid',
    'a store is in a file: one in memory cannot be read by anybody else',
  );
}

class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly #db: Connection;
  readonly #reads: Reads;
  readonly #readers: Readers;
  readonly #now: () => number;
  readonly #entries: EntryInserts;
  readonly #together: Together;

  constructor(db: Connection, readers: Readers, now: () => number) {
    this.#db = db;
    this.#reads = new Reads(db);
    this.#readers = readers;
    this.#now = now;
    this.#entries = new EntryInserts(db);
    this.#together = new Together((work) => db.exclusive(work));
  }

  async register(tenant: string): Promise<void> {
    const isKnown = (): boolean =>
      this.#db.get('SELECT 1 FROM tenants WHERE tenant = ?', tenant) !== undefined;
    if (await this.#db.patiently(isKnown)) return;
    await this.#db.exclusive(() => {
      if (isKnown()) return;
      const { registry, genesis } = registration(tenant, this.#time());
      if (this.#reads.head(tenant) !== undefined) throw unregistered(tenant);
      this.#db.runFor(1, 'INSERT INTO tenants VALUES (:tenant, :time, :genesis)', registry);
      if (this.#entries.all([genesis]) === 0) throw unregistered(tenant);
      this.#db.runFor(1, 'INSERT INTO heads VALUES (:tenant, :seq, :hash, :time, NULL, NULL)', pick(genesis));
    });
  }

  async commit(tenant: string, build: BuildRows): Promise<CommitOutcome> {
    return this.#together.add((): CommitOutcome => {
      const rows = build(this.#tip(tenant), this.#time());
      const inserted = this.#entries.all(rows);
      const fresh = rows.slice(0, inserted);
      const last = fresh.at(-1);
      if (last !== undefined) {
        this.#db.runFor(
          1,
          'UPDATE heads SET seq = :seq, hash = :hash, time = :time WHERE tenant = :tenant',
          pick(last),
        );
      }
      const taken = rows[inserted];
      return taken === undefined ? { rows } : { rows: fresh, takenId: taken.id };
    });
  }

  /** The last entry, which must be the one that the head names: a log that was cut or changed is not continued. */
  #tip(tenant: string): Tip {
    const tip = this.#reads.tip(tenant);
    if (tip === undefined)
      throw new SealtrailError('log_broken', `${tenant} is not registered, or its head is gone`);
    if (tip.last_seq !== tip.seq || tip.last_hash !== tip.hash) {
      throw new SealtrailError(
        'log_broken',
        `the log of ${tenant} does not end where its head says; verify it before anything is added`,
        { tenant, head: tip.seq, last: tip.last_seq },
      );
    }
    return tip;
  }

  /** Nothing is held between two commits. */
  async release(): Promise<void> {}

  async findById(tenant: string, id: string): Promise<EntryRow | undefined> {
    return this.#db.inOneState(() => this.#reads.byId(tenant, id));
  }

  async findByIds(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, EntryRow>> {
    const found = await this.#db.inOneState(() => ids.map((id) => this.#reads.byId(tenant, id)));
    return new Map(found.flatMap((row) => (row === undefined ? [] : [[row.id, row]])));
  }

  async findLast(tenant: string, from: string, below: string): Promise<EntryRow | undefined> {
    return this.#db.inOneState(() => this.#reads.lastById(tenant, from, below));
  }

  async readFrom(tenant: string, from: number, limit: number): Promise<Omit<EntryRow, 'openings'>[]> {
    return this.#db.patiently(() => this.#reads.from(tenant, from, limit));
  }

  async readAt(tenant: string, seqs: readonly number[]): Promise<EntryRow[]> {
    const found = await this.#db.inOneState(() => seqs.map((seq) => this.#reads.at(tenant, seq)));
    return found.filter((row) => row !== undefined);
  }

  async head(tenant: string): Promise<HeadRow | undefined> {
    return this.#db.patiently(() => this.#reads.head(tenant));
  }

  unanchored(): AsyncGenerator<UnanchoredTenant> {
    return this.#reads.unanchored();
  }

  heads(): AsyncGenerator<HeadRow> {
    return this.#reads.heads();
  }

  async anchorAt(tenant: string, number: number): Promise<AnchorRow | undefined> {
    return this.#db.patiently(() => this.#reads.anchor(tenant, number));
  }

  async anchorsAt(places: readonly AnchorPlace[]): Promise<AnchorRow[]> {
    const found = await this.#db.patiently(() =>
      places.map(({ tenant, number }) => this.#reads.anchor(tenant, number)),
    );
    return found.filter((row) => row !== undefined);
  }

  async lastAnchor(tenant: string): Promise<AnchorRow | undefined> {
    return this.#db.patiently(() => this.#reads.lastAnchor(tenant));
  }

  async addDirectoryChanges(changes: readonly DirectoryChange[]): Promise<void> {
    const sql = `INSERT OR IGNORE INTO directory_changes VALUES
      (:seal, :directory, :tenant, :anchors, :entries, :last)`;
    await this.#db.exclusive(() => {
      for (const change of changes) this.#db.run(sql, change);
    });
  }

  directoryChanges(from: number): AsyncGenerator<DirectoryChange> {
    return this.#reads.directoryChanges(from);
  }

  async addAnchor(row: AnchorRow): Promise<boolean> {
    return this.#db.exclusive(() => {
      const known = this.#db.get(
        'SELECT 1 FROM anchors WHERE tenant = ? AND number = ?',
        row.tenant,
        row.number,
      );
      if (known !== undefined) return false;
      this.#db.runFor(
        1,
        'INSERT INTO anchors VALUES (:tenant, :number, :from_seq, :to_seq, :hash, :anchor)',
        row,
      );
      const { tenant, number, hash } = row;
      this.#db.run('UPDATE heads SET anchor_number = :number, anchor_hash = :hash WHERE tenant = :tenant', {
        tenant,
        number,
        hash,
      });
      return true;
    });
  }

  async destroyOpenings(tenant: string, values: readonly DestroyedValues[]): Promise<number> {
    return this.#db.exclusive(() => {
      let destroyed = 0;
      for (const { seq, fields } of values) {
        const row = this.#reads.at(tenant, seq);
        if (row === undefined) continue;
        const { text, removed } = withoutOpenings(row.openings, fields);
        if (removed.length === 0) continue;
        this.#db.runFor(1, 'UPDATE entries SET openings = :text WHERE tenant = :tenant AND seq = :seq', {
          text,
          tenant,
          seq,
        });
        destroyed += removed.length;
      }
      return destroyed;
    });
  }

  async removeEntries(tenant: string, from: number, to: number): Promise<void> {
    const sql = 'DELETE FROM entries WHERE tenant = :tenant AND seq >= :from AND seq <= :to';
    await this.#db.exclusive(() => this.#db.run(sql, { tenant, from, to }));
  }

  /** Free pages are overwritten as they become free; what is left are copies in the write-ahead log. */
  async scrub(): Promise<void> {
    await this.#db.emptyLog();
  }

  async compact(): Promise<void> {
    await this.#db.shrink();
    await this.#db.emptyLog();
  }

  source(): LogSource {
    this.#db.refuseGone();
    return this.#readers.open();
  }

  async close(): Promise<void> {
    if (this.#db.closed) return;
    this.#readers.close();
    this.#db.close();
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

function pick({ tenant, seq, hash, time }: EntryRow): Pick<EntryRow, 'tenant' | 'seq' | 'hash' | 'time'> {
  return { tenant, seq, hash, time };
}
