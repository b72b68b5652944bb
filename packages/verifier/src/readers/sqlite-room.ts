import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import { all } from './sqlite-statements.ts';

// A table and an index of SQLite are trees of pages. Whoever writes to the file can let two pages lead to one, again and again: a few
// pages are a tree of more rows than anybody can read, and SQLite does not mind. So no question is asked whose answer has no end.

/** No row and no key of a store takes fewer, with its place in its page. */
const LEAST_BYTES = 8;

/** More rows than a file can have in one table, or keys in one index. */
export function roomOf(db: Database.Database): number {
  const sql = 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size';
  return Math.ceil(Number(all(db, sql)[0]?.['bytes'] ?? 0) / LEAST_BYTES) + 1;
}

/** A table is gone through as a whole, where nothing is known of what is in it. @throws SealtrailError `source_invalid` */
export function refuseEndless(db: Database.Database, table: string): void {
  const room = roomOf(db);
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} NOT INDEXED LIMIT :room)`;
  if (all(db, sql, { room })[0]?.['n'] === room) throw endless(table);
}

export function endless(table: string): SealtrailError {
  return new SealtrailError(
    'source_invalid',
    `the SQLite file is damaged: its table ${table} has more rows than it has room for`,
  );
}
