import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import type { RawRow } from '../source.ts';

// The driver's statements, with its failures as ours.

export type Params = Readonly<Record<string, unknown>>;

/** @throws SealtrailError `source_invalid`, `store_unavailable` */
export function prepare(db: Database.Database, sql: string): Database.Statement {
  return read(() => db.prepare(sql));
}

/** Only for values that are no texts. */
export function all(statement: Database.Statement, params: Params = {}): RawRow[] {
  return read(() => statement.all(params)) as RawRow[];
}

export function run(db: Database.Database, sql: string): void {
  read(() => db.exec(sql));
}

export function iterate(statement: Database.Statement, params: Params): IterableIterator<RawRow> {
  return read(() => statement.iterate(params)) as IterableIterator<RawRow>;
}

/** The next rows: as many as may come at once, or fewer when their values are that many bytes. */
export function take(steps: IterableIterator<RawRow>, most: number, mostBytes: number): RawRow[] {
  return read(() => {
    const rows: RawRow[] = [];
    for (let bytes = 0; rows.length < most && bytes < mostBytes; ) {
      const step = steps.next();
      if (step.done === true) break;
      rows.push(step.value);
      for (const value of Object.values(step.value))
        if (value instanceof ArrayBuffer) bytes += value.byteLength;
    }
    return rows;
  });
}

/** SQLite's code for what cannot be written, the lower eight bits of all that say more of it. */
const READONLY = 8;

/** SQLite's answer. Its refusals may come at any page of the file, when the rows before it have long been read. */
export function read<T>(answer: () => T): T {
  try {
    return answer();
  } catch (cause) {
    const { code, message, rawCode } = cause as { code?: unknown; message?: unknown; rawCode?: unknown };
    // The driver has no names for some of SQLite's codes.
    if (typeof code !== 'string' || !/^(UNKNOWN_)?SQLITE_/.test(code)) throw cause;
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
