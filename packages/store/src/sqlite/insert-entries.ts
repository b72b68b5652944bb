import type { EntryRow } from '@sealtrail/format';
import { codeOf } from './busy.ts';
import type { Connection } from './connection.ts';

/** Rows of one statement: entering the driver costs as much as half of a row. */
const ROWS_AT_ONCE = 16;
const ROW = '(?, ?, ?, ?, ?, ?, ?, ?)';
const ONE = `INSERT INTO entries VALUES ${ROW}`;
const TAKEN = 'SELECT 1 FROM entries WHERE tenant = ? AND id = ?';
const MANY = `INSERT INTO entries VALUES ${Array(ROWS_AT_ONCE).fill(ROW).join(', ')}`;

/** Inserts entries, inside a transaction of the caller's. */
export class EntryInserts {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** @returns how many were inserted: all, or those before the first whose id is taken */
  all(rows: readonly EntryRow[]): number {
    for (let i = 0; i < rows.length; ) {
      const group = rows.slice(i, i + ROWS_AT_ONCE);
      if (group.length === ROWS_AT_ONCE && this.#many(group)) {
        i += ROWS_AT_ONCE;
        continue;
      }
      for (const row of group) {
        if (!this.#one(row)) return i;
        i++;
      }
    }
    return rows.length;
  }

  /** False when one of them is refused: the statement then left none of them, and the rows before it in the transaction. */
  #many(rows: readonly EntryRow[]): boolean {
    try {
      this.#db.runFor(rows.length, MANY, rows.flatMap(values));
      return true;
    } catch (error) {
      if (isConstraint(error)) return false;
      throw error;
    }
  }

  /** False when the row's id is taken. */
  #one(row: EntryRow): boolean {
    try {
      this.#db.runFor(1, ONE, values(row));
      return true;
    } catch (error) {
      if (isConstraint(error) && this.#db.all(TAKEN, row.tenant, row.id).length > 0) return false;
      throw error;
    }
  }
}

function values({ tenant, seq, id, type, time, hash, entry, openings }: EntryRow): unknown[] {
  return [tenant, seq, id, type, time, hash, entry, openings];
}

function isConstraint(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_CONSTRAINT');
}
