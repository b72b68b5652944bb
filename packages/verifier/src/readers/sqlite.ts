import { existsSync } from 'node:fs';
import { type Finding, SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import type { Location, LogReader, LogSource, RawRow } from '../source.ts';
import { lookFirst } from './sqlite-first-look.ts';
import { indexOrderFaults } from './sqlite-index-order.ts';
import { fileIndexFaults } from './sqlite-indexes.ts';
import { bound, type Key, keyOf, nameOf, SqliteLog } from './sqlite-log.ts';
import { textOf } from './sqlite-rows.ts';
import { forgetStatements } from './sqlite-statements.ts';
import { Tables } from './sqlite-tables.ts';

export {
  SQLITE_ENTRIES_ID,
  SQLITE_LAYOUT,
  SQLITE_TABLES,
  storeSchemaFault,
  unknownLayout,
} from './sqlite-schema.ts';
export { isOfSqlite } from './sqlite-statements.ts';

/** Whoever closes a file last empties its write-ahead log, and locks everybody out for that long. */
const BUSY_MS = 10_000;

export interface SqliteReading {
  /** The file was opened before, by whoever asks for it once more. */
  readonly known?: boolean | undefined;
  /** How long SQLite may take to open a file that is not known, in milliseconds: a minute unless told. */
  readonly openingMs?: number | undefined;
}

/**
 * Opens a SQLite store for reading only. The driver `libsql` is an optional dependency and is loaded here.
 *
 * @throws SealtrailError `source_invalid`, `driver_missing`
 */
export async function openSqlite(path: string, reading: SqliteReading = {}): Promise<LogSource> {
  if (!existsSync(path)) throw new SealtrailError('source_invalid', `there is no file ${path}`);
  let Driver: typeof Database;
  try {
    Driver = (await import('libsql')).default;
  } catch (cause) {
    throw new SealtrailError(
      'driver_missing',
      'reading SQLite needs the package libsql: npm install libsql',
      {},
      { cause },
    );
  }
  if (reading.known !== true) await lookFirst(path, reading.openingMs);
  try {
    const db = new Driver(path);
    // The driver opens every file for writing.
    db.exec(`PRAGMA query_only = ON; PRAGMA busy_timeout = ${BUSY_MS}`);
    const close = () => {
      forgetStatements(db);
      db.close();
    };
    return new SqliteSource(db, close, { path });
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot open ${path} as a SQLite file`, {}, { cause });
  }
}

/** Reads through a connection that somebody else owns, or owns it when `close` is given. */
export class SqliteSource implements LogSource {
  readonly columns = true;
  readonly openings = 'included';
  readonly location: Location | undefined;
  readonly #tables: Tables;
  readonly #close: () => void;

  constructor(db: Database.Database, close: () => void = () => {}, location?: Location) {
    this.#tables = new Tables(db);
    this.#close = close;
    this.location = location;
  }

  async *logs(passed = ''): AsyncGenerator<LogReader> {
    const tenants = this.#tables.get('tenants');
    // A file may come without the types of a store: what is no text has no place among the names.
    for (const rows of tenants.rows("WHERE typeof(tenant) <> 'text' OR tenant = ''")) {
      for (const row of rows)
        yield new SqliteLog(this.#tables, nameOf(row['tenant']), keyOf(row, false), row);
    }
    // Keyset paging, one tenant at a time: nothing stays open while a log is verified.
    const next = "WHERE typeof(tenant) = 'text' AND tenant > CAST(:tenant AS TEXT) ORDER BY tenant";
    const after = (tenant: unknown) => tenants.first(next, { tenant: bound(tenant) });
    for (let row = after(passed); row !== undefined; row = after(row['tenant'])) {
      const key = keyOf(row, true);
      const own = tenants.one('WHERE tenant = CAST(:tenant AS TEXT)', { tenant: key.value });
      yield new SqliteLog(this.#tables, nameOf(row['tenant']), key, own);
    }
    for (const [name, key] of this.#strangers()) yield new SqliteLog(this.#tables, name, key);
  }

  /** Tenants that rows name but the registry does not; the index is skipped through, not scanned. */
  #strangers(): [string, Key][] {
    // What only reads alike is two.
    const found = new Map<string, [string, Key]>();
    const { entries } = this.#tables.indexes;
    for (const table of [
      ...entries.map((index) => `entries INDEXED BY ${index}`),
      'entries',
      'heads',
      'anchors',
    ]) {
      for (const { tenant, type } of this.#tables.all(
        `WITH RECURSIVE t(tenant) AS (
           SELECT min(tenant) FROM ${table}
           UNION ALL SELECT (SELECT min(tenant) FROM ${table} WHERE tenant > t.tenant) FROM t WHERE t.tenant IS NOT NULL
         ), s(tenant) AS (
           SELECT tenant FROM t WHERE tenant IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tenants r WHERE r.tenant = t.tenant)
           UNION ALL SELECT NULL WHERE EXISTS (SELECT 1 FROM ${table} WHERE tenant IS NULL)
         ) SELECT CASE typeof(tenant) WHEN 'text' THEN CAST(tenant AS BLOB) ELSE tenant END AS tenant, typeof(tenant) AS type FROM s`,
      )) {
        const isText = type === 'text';
        const name = nameOf(isText ? textOf(tenant) : tenant);
        found.set(`${type} ${name}`, [name, { value: bound(tenant), isText }]);
      }
    }
    return [...found.values()].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async *directoryChanges(): AsyncGenerator<readonly RawRow[]> {
    yield* this.#tables.get('directory_changes').rows('ORDER BY seal, directory, tenant');
  }

  /** What is not the same in a table and in its indexes: another question may find other rows. */
  async *indexFaults(): AsyncGenerator<Finding> {
    const release = this.#tables.hold();
    try {
      yield* indexOrderFaults(this.#tables);
      yield* fileIndexFaults(this.#tables);
    } finally {
      release();
    }
  }

  async log(tenant: string): Promise<LogReader> {
    const row = this.#tables.get('tenants').one('WHERE tenant = :tenant', { tenant });
    return new SqliteLog(this.#tables, tenant, { value: tenant, isText: true }, row);
  }

  async close(): Promise<void> {
    this.#close();
  }
}
