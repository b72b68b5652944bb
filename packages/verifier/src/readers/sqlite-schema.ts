import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import type { RawRow } from '../source.ts';
import { isText } from './sqlite-rows.ts';
import { read } from './sqlite-statements.ts';

// What a store's file is made of (SPEC 8.1). Whoever can write to the file can also make its schema lie: a view that shows the verifier
// one thing and the application another, names that are equal when they are not, an order that hides a row behind its equal.

/** Which layout these tables are (PRAGMA user_version). */
export const SQLITE_LAYOUT = 1;

/** The tables of a store, by their names. STRICT, so that a column cannot hold a value of another type. */
export const SQLITE_TABLES = {
  tenants: `CREATE TABLE tenants (
  tenant TEXT NOT NULL PRIMARY KEY, time TEXT NOT NULL, genesis TEXT NOT NULL
) STRICT`,
  heads: `CREATE TABLE heads (
  tenant TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL, time TEXT NOT NULL,
  anchor_number INTEGER, anchor_hash TEXT
) STRICT`,
  entries: `CREATE TABLE entries (
  tenant TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, time TEXT NOT NULL,
  hash TEXT NOT NULL, entry TEXT NOT NULL, openings TEXT NOT NULL,
  PRIMARY KEY (tenant, seq)
) STRICT`,
  anchors: `CREATE TABLE anchors (
  tenant TEXT NOT NULL, number INTEGER NOT NULL, from_seq INTEGER NOT NULL, to_seq INTEGER NOT NULL,
  hash TEXT NOT NULL, anchor TEXT NOT NULL,
  PRIMARY KEY (tenant, number)
) STRICT`,
  directory_changes: `CREATE TABLE directory_changes (
  seal INTEGER NOT NULL, directory TEXT NOT NULL, tenant TEXT NOT NULL, anchors INTEGER NOT NULL,
  entries INTEGER NOT NULL, last TEXT NOT NULL,
  PRIMARY KEY (seal, directory, tenant)
) STRICT`,
} as const;

export type SqliteTableName = keyof typeof SQLITE_TABLES;

/** The columns of each table's key. */
export const SQLITE_KEYS: Readonly<Record<SqliteTableName, string>> = {
  tenants: 'tenant',
  heads: 'tenant',
  entries: 'tenant,seq',
  anchors: 'tenant,number',
  directory_changes: 'seal,directory,tenant',
};

/** Finds an entry by its id. */
export const SQLITE_ENTRIES_ID = 'CREATE UNIQUE INDEX entries_id ON entries (tenant, id)';

const NAMES = Object.keys(SQLITE_TABLES) as SqliteTableName[];

/**
 * Words that no table of a store is made with, and none that its rows were merely copied into: what they change is how rows are
 * compared, found or shown.
 */
const FOREIGN = /\b(as|check|collate|default|desc|generated|on|references|unique|virtual|without)\b/i;

interface Part {
  readonly type: unknown;
  readonly name: string;
  readonly table: string;
  readonly sql: string | undefined;
}

/** What to say of a file of another layout. */
export function unknownLayout(layout: unknown): SealtrailError {
  return new SealtrailError(
    'store_layout',
    `the store has layout ${layout}, this version knows ${SQLITE_LAYOUT}`,
  );
}

/** @returns what is not as a store makes it; undefined when all is. @throws the driver's error */
export function storeSchemaFault(db: Database.Database): string | undefined {
  const parts = partsOf(db);
  for (const name of NAMES) {
    const table = parts.find((part) => part.type === 'table' && part.name === name);
    if (table?.sql === undefined || spaced(table.sql) !== spaced(SQLITE_TABLES[name]))
      return `the table ${name} is not the one of a store`;
  }
  if (!parts.some(isEntriesId)) return 'the index entries_id is not there';
  return foreignPart(parts) ?? foreignStatistics(db);
}

/**
 * The same for a file that is only read, which may be less than a store: tables without keys, types and indexes, as they are when their
 * rows were copied, and columns that nobody knows, which are passed on.
 */
export function readSchemaFault(db: Database.Database): string | undefined {
  return read(() => lesserSchemaFault(db));
}

function lesserSchemaFault(db: Database.Database): string | undefined {
  // A trigger does nothing to what is read; what it did to rows is seen in them.
  const parts = partsOf(db).filter(({ type }) => type !== 'trigger');
  for (const { type, name, sql } of parts) {
    if (type === 'table' && (sql === undefined || FOREIGN.test(sql)))
      return `the table ${name} is not the one of a store`;
  }
  const columns = () => NAMES.map((name) => foreignColumns(db, name)).find(Boolean);
  return foreignPart(parts) ?? columns() ?? foreignStatistics(db);
}

function foreignPart(parts: readonly Part[]): string | undefined {
  const foreign = parts.find((part) => !isOwn(part));
  if (foreign !== undefined) return `the ${String(foreign.type)} ${foreign.name} does not belong to a store`;
  const twice = parts.find((part, i) => parts.findIndex(({ name }) => name === part.name) !== i);
  return twice === undefined ? undefined : `${twice.name} is there twice`;
}

function isOwn(part: Part): boolean {
  const { type, name, table, sql } = part;
  if (type === 'table') return (NAMES as string[]).includes(name) && table === name;
  if (type !== 'index' || !(NAMES as string[]).includes(table)) return false;
  return isEntriesId(part) || (name === keyIndex(table as SqliteTableName) && sql === undefined);
}

function isEntriesId({ type, name, table, sql }: Part): boolean {
  return (
    type === 'index' &&
    name === 'entries_id' &&
    table === 'entries' &&
    sql !== undefined &&
    spaced(sql) === SQLITE_ENTRIES_ID
  );
}

/** The index that SQLite makes for a table's key. */
export function keyIndex(table: SqliteTableName): string {
  return `sqlite_autoindex_${table}_1`;
}

/** Keys and types are those of a store, or there are none: without a key there is no index that could leave rows out. */
function foreignColumns(db: Database.Database, table: SqliteTableName): string | undefined {
  const columns = rows(
    db,
    `SELECT CAST(name AS BLOB) AS name, CAST(upper(type) AS BLOB) AS type, pk, hidden FROM pragma_table_xinfo('${table}')`,
  ).map(({ name, type, pk, hidden }) => ({ name: text(name), type: text(type), pk: Number(pk), hidden }));
  const own = SQLITE_TABLES[table].matchAll(/(\w+) (TEXT|INTEGER)/g);
  const types = new Map([...own].map(([, name, type]) => [name as string, type as string]));
  for (const { name, type, hidden } of columns) {
    const known = name === undefined ? undefined : types.get(name);
    // A copied table has INT for INTEGER: all the same to SQLite.
    const isOwnType = known === undefined || type === '' || type?.replace(/^INT$/, 'INTEGER') === known;
    if (hidden !== 0 || !isOwnType) return `a column of ${table} is not one of a store`;
  }
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  const named = key.map(({ name }) => name).join();
  if (named !== '' && named !== SQLITE_KEYS[table]) return `the key of ${table} is not the one of a store`;
  const indexes = rows(db, `SELECT 1 FROM pragma_index_list('${table}')`).length;
  return named === '' && indexes > 0 ? `${table} has an index, but no key` : undefined;
}

/**
 * SQLite plans by what sqlite_stat1 says, whoever wrote it: that an index is `unordered`, so that a check of its order goes through it
 * as it comes; or that a key leads to a billion rows, so that each page of a log is looked for in all of it. ANALYZE writes one number
 * for all rows and one for each column, the last of which is 1 where no two rows are alike.
 */
function foreignStatistics(db: Database.Database): string | undefined {
  if (
    rows(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND lower(name) = 'sqlite_stat1'").length === 0
  )
    return undefined;
  // As SQLite reads them: up to the first zero byte.
  const [index, told] = ["lower(printf('%s', idx))", "printf('%s', stat)"];
  const unlike = Object.entries(SQLITE_KEYS).map(([table, key]) => {
    const names = [keyIndex(table as SqliteTableName), ...(table === 'entries' ? ['entries_id'] : [])];
    const columns = key.split(',').length;
    return `(${index} IN (${names.map((name) => `'${name}'`).join()})
      AND (${told} NOT GLOB '* 1' OR length(${told}) - length(replace(${told}, ' ', '')) <> ${columns}))`;
  });
  const sql = `SELECT 1 FROM sqlite_stat1 WHERE ${told} GLOB '*[^0-9 ]*' OR ${unlike.join(' OR ')} LIMIT 1`;
  return rows(db, sql).length === 0 ? undefined : 'its statistics (sqlite_stat1) are none that ANALYZE makes';
}

/** All of the schema that has to do with a store's tables, or is called like a part of them. */
function partsOf(db: Database.Database): Part[] {
  const names = [...NAMES, ...NAMES.map(keyIndex), 'entries_id'].map((name) => `'${name}'`).join();
  // Names and statements are texts as well, and need not be UTF-8.
  const sql = `SELECT CASE WHEN type IN ('table', 'index', 'view', 'trigger') THEN type ELSE 'part' END AS type,
      CAST(name AS BLOB) AS name, CAST(tbl_name AS BLOB) AS "table", CAST(sql AS BLOB) AS sql FROM sqlite_schema
    WHERE lower(name) IN (${names}) OR lower(tbl_name) IN (${names})`;
  return rows(db, sql).map((row) => ({
    type: row['type'],
    name: text(row['name']) ?? '?',
    table: text(row['table']) ?? '?',
    sql: row['sql'] === null ? undefined : (text(row['sql']) ?? ''),
  }));
}

function rows(db: Database.Database, sql: string): RawRow[] {
  return db.prepare(sql).all() as RawRow[];
}

function text(bytes: unknown): string | undefined {
  return bytes instanceof ArrayBuffer && isText(bytes) ? Buffer.from(bytes).toString('utf8') : undefined;
}

function spaced(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim();
}
