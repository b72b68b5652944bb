import { type AnchorRow, type EntryRow, type HeadRow, SealtrailError } from '@sealtrail/format';
import type { LogSource } from '@sealtrail/verifier';
import { SqliteSource } from '@sealtrail/verifier/sqlite';
import Database from 'libsql';
import { registration } from '../genesis.ts';
import type { BuildRows, CommitOutcome, Store, UnanchoredTenant } from '../port.ts';
import { backoff, jitter } from '../retry.ts';
import { prepareDatabase } from './layout.ts';

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
  try {
    prepareDatabase(db);
  } catch (cause) {
    db.close();
    if (cause instanceof SealtrailError) throw cause;
    throw new SealtrailError('store_layout', `${path} is not a usable SQLite file`, {}, { cause });
  }
  return new SqliteStore(db, path, options);
}

class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #lockWaitMs: number;
  readonly #now: () => number;
  readonly #statements = new Map<string, Database.Statement>();
  #closed = false;

  constructor(db: Database.Database, path: string, options: SqliteOptions) {
    this.#db = db;
    this.#path = path;
    this.#lockWaitMs = options.lockWaitMs ?? LOCK_WAIT_MS;
    this.#now = options.now ?? Date.now;
  }

  async register(tenant: string): Promise<void> {
    if (this.#get('SELECT 1 FROM tenants WHERE tenant = ?', tenant) !== undefined) return;
    await this.#exclusive(() => {
      if (this.#get('SELECT 1 FROM tenants WHERE tenant = ?', tenant) !== undefined) return;
      const { registry, genesis } = registration(tenant, this.#time());
      this.#run('INSERT INTO tenants VALUES (:tenant, :time, :genesis)', registry);
      this.#insertEntry(genesis);
      this.#run('INSERT INTO heads VALUES (:tenant, :seq, :hash, :time, NULL, NULL)', pick(genesis));
    });
  }

  async commit(tenant: string, build: BuildRows): Promise<CommitOutcome> {
    return this.#exclusive((): CommitOutcome => {
      const rows = build(this.#tip(tenant), this.#time());
      const taken = rows.findIndex((row) => !this.#tryInsert(row));
      const fresh = taken === -1 ? rows : rows.slice(0, taken);
      const last = fresh.at(-1);
      if (last !== undefined) {
        this.#run(
          'UPDATE heads SET seq = :seq, hash = :hash, time = :time WHERE tenant = :tenant',
          pick(last),
        );
      }
      return taken === -1 ? { rows } : { rows: fresh, takenId: (rows[taken] as EntryRow).id };
    });
  }

  /** The last entry, which must be the one that the head names: a log that was cut or changed is not continued. */
  #tip(tenant: string): HeadRow {
    const head = this.#get('SELECT * FROM heads WHERE tenant = ?', tenant) as HeadRow | undefined;
    if (head === undefined)
      throw new SealtrailError('log_broken', `${tenant} is not registered, or its head is gone`);
    const last = this.#get(
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

  /** False when the row's id is taken. A refused statement leaves the rows before it in the transaction. */
  #tryInsert(row: EntryRow): boolean {
    try {
      this.#insertEntry(row);
      return true;
    } catch (error) {
      const taken = this.#get('SELECT 1 FROM entries WHERE tenant = ? AND id = ?', row.tenant, row.id);
      if (isConstraint(error) && taken !== undefined) return false;
      throw error;
    }
  }

  #insertEntry(row: EntryRow): void {
    this.#run('INSERT INTO entries VALUES (:tenant, :seq, :id, :type, :time, :hash, :entry, :openings)', row);
  }

  /** Nothing is held between two commits. */
  async release(): Promise<void> {}

  async findById(tenant: string, id: string): Promise<EntryRow | undefined> {
    return this.#get('SELECT * FROM entries WHERE tenant = ? AND id = ?', tenant, id) as EntryRow | undefined;
  }

  async head(tenant: string): Promise<HeadRow | undefined> {
    return this.#get('SELECT * FROM heads WHERE tenant = ?', tenant) as HeadRow | undefined;
  }

  async *unanchored(): AsyncGenerator<UnanchoredTenant> {
    const sql = `SELECT tenant, seq - anchored AS entries FROM (
        SELECT h.tenant, h.seq, coalesce(a.to_seq, -1) AS anchored
        FROM heads h LEFT JOIN anchors a ON a.tenant = h.tenant AND a.number = h.anchor_number
      ) WHERE seq > anchored AND tenant > ? ORDER BY tenant LIMIT 500`;
    let after = '';
    for (;;) {
      const page = this.#prepare(sql).all(after) as UnanchoredTenant[];
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.tenant;
    }
  }

  async lastAnchor(tenant: string): Promise<AnchorRow | undefined> {
    const sql = 'SELECT * FROM anchors WHERE tenant = ? ORDER BY number DESC LIMIT 1';
    return this.#get(sql, tenant) as AnchorRow | undefined;
  }

  async addAnchor(row: AnchorRow): Promise<boolean> {
    return this.#exclusive(() => {
      const known = this.#get(
        'SELECT 1 FROM anchors WHERE tenant = ? AND number = ?',
        row.tenant,
        row.number,
      );
      if (known !== undefined) return false;
      this.#run('INSERT INTO anchors VALUES (:tenant, :number, :from_seq, :to_seq, :hash, :anchor)', row);
      const { tenant, number, hash } = row;
      this.#run('UPDATE heads SET anchor_number = :number, anchor_hash = :hash WHERE tenant = :tenant', {
        tenant,
        number,
        hash,
      });
      return true;
    });
  }

  source(): LogSource {
    // A connection of its own: a walk that stays open must not hold up the writer's statements.
    try {
      const db = new Database(this.#path, { readonly: true });
      return new SqliteSource(db, () => db.close());
    } catch (cause) {
      throw unavailable(cause);
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#db.close();
  }

  /** Runs a function in one write transaction; waits for other processes without blocking this one. */
  async #exclusive<T>(work: () => T): Promise<T> {
    const deadline = performance.now() + this.#lockWaitMs;
    for (const delay of backoff(2, 50)) {
      if (this.#closed) throw new SealtrailError('store_closed', 'the store is closed');
      try {
        this.#db.exec('BEGIN IMMEDIATE');
      } catch (cause) {
        if (!isBusy(cause) || performance.now() > deadline) throw unavailable(cause);
        await jitter(delay);
        continue;
      }
      return this.#transact(work);
    }
    throw new Error('unreachable');
  }

  #transact<T>(work: () => T): T {
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (cause) {
      // A failed COMMIT leaves the transaction open, everything else too: nothing of it stays.
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw cause instanceof SealtrailError ? cause : unavailable(cause);
    }
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  #get(sql: string, ...params: unknown[]): unknown {
    // Not get(): the driver adds a member of its own to the row that it returns.
    return this.#prepare(sql).all(...params)[0];
  }

  #run(sql: string, params: object): void {
    this.#prepare(sql).run(params);
  }

  #prepare(sql: string): Database.Statement {
    if (this.#closed) throw new SealtrailError('store_closed', 'the store is closed');
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function pick({ tenant, seq, hash, time }: EntryRow): Pick<EntryRow, 'tenant' | 'seq' | 'hash' | 'time'> {
  return { tenant, seq, hash, time };
}

function isConstraint(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CONSTRAINT');
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

function unavailable(cause: unknown): SealtrailError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SealtrailError('store_unavailable', `the SQLite store failed: ${why}`, {}, { cause });
}
