import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import type { RawRow } from '../source.ts';

// The driver's statements, with its failures as ours.

export type Params = Readonly<Record<string, unknown>>;

/** Statements that nobody is in the midst of. To prepare one takes longer than to read a short log. */
const idle = new WeakMap<Database.Database, Map<string, Database.Statement>>();

function takeIdle(db: Database.Database, sql: string): Database.Statement {
  const statement = idle.get(db)?.get(sql);
  if (statement === undefined) return db.prepare(sql);
  idle.get(db)?.delete(sql);
  return statement;
}

function giveBack(db: Database.Database, sql: string, statement: Database.Statement): void {
  const statements = idle.get(db) ?? new Map<string, Database.Statement>();
  idle.set(db, statements.set(sql, statement));
}

/** Before a connection is closed: it stays open as long as a statement of it is kept. */
export function forgetStatements(db: Database.Database): void {
  idle.delete(db);
}

/** Only for values that are no texts. @throws SealtrailError `source_invalid`, `store_unavailable` */
export function all(db: Database.Database, sql: string, params: Params = {}): RawRow[] {
  return read(() => {
    const statement = takeIdle(db, sql);
    const rows = statement.all(params) as RawRow[];
    giveBack(db, sql, statement);
    return rows;
  });
}

export function run(db: Database.Database, sql: string): void {
  read(() => db.exec(sql));
}

/** Rows that are stepped through. */
export class Steps {
  readonly #db: Database.Database;
  readonly #sql: string;
  readonly #statement: Database.Statement;
  readonly #rows: IterableIterator<RawRow>;

  /** @throws as {@link all} */
  constructor(db: Database.Database, sql: string, params: Params) {
    this.#db = db;
    this.#sql = sql;
    [this.#statement, this.#rows] = read(() => {
      const statement = takeIdle(db, sql);
      return [statement, statement.iterate(params) as IterableIterator<RawRow>];
    });
  }

  /** The next rows: as many as may come at once, or fewer when their values are that many bytes. */
  take(most: number, mostBytes: number): RawRow[] {
    return read(() => {
      const rows: RawRow[] = [];
      for (let bytes = 0; rows.length < most && bytes < mostBytes; ) {
        const step = this.#rows.next();
        if (step.done === true) break;
        rows.push(step.value);
        for (const value of Object.values(step.value))
          if (value instanceof ArrayBuffer) bytes += value.byteLength;
      }
      return rows;
    });
  }

  /**
   * Nothing more is asked.
   *
   * @param nothing parameters with which it has no rows, for one that was left in its midst: it keeps the write-ahead log from being
   *   emptied until the driver's garbage is collected. Asked anew for nothing, it is at its end
   */
  end(nothing?: Params): void {
    if (nothing !== undefined) read(() => this.#statement.all(nothing));
    giveBack(this.#db, this.#sql, this.#statement);
  }
}

/** SQLite's code for what cannot be written, the lower eight bits of all that say more of it. */
const READONLY = 8;

/** Whether an error is the driver's, which has no names for some of SQLite's codes. */
export function isOfSqlite(
  error: unknown,
): error is Error & { readonly code: string; readonly rawCode?: unknown } {
  return error instanceof Error && 'code' in error && /^(UNKNOWN_)?SQLITE_/.test(String(error.code));
}

/** SQLite's answer. Its refusals may come at any page of the file, when the rows before it have long been read. */
export function read<T>(answer: () => T): T {
  try {
    return answer();
  } catch (cause) {
    if (!isOfSqlite(cause)) throw cause;
    const { code, message, rawCode } = cause;
    if (code.startsWith('SQLITE_READONLY') || (Number(rawCode) & 0xff) === READONLY) {
      const why =
        'who reads a SQLite store must be able to write to its folder, where SQLite keeps -wal and -shm';
      throw new SealtrailError('store_unavailable', `SQLite failed: ${message}: ${why}`, {}, { cause });
    }
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
      throw new SealtrailError('source_invalid', `the SQLite file is damaged: ${message}`, {}, { cause });
    }
    if (code === 'SQLITE_ERROR') throw notAStore(cause);
    throw new SealtrailError('store_unavailable', `SQLite failed: ${message}`, {}, { cause });
  }
}

/** @param cause the driver's error, or what is wrong with the file */
export function notAStore(cause?: unknown): SealtrailError {
  const what = 'the SQLite file has not the tables of a Sealtrail store';
  const why = typeof cause === 'string' ? `${what}: ${cause}` : what;
  return new SealtrailError('source_invalid', why, {}, { cause });
}

/** The driver is synchronous: without a pause, a long table would hold up everything else in the process. */
export function pause(): Promise<void> {
  return new Promise((resume) => setImmediate(resume));
}
