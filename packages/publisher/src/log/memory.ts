import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Hash, SealtrailError } from '@sealtrail/format';
import { inTransaction, patiently, refuseForeign } from '@sealtrail/store/sqlite';
import Database from 'libsql';

// What a publisher must never forget, above all what it signed last. SQLite, because its commits are durable and one process
// at a time changes them.

/** "SlPu" in ASCII. */
const APPLICATION_ID = 0x536c5075;
const OURS = 'a publisher’s memory';
/** How long another process may take to sign, before this one gives up. */
const WAIT_MS = 20_000;
const TABLES = `
CREATE TABLE checkpoints (
  size INTEGER NOT NULL PRIMARY KEY, root TEXT NOT NULL, origin TEXT NOT NULL, note TEXT NOT NULL, time TEXT NOT NULL
) STRICT;
CREATE TABLE keys (
  vkey TEXT NOT NULL PRIMARY KEY, retired INTEGER NOT NULL
) STRICT;
CREATE TABLE deliveries (
  sink TEXT NOT NULL, size INTEGER NOT NULL, time TEXT NOT NULL, receipt TEXT,
  PRIMARY KEY (sink, size)
) STRICT;
CREATE TABLE sinks (
  sink TEXT NOT NULL PRIMARY KEY, newest_only INTEGER NOT NULL
) STRICT;
CREATE TABLE failures (
  sink TEXT NOT NULL PRIMARY KEY, attempts INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL, time TEXT NOT NULL
) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
`;

const SELECT = 'SELECT size, root, origin, note, time FROM checkpoints';

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Hash;
  readonly origin: string;
  /** With every cosignature so far. */
  readonly note: string;
  /** When it was signed. */
  readonly time: string;
}

export interface Failure {
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
  readonly time: string;
}

export class Memory {
  readonly #path: string;
  #connected: Database.Database | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws SealtrailError `config_invalid` for a file that is not there, and shall not be made */
  constructor(path: string, create: boolean) {
    if (create) mkdirSync(dirname(path), { recursive: true });
    else if (!existsSync(path)) {
      throw new SealtrailError('config_invalid', `there is no ${path}: nothing was published yet`);
    }
    this.#path = path;
  }

  /** The connection; made when it is first needed, since another process may have to be waited for. */
  get #db(): Database.Database {
    if (this.#connected === undefined) throw new Error('the memory is used in turns only');
    return this.#connected;
  }

  /** @throws SealtrailError `store_layout` for a file that holds something else; the driver's error when the file is busy */
  #connect(): void {
    if (this.#connected !== undefined) return;
    const db = new Database(this.#path);
    try {
      db.exec('PRAGMA busy_timeout = 0');
      refuseForeign(db, APPLICATION_ID, OURS);
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      inTransaction(db, () => {
        refuseForeign(db, APPLICATION_ID, OURS);
        const { n } = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
        if (n === 0) db.exec(TABLES);
      });
    } catch (error) {
      db.close();
      throw error;
    }
    this.#connected = db;
  }

  /**
   * One at a time, over all processes, and durable when the promise resolves. Everything that is done with the memory is done
   * in here: outside, it would be done in the middle of somebody else's work.
   *
   * @throws SealtrailError `store_unavailable` when others hold it for too long, or it cannot be written; what `work` throws, with
   *   nothing changed
   */
  exclusively<T>(work: () => T | Promise<T>): Promise<T> {
    const run = async (): Promise<T> => {
      await patiently(WAIT_MS, () => {
        this.#connect();
        this.#db.exec('BEGIN IMMEDIATE');
      });
      try {
        const result = await work();
        this.#db.exec('COMMIT');
        return result;
      } catch (error) {
        if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
        throw isOfDriver(error) ? unwritable(this.#path, error) : error;
      }
    };
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => {});
    return result;
  }

  newest(): StoredCheckpoint | undefined {
    return one(this.#db.prepare(`${SELECT} ORDER BY size DESC LIMIT 1`).get());
  }

  at(size: number): StoredCheckpoint | undefined {
    return one(this.#db.prepare(`${SELECT} WHERE size = ?`).get(size));
  }

  /** The first checkpoint over so many leaves or more. */
  covering(size: number): StoredCheckpoint | undefined {
    return one(this.#db.prepare(`${SELECT} WHERE size >= ? ORDER BY size LIMIT 1`).get(size));
  }

  add({ size, root, origin, note, time }: StoredCheckpoint): void {
    this.#db
      .prepare('INSERT INTO checkpoints (size, root, origin, note, time) VALUES (?, ?, ?, ?, ?)')
      .run(size, root, origin, note, time);
  }

  setNote(size: number, note: string): void {
    this.#db.prepare('UPDATE checkpoints SET note = ? WHERE size = ?').run(note, size);
  }

  /** Keys that the operator's log names, and whether it retired them. */
  keys(): ReadonlyMap<string, boolean> {
    const rows = this.#db.prepare('SELECT vkey, retired FROM keys').all() as {
      vkey: string;
      retired: number;
    }[];
    return new Map(rows.map(({ vkey, retired }) => [vkey, retired === 1]));
  }

  setKey(vkey: string, retired: boolean): void {
    this.#db
      .prepare(
        'INSERT INTO keys (vkey, retired) VALUES (?, ?) ON CONFLICT (vkey) DO UPDATE SET retired = excluded.retired',
      )
      .run(vkey, retired ? 1 : 0);
  }

  /** The sinks there are. */
  sinks(): { readonly name: string; readonly newestOnly: boolean }[] {
    const rows = this.#db.prepare('SELECT sink, newest_only FROM sinks ORDER BY sink').all() as {
      sink: string;
      newest_only: number;
    }[];
    return rows.map(({ sink, newest_only }) => ({ name: sink, newestOnly: newest_only === 1 }));
  }

  setSinks(sinks: readonly { readonly name: string; readonly newestOnly: boolean }[]): void {
    this.#db.exec('DELETE FROM sinks');
    const insert = this.#db.prepare('INSERT INTO sinks (sink, newest_only) VALUES (?, ?)');
    for (const { name, newestOnly } of sinks) insert.run(name, newestOnly ? 1 : 0);
  }

  /** Checkpoints that a sink has not got, oldest first. */
  outstanding(sink: string): StoredCheckpoint[] {
    const rows = this.#db
      .prepare(`${SELECT} WHERE size NOT IN (SELECT size FROM deliveries WHERE sink = ?) ORDER BY size`)
      .all(sink);
    return rows.map((row) => one(row) as StoredCheckpoint);
  }

  /** How many checkpoints a sink has not got, and when the first of them was signed: without their notes, there may be many. */
  waiting(sink: string): { readonly checkpoints: number; readonly since: string | null } {
    return this.#db
      .prepare(
        'SELECT count(*) AS checkpoints, min(time) AS since FROM checkpoints WHERE size NOT IN (SELECT size FROM deliveries WHERE sink = ?)',
      )
      .get(sink) as { checkpoints: number; since: string | null };
  }

  delivered(sink: string, size: number, time: string, receipt: Uint8Array | undefined): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO deliveries (sink, size, time, receipt) VALUES (?, ?, ?, ?)')
      .run(sink, size, time, receipt === undefined ? null : Buffer.from(receipt).toString('base64'));
    this.#db.prepare('DELETE FROM failures WHERE sink = ?').run(sink);
  }

  /** Newest size that a sink has got; 0 for none. */
  lastDelivered(sink: string): number {
    const row = this.#db.prepare('SELECT max(size) AS size FROM deliveries WHERE sink = ?').get(sink) as {
      size: number | null;
    };
    return row.size ?? 0;
  }

  /** What sinks gave back for a checkpoint, such as time-stamps. */
  receipts(size: number): { readonly sink: string; readonly receipt: Uint8Array }[] {
    const rows = this.#db
      .prepare('SELECT sink, receipt FROM deliveries WHERE size = ? AND receipt IS NOT NULL ORDER BY sink')
      .all(size) as { sink: string; receipt: string }[];
    return rows.map(({ sink, receipt }) => ({ sink, receipt: Buffer.from(receipt, 'base64') }));
  }

  failed(sink: string, code: string, message: string, time: string): void {
    this.#db
      .prepare(
        'INSERT INTO failures (sink, attempts, code, message, time) VALUES (?, 1, ?, ?, ?) ON CONFLICT (sink) DO UPDATE SET attempts = attempts + 1, code = excluded.code, message = excluded.message, time = excluded.time',
      )
      .run(sink, code, message, time);
  }

  failure(sink: string): Failure | undefined {
    const row = this.#db
      .prepare('SELECT attempts, code, message, time FROM failures WHERE sink = ?')
      .get(sink) as Failure | undefined;
    if (row === undefined) return undefined;
    const { attempts, code, message, time } = row;
    return { attempts, code, message, time };
  }

  close(): void {
    this.#connected?.close();
  }
}

function isOfDriver(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_');
}

function unwritable(path: string, cause: unknown): SealtrailError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SealtrailError('store_unavailable', `${path} cannot be written: ${why}`, {}, { cause });
}

/** The columns of a row, without what the driver adds to it. */
function one(row: unknown): StoredCheckpoint | undefined {
  if (row === undefined) return undefined;
  const { size, root, origin, note, time } = row as StoredCheckpoint;
  return { size, root, origin, note, time };
}
