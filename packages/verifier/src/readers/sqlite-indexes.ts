import type { Finding } from '@sealtrail/format';
import { repeatedId } from './repeated-id.ts';
import { keyIndex, type SqliteTableName } from './sqlite-schema.ts';
import { type Params, pause } from './sqlite-statements.ts';
import type { Tables } from './sqlite-tables.ts';

// A walk asks by position, an application by id as well. SQLite answers each question from another index, and whoever can write to the
// file can give the two different rows. Nothing in an index is believed: each row must be the only one at its place in each of them, and
// none of them may have one more.

const ROWS = 2_000;
const BY_PLACE = keyIndex('entries');
const BY_ID = 'entries_id';

// Between a value and itself, and not equal to it: a unique index is not looked at for a second row that is equal. And no further than
// to the second.
const FOUND_BY_PLACE = foundBy(BY_PLACE, 'seq');
const FOUND_BY_ID = foundBy(BY_ID, 'id');
/** For a driver that must not be given a text. */
const PLACE = `CASE typeof(seq) WHEN 'integer' THEN seq END`;

function foundBy(index: string, column: string): string {
  return `(SELECT count(*) = 1 AND max(s.place) = e.rowid FROM (SELECT i.rowid AS place FROM entries i INDEXED BY ${index}
    WHERE i.tenant = e.tenant AND i.${column} BETWEEN e.${column} AND e.${column} LIMIT 2) s)`;
}

/** Rows of one log in the order of their positions. */
interface LogRows {
  readonly where: string;
  readonly params: Params;
  /** The position that they begin behind. */
  readonly after: number | undefined;
}

function isIndexed({ indexes }: Tables): boolean {
  return indexes.entries.join() === [BY_PLACE, BY_ID].join();
}

/** The first of the rows that is not alone at its place in each index. A table without these indexes is read without any. */
export async function* logIndexFaults(
  tables: Tables,
  { where, params, after: first }: LogRows,
): AsyncGenerator<Finding> {
  if (!isIndexed(tables)) return;
  for (let after: unknown = first; ; ) {
    const [page] = tables.all(
      `SELECT count(*) AS n, max(${PLACE}) AS last, min(CASE WHEN found THEN NULL ELSE ${PLACE} END) AS bad, sum(found) AS found FROM (
        SELECT e.seq AS seq, ${FOUND_BY_PLACE} AND ${FOUND_BY_ID} AS found FROM entries e INDEXED BY ${BY_PLACE}
        WHERE ${where}${after === undefined ? '' : ' AND e.seq > :after'} ORDER BY e.seq LIMIT ${ROWS})`,
      after === undefined ? params : { ...params, after },
    );
    const n = Number(page?.['n'] ?? 0);
    if (n > 0 && page?.['found'] !== n) {
      yield fault(page?.['bad'], 'is found under its id or its position only by some questions');
      return;
    }
    after = page?.['last'];
    if (n < ROWS || typeof after !== 'number') return;
    await pause();
  }
}

/** An entry of a log that only its id leads to, when all that its position leads to are in order; or, without an index, an id of two. */
export async function* hiddenFaults(tables: Tables, mine: string, params: Params): AsyncGenerator<Finding> {
  if (!isIndexed(tables)) return yield* repeatedIds(tables, mine, params);
  const [byPlace, byId] = [BY_PLACE, BY_ID].map((index) =>
    count(tables, `entries INDEXED BY ${index} WHERE ${mine}`, params),
  );
  if (byPlace === byId) return;
  if (byId === tables.room) return yield fault(undefined, 'is found by its id without end');
  const [hidden] = tables.all(
    `SELECT ${PLACE} AS seq FROM entries e INDEXED BY ${BY_ID} WHERE ${mine} AND NOT ${FOUND_BY_PLACE} LIMIT 1`,
    params,
  );
  yield fault(hidden?.['seq'], 'is found by its id, but no walk meets it');
}

/** The first of the entries whose id an earlier one has, in a table that was copied without what keeps ids apart. */
function* repeatedIds(tables: Tables, mine: string, params: Params): Generator<Finding> {
  const [repeated] = tables.all(
    `SELECT max(${PLACE}) AS seq FROM (SELECT id, seq FROM entries WHERE ${mine} LIMIT :room)
     GROUP BY id HAVING count(*) > 1 ORDER BY 1 LIMIT 1`,
    { ...params, room: tables.room },
  );
  if (repeated !== undefined) yield repeatedId(repeated['seq']);
}

/** Rows that a table has and an index has not, or the reverse, whoever they belong to. */
export async function* fileIndexFaults(tables: Tables): AsyncGenerator<Finding> {
  for (const [table, indexes] of Object.entries(tables.indexes) as [SqliteTableName, readonly string[]][]) {
    if (indexes.length === 0) continue;
    const rows = await countRows(tables, table);
    for (const index of indexes) {
      const found = count(tables, `${table} INDEXED BY ${index}`);
      if (found === rows) continue;
      yield {
        code: 'index_mismatch',
        position: null,
        message: `the table ${table} has ${rows} rows, its index ${index} ${found}: what is found depends on the question`,
      };
    }
  }
}

/** Of the table itself, in pages, so that a large one does not hold up everything else in the process. */
async function countRows(tables: Tables, table: SqliteTableName): Promise<number> {
  let rows = 0;
  const { room } = tables;
  for (let after: unknown = Number.MIN_SAFE_INTEGER; ; ) {
    const [page] = tables.all(
      `SELECT count(*) AS n, max(rowid) AS last FROM (
        SELECT rowid FROM ${table} NOT INDEXED WHERE rowid > :after ORDER BY rowid LIMIT ${ROWS * 10})`,
      { after },
    );
    const n = Number(page?.['n'] ?? 0);
    rows += n;
    after = page?.['last'];
    if (n < ROWS * 10 || rows > room || typeof after !== 'number') return rows;
    await pause();
  }
}

/** @returns `tables.room` where there is no end of them */
function count(tables: Tables, from: string, params: Params = {}): number {
  // Not count(*) of all: SQLite takes that from whichever index is the smallest.
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} LIMIT :room)`;
  return Number(tables.all(sql, { ...params, room: tables.room })[0]?.['n'] ?? 0);
}

function fault(seq: unknown, what: string): Finding {
  const position = typeof seq === 'number' && seq >= 0 ? seq : null;
  const entry = position === null ? 'an entry' : `entry ${position}`;
  return { code: 'index_mismatch', position, message: `${entry} ${what}: the indexes of the file disagree` };
}
