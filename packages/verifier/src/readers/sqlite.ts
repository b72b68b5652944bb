import { existsSync } from 'node:fs';
import { type Finding, SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import { mergeAnchors } from '../merge.ts';
import { planParts } from '../parallel/plan.ts';
import type { Location, LogBatch, LogReader, LogSource, Part, RawRow, WalkRange } from '../source.ts';
import { notAText } from './no-name.ts';
import { indexOrderFaults } from './sqlite-index-order.ts';
import { fileIndexFaults, hiddenFaults, logIndexFaults } from './sqlite-indexes.ts';
import { textOf } from './sqlite-rows.ts';
import { forgetStatements, type Params, pause } from './sqlite-statements.ts';
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

/**
 * Opens a SQLite store for reading only. The driver `libsql` is an optional dependency and is loaded here.
 *
 * @throws SealtrailError `source_invalid`, `driver_missing`
 */
export async function openSqlite(path: string): Promise<LogSource> {
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

/** What the rows of a log have for a tenant: a text, given as its bytes if it is not UTF-8, or anything in a file without types. */
interface Key {
  readonly value: unknown;
  readonly isText: boolean;
}

class SqliteLog implements LogReader {
  readonly start = 0;
  readonly tenant: string;
  readonly registry: RawRow | undefined;
  readonly #tables: Tables;
  readonly #key: Key;
  readonly #mine: string;

  constructor(tables: Tables, tenant: string, key: Key, registry?: RawRow) {
    this.#tables = tables;
    this.tenant = tenant;
    this.registry = registry;
    this.#key = key;
    this.#mine = this.#key.isText ? 'tenant IS CAST(:tenant AS TEXT)' : 'tenant IS :tenant';
  }

  async hold(): Promise<() => void> {
    return this.#tables.hold();
  }

  async *indexFaults(range: WalkRange): AsyncGenerator<Finding> {
    // Rows of no text for a tenant are nobody's, and reported as such.
    if (!this.#key.isText) return;
    const { where, after } = this.#range(range);
    yield* logIndexFaults(this.#tables, { where, params: this.#params(where, range), after });
  }

  async *hiddenFaults(): AsyncGenerator<Finding> {
    if (this.#key.isText) yield* hiddenFaults(this.#tables, this.#mine, { tenant: this.#key.value });
  }

  async head(): Promise<RawRow | undefined> {
    return this.#tables.get('heads').one(`WHERE ${this.#mine}`, { tenant: this.#key.value });
  }

  async firstPosition(): Promise<number | undefined> {
    return numberOf(this.#one('min(seq) AS seq', `AND typeof(seq) = 'integer'`));
  }

  async *walk(range: WalkRange): AsyncGenerator<LogBatch> {
    const release = this.#tables.hold();
    try {
      yield* mergeAnchors(this.#entries(range), this.#anchors(range));
    } finally {
      release();
    }
  }

  anchors(): AsyncIterable<readonly RawRow[]> {
    return this.#anchors({ from: 0 });
  }

  async *parts(range: WalkRange, head: number, size: number): AsyncGenerator<Part> {
    const [low, high] = ['', ' DESC'].map((order) =>
      this.#one(
        "CASE typeof(seq) WHEN 'text' THEN NULL ELSE seq END AS seq",
        `ORDER BY entries.seq${order} LIMIT 1`,
      ),
    );
    yield* await planParts(this, range, { low, high, head }, size);
  }

  #one(select: string, rest: string): unknown {
    const [index] = this.#tables.indexes.entries;
    const from = index === undefined ? 'entries' : `entries INDEXED BY ${index}`;
    const sql = `SELECT ${select} FROM ${from} WHERE ${this.#mine} ${rest}`;
    return this.#tables.all(sql, { tenant: this.#key.value })[0]?.['seq'];
  }

  // From 0 there is no lower bound, so that a position that is negative or no number is seen too; such rows sort before or after
  // all others. One that lies between two positions belongs to the range of the later.
  #range({ from, to }: WalkRange): { readonly where: string; readonly after: number | undefined } {
    const where = `${this.#mine}${to === undefined ? '' : ' AND seq <= :to'}`;
    return { where, after: from > 0 ? from - 1 : undefined };
  }

  async *#entries(range: WalkRange): AsyncGenerator<readonly RawRow[]> {
    const { where, after } = this.#range(range);
    // All columns, so that one that nobody knows is seen.
    const entries = this.#tables.get('entries');
    for (const batch of entries.rowsBySeq(where, after, this.#params(where, range))) {
      yield batch;
      await pause();
    }
  }

  async *#anchors({ from, to }: WalkRange): AsyncGenerator<readonly RawRow[]> {
    const bound = `${from > 0 ? ' AND to_seq >= :from' : ''}${to === undefined ? '' : ' AND from_seq <= :to'}`;
    const where = `WHERE ${this.#mine}${bound} ORDER BY number`;
    yield* this.#tables.get('anchors').rows(where, this.#params(where, { from, to }));
  }

  #params(sql: string, { from, to }: WalkRange): Params {
    const all = { tenant: this.#key.value, from, to };
    return Object.fromEntries(Object.entries(all).filter(([name]) => sql.includes(`:${name}`)));
  }
}

function keyOf({ tenant }: RawRow, isText: boolean): Key {
  return { value: bound(tenant), isText };
}

function bound(value: unknown): unknown {
  return value instanceof ArrayBuffer ? Buffer.from(value) : value;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Bytes that are shown of what is called by no text. */
const SHOWN = 256;

/** What a tenant is called that may be no text, or one that is not UTF-8. */
function nameOf(tenant: unknown): string {
  if (typeof tenant === 'string') return tenant;
  if (!(tenant instanceof ArrayBuffer)) return notAText(String(tenant));
  const shown = Buffer.from(tenant).toString('hex', 0, SHOWN);
  return notAText(tenant.byteLength > SHOWN ? `${shown}... (${tenant.byteLength} bytes)` : shown);
}
