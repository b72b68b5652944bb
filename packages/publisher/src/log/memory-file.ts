import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { inTransaction, isOfSqlite, patiently, refuseForeign } from '@sealtrail/store/sqlite';
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

export interface MemoryOptions {
  readonly create?: boolean | undefined;
  /** How long whoever has the file to himself is waited for by those who only read, in milliseconds. */
  readonly readWaitMs?: number | undefined;
}

/** The file of a publisher's memory, which several processes use in turns. */
export class MemoryFile {
  readonly #path: string;
  readonly #readWaitMs: number;
  #writer: Database.Database | undefined;
  #reader: Database.Database | undefined;
  #isReading = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** @throws SealtrailError `config_invalid` for a file that is not there, and shall not be made */
  constructor(path: string, { create = false, readWaitMs = WAIT_MS }: MemoryOptions = {}) {
    if (create) mkdirSync(dirname(path), { recursive: true });
    else if (!existsSync(path)) {
      throw new SealtrailError('config_invalid', `there is no ${path}: nothing was published yet`);
    }
    this.#path = path;
    this.#readWaitMs = readWaitMs;
  }

  /** The connection of whoever asks, who is in {@link exclusively} or {@link reading}. */
  get db(): Database.Database {
    const db = this.#isReading ? this.#reader : this.#writer;
    if (db === undefined) throw new Error('the memory is used in turns only');
    return db;
  }

  /**
   * Made when it is first needed, since another process may have to be waited for.
   *
   * @throws SealtrailError `store_layout` for a file that holds something else; the driver's error when the file is busy
   */
  #connect(): Database.Database {
    const db = new Database(this.#path);
    try {
      db.exec('PRAGMA busy_timeout = 0');
      refuseForeign(db, APPLICATION_ID, OURS);
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      // Only who makes the tables has to wait for whoever writes.
      if (isEmpty(db)) {
        inTransaction(db, () => {
          refuseForeign(db, APPLICATION_ID, OURS);
          if (isEmpty(db)) db.exec(TABLES);
        });
      }
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /**
   * One at a time, over all processes, and durable when the promise resolves. Everything that is done with the memory is done
   * in here, or in {@link reading}: outside, it would be done in the middle of somebody else's work.
   *
   * @throws SealtrailError `store_unavailable` when others hold it for too long, or it cannot be written; what `work` throws, with
   *   nothing changed
   */
  exclusively<T>(work: () => T | Promise<T>): Promise<T> {
    const run = async (): Promise<T> => {
      const db = await patiently(WAIT_MS, () => {
        this.#writer ??= this.#connect();
        this.#writer.exec('BEGIN IMMEDIATE');
        return this.#writer;
      }).catch((error) => {
        throw isOfSqlite(error.cause) ? refused(this.#path, 'written', error.cause) : error;
      });
      try {
        const result = await work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        throw isOfSqlite(error) ? refused(this.#path, 'written', error) : error;
      }
    };
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => {});
    return result;
  }

  /**
   * Reads one state of it, the last that was finished: whoever signs and publishes meanwhile, here or in another process, is not waited
   * for. The work is done at once, so nobody who takes turns sees the other connection.
   *
   * @throws SealtrailError `store_unavailable` when somebody has the file to himself, see `isBusyFailure`, or it cannot be read
   */
  reading<T>(work: () => T): Promise<T> {
    return patiently(this.#readWaitMs, () => {
      this.#reader ??= this.#connect();
      const db = this.#reader;
      db.exec('BEGIN');
      this.#isReading = true;
      try {
        return work();
      } finally {
        this.#isReading = false;
        if (db.inTransaction) db.exec('COMMIT');
      }
    }).catch((error) => {
      throw isOfSqlite(error.cause) ? refused(this.#path, 'read', error.cause) : error;
    });
  }

  close(): void {
    this.#writer?.close();
    this.#reader?.close();
  }
}

function isEmpty(db: Database.Database): boolean {
  const [{ n }] = db.prepare('SELECT count(*) AS n FROM sqlite_schema').all() as [{ n: number }];
  return n === 0;
}

/** Said of this file: a full disk here, or a file that is damaged, is none of the store's. */
function refused(path: string, what: 'read' | 'written', cause: unknown): SealtrailError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SealtrailError('store_unavailable', `${path} cannot be ${what}: ${why}`, {}, { cause });
}
