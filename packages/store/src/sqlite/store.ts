import {
  type AnchorRow,
  type EntryRow,
  type HeadRow,
  SealtrailError,
  withoutOpenings,
} from '@sealtrail/format';
import type { LogSource } from '@sealtrail/verifier';
import Database from 'libsql';
import { registration } from '../genesis.ts';
import type {
  AnchorPlace,
  BuildRows,
  CommitOutcome,
  DestroyedValues,
  DirectoryChange,
  Store,
  UnanchoredTenant,
} from '../port.ts';
import { isUnusable, patiently } from './busy.ts';
import { Connection } from './connection.ts';
import { inTransaction } from './in-transaction.ts';
import { EntryInserts } from './insert-entries.ts';
import { prepareDatabase } from './layout.ts';
import { Readers } from './readers.ts';
import { Together } from './together.ts';

export { inTransaction, patiently };

/** How long a commit waits for other processes before it gives up, in milliseconds. */
const LOCK_WAIT_MS = 30_000;

export interface SqliteOptions {
  readonly lockWaitMs?: number | undefined;
  /** The clock; for tests. */
  readonly now?: (() => number) | undefined;
}

/**
 * Opens or creates a SQLite store. The head lock is SQLite's own write lock, held for one transaction: entries and head
 * change together, so a crash leaves nothing half done.
 *
 * @throws SealtrailError `store_layout`, `store_unavailable`
 */
export async function openSqliteStore(path: string, options: SqliteOptions = {}): Promise<Store> {
  let db: Database.Database;
  try {
    db = new Database(path);
  } catch (cause) {
    throw new SealtrailError('store_unavailable', `cannot open ${path}`, {}, { cause });
  }
  const lockWaitMs = options.lockWaitMs ?? LOCK_WAIT_MS;
  try {
    await patiently(lockWaitMs, () => prepareDatabase(db));
  } catch (error) {
    db.close();
    if (!(error instanceof SealtrailError) || !isUnusable(error.cause)) throw error;
    throw new SealtrailError('store_layout', `${path} is not a usable SQLite file`, {}, { cause: error });
  }
  return new SqliteStore(new Connection(db, lockWaitMs), new Readers(path), options.now ?? Date.now);
}

class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly #db: Connection;
  readonly #readers: Readers;
  readonly #now: () => number;
  readonly #entries: EntryInserts;
  readonly #together: Together;

  constructor(db: Connection, readers: Readers, now: () => number) {
    this.#db = db;
    this.#readers = readers;
    this.#now = now;
    this.#entries = new EntryInserts((sql) => db.prepare(sql));
    this.#together = new Together((work) => db.exclusive(work));
  }

  async register(tenant: string): Promise<void> {
    const isKnown = (): boolean =>
      this.#db.get('SELECT 1 FROM tenants WHERE tenant = ?', tenant) !== undefined;
    if (await this.#db.patiently(isKnown)) return;
    await this.#db.exclusive(() => {
      if (isKnown()) return;
      const { registry, genesis } = registration(tenant, this.#time());
      this.#db.run('INSERT INTO tenants VALUES (:tenant, :time, :genesis)', registry);
      this.#entries.all([genesis]);
      this.#db.run('INSERT INTO heads VALUES (:tenant, :seq, :hash, :time, NULL, NULL)', pick(genesis));
    });
  }

  async commit(tenant: string, build: BuildRows): Promise<CommitOutcome> {
    return this.#together.add((): CommitOutcome => {
      const rows = build(this.#tip(tenant), this.#time());
      const inserted = this.#entries.all(rows);
      const fresh = rows.slice(0, inserted);
      const last = fresh.at(-1);
      if (last !== undefined) {
        this.#db.run(
          'UPDATE heads SET seq = :seq, hash = :hash, time = :time WHERE tenant = :tenant',
          pick(last),
        );
      }
      const taken = rows[inserted];
      return taken === undefined ? { rows } : { rows: fresh, takenId: taken.id };
    });
  }

  /** The last entry, which must be the one that the head names: a log that was cut or changed is not continued. */
  #tip(tenant: string): HeadRow {
    const head = this.#db.get('SELECT * FROM heads WHERE tenant = ?', tenant) as HeadRow | undefined;
    if (head === undefined)
      throw new SealtrailError('log_broken', `${tenant} is not registered, or its head is gone`);
    const last = this.#db.get(
      'SELECT seq, hash FROM entries WHERE tenant = ? ORDER BY seq DESC LIMIT 1',
      tenant,
    ) as Pick<EntryRow, 'seq' | 'hash'> | undefined;
    if (last?.seq !== head.seq || last.hash !== head.hash) {
      throw new SealtrailError(
        'log_broken',
        `the log of ${tenant} does not end where its head says; verify it before anything is added`,
        { tenant, head: head.seq, last: last?.seq ?? null },
      );
    }
    return head;
  }

  /** Nothing is held between two commits. */
  async release(): Promise<void> {}

  async findById(tenant: string, id: string): Promise<EntryRow | undefined> {
    return this.#db.patiently(() => this.#find(tenant, id));
  }

  async findByIds(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, EntryRow>> {
    const found = await this.#db.patiently(() => ids.map((id) => this.#find(tenant, id)));
    return new Map(found.flatMap((row) => (row === undefined ? [] : [[row.id, row]])));
  }

  #find(tenant: string, id: string): EntryRow | undefined {
    return this.#db.get('SELECT * FROM entries WHERE tenant = ? AND id = ?', tenant, id) as
      | EntryRow
      | undefined;
  }

  async readFrom(tenant: string, from: number, limit: number): Promise<Omit<EntryRow, 'openings'>[]> {
    const sql = `SELECT tenant, seq, id, type, time, hash, entry FROM entries
      WHERE tenant = ? AND seq >= ? ORDER BY seq LIMIT ?`;
    return this.#db.patiently(
      () => this.#db.prepare(sql).all(tenant, from, limit) as Omit<EntryRow, 'openings'>[],
    );
  }

  async readAt(tenant: string, seqs: readonly number[]): Promise<EntryRow[]> {
    const sql = 'SELECT * FROM entries WHERE tenant = ? AND seq = ?';
    const found = await this.#db.patiently(() => seqs.map((seq) => this.#db.get(sql, tenant, seq)));
    return found.filter((row) => row !== undefined) as EntryRow[];
  }

  async head(tenant: string): Promise<HeadRow | undefined> {
    const sql = 'SELECT * FROM heads WHERE tenant = ?';
    return this.#db.patiently(() => this.#db.get(sql, tenant) as HeadRow | undefined);
  }

  async *unanchored(): AsyncGenerator<UnanchoredTenant> {
    const sql = `SELECT tenant, seq - anchored AS entries FROM (
        SELECT h.tenant, h.seq, coalesce(a.to_seq, -1) AS anchored
        FROM heads h LEFT JOIN anchors a ON a.tenant = h.tenant AND a.number = h.anchor_number
      ) WHERE seq > anchored AND tenant > ? ORDER BY tenant LIMIT 500`;
    yield* this.#pages<UnanchoredTenant>(sql, '', ({ tenant }) => tenant);
  }

  async *heads(): AsyncGenerator<HeadRow> {
    yield* this.#pages<HeadRow>(
      'SELECT * FROM heads WHERE tenant > ? ORDER BY tenant LIMIT 500',
      '',
      ({ tenant }) => tenant,
    );
  }

  async anchorAt(tenant: string, number: number): Promise<AnchorRow | undefined> {
    return (await this.anchorsAt([{ tenant, number }]))[0];
  }

  async anchorsAt(places: readonly AnchorPlace[]): Promise<AnchorRow[]> {
    const sql = 'SELECT * FROM anchors WHERE tenant = ? AND number = ?';
    const found = await this.#db.patiently(() =>
      places.map(({ tenant, number }) => this.#db.get(sql, tenant, number)),
    );
    return found.filter((row) => row !== undefined) as AnchorRow[];
  }

  async addDirectoryChanges(changes: readonly DirectoryChange[]): Promise<void> {
    const sql = `INSERT OR IGNORE INTO directory_changes VALUES
      (:seal, :directory, :tenant, :anchors, :entries, :last)`;
    await this.#db.exclusive(() => {
      for (const change of changes) this.#db.run(sql, change);
    });
  }

  async *directoryChanges(from: number): AsyncGenerator<DirectoryChange> {
    const sql = `SELECT seal, directory, tenant, anchors, entries, last FROM directory_changes
      WHERE (seal, directory, tenant) > (?, ?, ?) ORDER BY seal, directory, tenant LIMIT 500`;
    let after: readonly unknown[] = [from, '', ''];
    for (;;) {
      const page = await this.#db.patiently(() => this.#db.prepare(sql).all(...after) as DirectoryChange[]);
      for (const { seal, directory, tenant, anchors, entries, last } of page) {
        yield { seal, directory, tenant, anchors, entries, last };
      }
      const last = page.at(-1);
      if (last === undefined) return;
      after = [last.seal, last.directory, last.tenant];
    }
  }

  async *#pages<T>(sql: string, first: string, next: (row: T) => string): AsyncGenerator<T> {
    let after = first;
    for (;;) {
      const page = await this.#db.patiently(() => this.#db.prepare(sql).all(after) as T[]);
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = next(last);
    }
  }

  async lastAnchor(tenant: string): Promise<AnchorRow | undefined> {
    const sql = 'SELECT * FROM anchors WHERE tenant = ? ORDER BY number DESC LIMIT 1';
    return this.#db.patiently(() => this.#db.get(sql, tenant) as AnchorRow | undefined);
  }

  async addAnchor(row: AnchorRow): Promise<boolean> {
    return this.#db.exclusive(() => {
      const known = this.#db.get(
        'SELECT 1 FROM anchors WHERE tenant = ? AND number = ?',
        row.tenant,
        row.number,
      );
      if (known !== undefined) return false;
      this.#db.run('INSERT INTO anchors VALUES (:tenant, :number, :from_seq, :to_seq, :hash, :anchor)', row);
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
        const row = this.#db.get('SELECT openings FROM entries WHERE tenant = ? AND seq = ?', tenant, seq);
        if (row === undefined) continue;
        const { text, removed } = withoutOpenings((row as Pick<EntryRow, 'openings'>).openings, fields);
        if (removed.length === 0) continue;
        this.#db.run('UPDATE entries SET openings = :text WHERE tenant = :tenant AND seq = :seq', {
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

  /** Free pages are overwritten as they become free; here the file shrinks, and the write-ahead log is emptied. */
  async compact(): Promise<void> {
    await this.#db.compact();
  }

  source(): LogSource {
    this.#db.refuseClosed();
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
