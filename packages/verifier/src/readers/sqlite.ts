import { existsSync } from 'node:fs';
import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import { mergeAnchors } from '../merge.ts';
import { planParts } from '../parallel/plan.ts';
import type { Location, LogBatch, LogReader, LogSource, Part, RawRow, WalkRange } from '../source.ts';

const BATCH_ROWS = 1_000;

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
    const db = new Driver(path, { readonly: true });
    return new SqliteSource(db, () => db.close(), { path });
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot open ${path} as a SQLite file`, {}, { cause });
  }
}

/** Reads through a connection that somebody else owns, or owns it when `close` is given. */
export class SqliteSource implements LogSource {
  readonly columns = true;
  readonly openings = 'included';
  readonly location: Location | undefined;
  readonly #db: Database.Database;
  readonly #close: () => void;

  constructor(db: Database.Database, close: () => void = () => {}, location?: Location) {
    this.#db = db;
    this.#close = close;
    this.location = location;
  }

  async *logs(): AsyncGenerator<LogReader> {
    // A file may come without the types of a store: what is no text has no place among the names.
    for (const row of this.#query(
      "SELECT * FROM tenants WHERE typeof(tenant) <> 'text' OR tenant = ''",
    ).all())
      yield new SqliteLog(this.#db, nameOf((row as RawRow)['tenant']), row as RawRow);
    // Keyset paging, one tenant at a time: nothing stays open while a log is verified.
    const next = this.#query(
      "SELECT * FROM tenants WHERE typeof(tenant) = 'text' AND tenant > ? ORDER BY tenant LIMIT 1",
    );
    for (let row = first(next, ''); row !== undefined; row = first(next, row['tenant'])) {
      yield new SqliteLog(this.#db, String(row['tenant']), row);
    }
    for (const tenant of this.#strangers()) yield new SqliteLog(this.#db, nameOf(tenant), undefined, tenant);
  }

  /** Tenants that rows name but the registry does not; the index is skipped through, not scanned. */
  #strangers(): unknown[] {
    const found = new Map<string, unknown>();
    for (const table of ['entries', 'heads', 'anchors']) {
      const rows = this.#query(
        `WITH RECURSIVE t(tenant) AS (
           SELECT min(tenant) FROM ${table}
           UNION ALL SELECT (SELECT min(tenant) FROM ${table} WHERE tenant > t.tenant) FROM t WHERE t.tenant IS NOT NULL
         ) SELECT tenant FROM t WHERE tenant IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tenants r WHERE r.tenant = t.tenant)
         UNION ALL SELECT NULL WHERE EXISTS (SELECT 1 FROM ${table} WHERE tenant IS NULL)`,
      ).all() as { tenant: unknown }[];
      for (const { tenant } of rows) found.set(nameOf(tenant), tenant);
    }
    return [...found.keys()].sort().map((name) => found.get(name));
  }

  async *directoryChanges(): AsyncGenerator<readonly RawRow[]> {
    const sql = 'SELECT * FROM directory_changes ORDER BY seal, directory, tenant';
    yield* batches(this.#query(sql).iterate());
  }

  async log(tenant: string): Promise<LogReader> {
    const row = first(this.#query('SELECT * FROM tenants WHERE tenant = ?'), tenant);
    return new SqliteLog(this.#db, tenant, row);
  }

  async close(): Promise<void> {
    this.#close();
  }

  #query(sql: string): Database.Statement {
    return prepare(this.#db, sql);
  }
}

class SqliteLog implements LogReader {
  readonly start = 0;
  readonly tenant: string;
  readonly registry: RawRow | undefined;
  readonly #db: Database.Database;
  // What the rows have in their column, if it is not the name.
  readonly #key: unknown;

  constructor(
    db: Database.Database,
    tenant: string,
    registry: RawRow | undefined,
    key: unknown = registry?.['tenant'] ?? tenant,
  ) {
    this.#db = db;
    this.tenant = tenant;
    this.registry = registry;
    this.#key = key instanceof ArrayBuffer ? Buffer.from(key) : key;
  }

  async head(): Promise<RawRow | undefined> {
    return first(prepare(this.#db, 'SELECT * FROM heads WHERE tenant IS :tenant'), { tenant: this.#key });
  }

  async firstPosition(): Promise<number | undefined> {
    const sql = "SELECT min(seq) AS seq FROM entries WHERE tenant IS :tenant AND typeof(seq) = 'integer'";
    const seq = first(prepare(this.#db, sql), { tenant: this.#key })?.['seq'];
    return typeof seq === 'number' ? seq : undefined;
  }

  walk(range: WalkRange): AsyncIterable<LogBatch> {
    return mergeAnchors(this.#entries(range), this.#anchors(range));
  }

  anchors(): AsyncIterable<readonly RawRow[]> {
    return this.#anchors({ from: 0 });
  }

  async parts(range: WalkRange, head: number, size: number): Promise<readonly Part[] | undefined> {
    const sql = 'SELECT seq FROM entries WHERE tenant IS :tenant ORDER BY seq';
    const [low, high] = ['', ' DESC'].map(
      (order) => first(prepare(this.#db, `${sql}${order} LIMIT 1`), { tenant: this.#key })?.['seq'],
    );
    return planParts(this, range, { low, high, head }, size);
  }

  async *#entries({ from, to }: WalkRange): AsyncGenerator<readonly RawRow[]> {
    // `SELECT *` so that a column nobody knows is seen. From 0 there is no lower bound, so that a position that is
    // negative or no number is seen too; such rows sort before or after all others.
    // One that lies between two positions belongs to the range of the later.
    const bound = `${from > 0 ? ' AND seq > :from - 1' : ''}${to === undefined ? '' : ' AND seq <= :to'}`;
    const sql = `SELECT * FROM entries WHERE tenant IS :tenant${bound} ORDER BY seq`;
    for (const batch of batches(
      prepare(this.#db, sql).iterate(params(sql, { tenant: this.#key, from, to })),
    )) {
      yield batch;
      // The driver is synchronous: without a pause, a long walk would hold up everything else in the process.
      await new Promise((resume) => setImmediate(resume));
    }
  }

  async *#anchors({ from, to }: WalkRange): AsyncGenerator<readonly RawRow[]> {
    const bound = `${from > 0 ? ' AND to_seq >= :from' : ''}${to === undefined ? '' : ' AND from_seq <= :to'}`;
    const sql = `SELECT * FROM anchors WHERE tenant IS :tenant${bound} ORDER BY number`;
    yield* batches(prepare(this.#db, sql).iterate(params(sql, { tenant: this.#key, from, to })));
  }
}

function prepare(db: Database.Database, sql: string): Database.Statement {
  try {
    return db.prepare(sql);
  } catch (cause) {
    throw new SealtrailError(
      'source_invalid',
      'the SQLite file has not the tables of a Sealtrail store',
      {},
      { cause },
    );
  }
}

/** What a tenant is called that may be no text. */
function nameOf(tenant: unknown): string {
  return tenant instanceof ArrayBuffer ? Buffer.from(tenant).toString('hex') : String(tenant);
}

// Not get(): the driver adds a member of its own to the row that it returns.
function first(statement: Database.Statement, ...params: unknown[]): RawRow | undefined {
  return statement.all(...params)[0] as RawRow | undefined;
}

function params(sql: string, all: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => sql.includes(`:${name}`)));
}

function* batches(rows: IterableIterator<unknown>): Generator<readonly RawRow[]> {
  let batch: RawRow[] = [];
  for (const row of rows) {
    batch.push(row as RawRow);
    if (batch.length === BATCH_ROWS) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
