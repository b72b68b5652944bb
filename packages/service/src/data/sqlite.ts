import { SealtrailError } from '@sealtrail/format';
import { inTransaction, makePrivate, patiently, refuseForeign } from '@sealtrail/store/sqlite';
import Database from 'libsql';
import type { z } from 'zod';
import {
  keptRow,
  type RunList,
  type RunRow,
  readable,
  runRow,
  type ServiceData,
  type SessionRow,
  sessionRow,
  type TokenList,
  type TokenRow,
  tokenRow,
} from './port.ts';

/** "SeaS" in ASCII: tells this file from stores and other SQLite files (PRAGMA application_id). */
const APPLICATION_ID = 0x53656153;
const OURS = 'the data of the service';
const LAYOUT_VERSION = 1;
/** How long a step waits for other processes before it gives up, in milliseconds. */
const LOCK_WAIT_MS = 10_000;

// `slot` is the tenant while a run is under way and null afterwards: two of one tenant cannot be.
const TABLES = `
CREATE TABLE tokens (id TEXT NOT NULL PRIMARY KEY, created TEXT NOT NULL, row TEXT NOT NULL) STRICT;
CREATE TABLE sessions (id TEXT NOT NULL PRIMARY KEY, expires TEXT NOT NULL, row TEXT NOT NULL) STRICT;
CREATE INDEX sessions_expires ON sessions (expires);
CREATE TABLE runs (
  id TEXT NOT NULL PRIMARY KEY, tenant TEXT NOT NULL, started TEXT NOT NULL, slot TEXT UNIQUE, row TEXT NOT NULL
) STRICT;
CREATE INDEX runs_tenant ON runs (tenant, started);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${LAYOUT_VERSION};
`;

/** @throws SealtrailError `config_invalid` when the file cannot be written, `store_layout` for one that is something else */
export async function openSqliteData(path: string): Promise<ServiceData> {
  let db: Database.Database;
  // Hashes of tokens are no secrets, but nobody else's business either.
  makePrivate(path);
  try {
    db = new Database(path);
  } catch (cause) {
    throw new SealtrailError('config_invalid', `cannot write ${path}`, { path }, { cause });
  }
  try {
    await patiently(LOCK_WAIT_MS, () => prepare(db));
    return new SqliteData(db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: Database.Database): void {
  db.exec('PRAGMA busy_timeout = 0');
  refuseForeign(db, APPLICATION_ID, OURS);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  inTransaction(db, () => {
    refuseForeign(db, APPLICATION_ID, OURS);
    if (number(db, 'SELECT count(*) AS n FROM sqlite_schema') === 0) db.exec(TABLES);
  });
  const version = number(db, 'SELECT user_version AS n FROM pragma_user_version');
  if (version !== LAYOUT_VERSION)
    throw new SealtrailError('store_layout', "the file is not this version's of the service");
}

function number(db: Database.Database, sql: string): number {
  return (db.prepare(sql).all()[0] as { n: number }).n;
}

class SqliteData implements ServiceData {
  readonly #db: Database.Database;
  #closed = false;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  async addToken(token: TokenRow): Promise<void> {
    await this.#run('INSERT INTO tokens VALUES (?, ?, ?)', token.id, token.created, JSON.stringify(token));
  }

  async token(id: string): Promise<TokenRow | undefined> {
    return (await this.#rows(tokenRow, 'SELECT row FROM tokens WHERE id = ?', id))[0];
  }

  async tokens(): Promise<TokenList> {
    const sql = 'SELECT id, row FROM tokens ORDER BY created DESC, id';
    const { whole: tokens, damaged } = await this.#readable(tokenRow, sql);
    return { tokens, damaged };
  }

  async revokeToken(id: string, time: string): Promise<void> {
    const sql = `UPDATE tokens SET row = json_set(row, '$.revoked', ?)
      WHERE id = ? AND row ->> '$.revoked' IS NULL`;
    await this.#run(sql, time, id);
  }

  async removeToken(id: string): Promise<void> {
    await this.#run('DELETE FROM tokens WHERE id = ?', id);
  }

  async addSession(session: SessionRow): Promise<void> {
    const sql = 'INSERT INTO sessions VALUES (?, ?, ?)';
    await this.#run(sql, session.id, session.expires, JSON.stringify(session));
  }

  async session(id: string): Promise<SessionRow | undefined> {
    return (await this.#rows(sessionRow, 'SELECT row FROM sessions WHERE id = ?', id))[0];
  }

  async removeSession(id: string): Promise<void> {
    await this.#run('DELETE FROM sessions WHERE id = ?', id);
  }

  async removeSessionsBefore(time: string): Promise<void> {
    await this.#run('DELETE FROM sessions WHERE expires < ?', time);
  }

  async addRun(run: RunRow): Promise<boolean> {
    const sql = 'INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?)';
    return (await this.#run(sql, run.id, run.tenant, run.started, run.tenant, JSON.stringify(run))) === 1;
  }

  async run(id: string): Promise<RunRow | undefined> {
    return (await this.#rows(runRow, 'SELECT row FROM runs WHERE id = ?', id))[0];
  }

  async runningRun(tenant: string): Promise<RunRow | undefined> {
    return (await this.#rows(runRow, 'SELECT row FROM runs WHERE slot = ?', tenant))[0];
  }

  async endDamagedRun(tenant: string): Promise<void> {
    await this.#run('UPDATE runs SET slot = NULL WHERE slot = ?', tenant);
  }

  async runs(tenant: string, limit: number): Promise<RunList> {
    const sql = 'SELECT id, row FROM runs WHERE tenant = ? ORDER BY started DESC, id LIMIT ?';
    const { whole: runs, damaged } = await this.#readable(runRow, sql, tenant, limit);
    return { runs, damaged };
  }

  async saveRun(run: RunRow): Promise<boolean> {
    const slot = run.state === 'running' ? run.tenant : null;
    const sql = 'UPDATE runs SET slot = ?, row = ? WHERE id = ? AND slot IS NOT NULL';
    return (await this.#run(sql, slot, JSON.stringify(run), run.id)) === 1;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#db.close();
  }

  #run(sql: string, ...params: unknown[]): Promise<number> {
    return this.#patiently(() => this.#db.prepare(sql).run(...params).changes);
  }

  async #rows<T extends z.ZodType>(schema: T, sql: string, ...params: unknown[]): Promise<z.output<T>[]> {
    return (await this.#all<{ row: string }>(sql, ...params)).map(({ row }) => keptRow(schema, row));
  }

  async #readable<T extends z.ZodType>(schema: T, sql: string, ...params: unknown[]) {
    const rows = await this.#all<{ id: string; row: string }>(sql, ...params);
    return readable(rows, ({ row }) => keptRow(schema, row));
  }

  #all<T>(sql: string, ...params: unknown[]): Promise<T[]> {
    return this.#patiently(() => this.#db.prepare(sql).all(...params) as T[]);
  }

  #patiently<T>(work: () => T): Promise<T> {
    return patiently(LOCK_WAIT_MS, () => {
      if (this.#closed) throw new SealtrailError('store_closed', 'the service is closed');
      return work();
    });
  }
}
