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

export function iterate(statement: Database.Statement, params: Params): IterableIterator<RawRow> {
  return read(() => statement.iterate(params)) as IterableIterator<RawRow>;
}

export function take(steps: IterableIterator<RawRow>, most: number): RawRow[] {
  return read(() => {
    const rows: RawRow[] = [];
    while (rows.length < most) {
      const step = steps.next();
      if (step.done === true) break;
      rows.push(step.value);
    }
    return rows;
  });
}

/** SQLite's answer. Its refusals may come at any page of the file, when the rows before it have long been read. */
function read<T>(answer: () => T): T {
  try {
    return answer();
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    if (typeof code !== 'string' || !code.startsWith('SQLITE_')) throw cause;
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
      throw new SealtrailError('source_invalid', `the SQLite file is damaged: ${message}`, {}, { cause });
    }
    if (code === 'SQLITE_ERROR') throw notAStore(cause);
    throw new SealtrailError('store_unavailable', `SQLite failed: ${message}`, {}, { cause });
  }
}

export function notAStore(cause?: unknown): SealtrailError {
  const why = 'the SQLite file has not the tables of a Sealtrail store';
  return new SealtrailError('source_invalid', why, {}, { cause });
}
