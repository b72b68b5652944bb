import Database from 'libsql';
import { MongoClient } from 'mongodb';
import { onTestFinished } from 'vitest';
import type { Place } from './places.ts';

type Table = 'tenants' | 'heads' | 'entries' | 'anchors';
export type Row = Record<string, unknown>;

/** A row's key: the tenant alone for `tenants` and `heads`, with `seq` for `entries`, with `number` for `anchors`. */
interface Key {
  readonly tenant: string;
  readonly seq?: number;
  readonly number?: number;
}

/** What somebody with access to the database can do behind the store's back. */
export interface Raw {
  /** Every row of a tenant, in order. */
  rows(table: Table, tenant: string): Promise<Row[]>;
  set(table: Table, key: Key, changes: Row): Promise<void>;
  /** Takes a field away. A table of SQLite has no rows without one of its columns: there it becomes null. */
  unset(table: Table, key: Key, field: string): Promise<void>;
  /** Adds a field that no store knows. */
  extend(table: Table, key: Key, field: string, value: unknown): Promise<void>;
  remove(table: Table, key: Key): Promise<void>;
  insert(table: Table, row: Row): Promise<void>;
  /** Takes away what the database itself would refuse: types, unique indexes. */
  loosen(): Promise<void>;
}

export async function raw(place: Pick<Place, 'kind' | 'location'>): Promise<Raw> {
  return place.kind === 'sqlite' ? new RawSqlite(place.location) : RawMongodb.connect(place.location);
}

const ORDER = { tenants: 'tenant', heads: 'tenant', entries: 'seq', anchors: 'number' } as const;

class RawSqlite implements Raw {
  readonly #db: Database.Database;

  constructor(path: string) {
    this.#db = new Database(path);
    onTestFinished(() => void this.#db.close());
  }

  async rows(table: Table, tenant: string): Promise<Row[]> {
    const sql = `SELECT * FROM ${table} WHERE tenant = ? ORDER BY ${ORDER[table]}`;
    return this.#db.prepare(sql).all(tenant) as Row[];
  }

  async set(table: Table, key: Key, changes: Row): Promise<void> {
    const names = Object.keys(changes);
    const { where, values } = condition(key);
    this.#run(`UPDATE ${table} SET ${names.map((name) => `"${name}" = ?`).join(', ')} WHERE ${where}`, [
      ...names.map((name) => changes[name]),
      ...values,
    ]);
  }

  async unset(table: Table, key: Key, field: string): Promise<void> {
    await this.set(table, key, { [field]: null });
  }

  async extend(table: Table, key: Key, field: string, value: unknown): Promise<void> {
    this.#db.exec(`ALTER TABLE ${table} ADD COLUMN "${field}" ANY`);
    await this.set(table, key, { [field]: value });
  }

  async remove(table: Table, key: Key): Promise<void> {
    const { where, values } = condition(key);
    this.#run(`DELETE FROM ${table} WHERE ${where}`, values);
  }

  async insert(table: Table, row: Row): Promise<void> {
    const names = Object.keys(row);
    const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    this.#run(sql, Object.values(row));
  }

  async loosen(): Promise<void> {
    for (const table of Object.keys(ORDER)) {
      const columns = this.#db.prepare(`SELECT name FROM pragma_table_info('${table}')`).all() as {
        name: string;
      }[];
      // Columns without a type keep whatever is written.
      this.#db.exec(`CREATE TABLE copy (${columns.map(({ name }) => name).join(', ')})`);
      this.#db.exec(
        `INSERT INTO copy SELECT * FROM ${table}; DROP TABLE ${table}; ALTER TABLE copy RENAME TO ${table}`,
      );
    }
  }

  #run(sql: string, values: readonly unknown[]): void {
    const { changes } = this.#db.prepare(sql).run(...values);
    if (changes === 0) throw new Error(`nothing was changed by ${sql}`);
  }
}

function condition(key: Key): { where: string; values: unknown[] } {
  const where = Object.keys(key).map((name) => `${name} = ?`);
  return { where: where.join(' AND '), values: Object.values(key) };
}

class RawMongodb implements Raw {
  readonly #client: MongoClient;

  private constructor(client: MongoClient) {
    this.#client = client;
  }

  static async connect(url: string): Promise<RawMongodb> {
    const client = await new MongoClient(url).connect();
    onTestFinished(() => client.close());
    return new RawMongodb(client);
  }

  async rows(table: Table, tenant: string): Promise<Row[]> {
    const rows = this.#table(table).find(filterOf(table, { tenant }));
    return rows.sort({ [ORDER[table] === 'tenant' ? '_id' : ORDER[table]]: 1 }).toArray();
  }

  async set(table: Table, key: Key, changes: Row): Promise<void> {
    const before = await this.#table(table).findOne(filterOf(table, key));
    if (before === null) throw new Error(`no row ${JSON.stringify(key)} in ${table}`);
    const after: Row = { ...before, ...changes };
    const number = table === 'entries' ? after['seq'] : after['number'];
    const natural =
      'tenant' in filterOf(table, key) ? `${after['tenant']}/${number}` : (after['tenant'] ?? key.tenant);
    // `_id` follows what it repeats, as far as it is free: a change that leaves it behind is found by that alone.
    const moves = ['tenant', 'seq', 'number'].some((name) => name in changes) && !('_id' in changes);
    const taken = moves && (await this.#table(table).findOne({ _id: natural as never })) !== null;
    if (moves && !taken) after['_id'] = natural;
    if (table === 'tenants' || table === 'heads') delete after['tenant'];
    await this.#table(table).deleteOne({ _id: before._id });
    await this.#table(table).insertOne(after as never);
  }

  async unset(table: Table, key: Key, field: string): Promise<void> {
    const { matchedCount } = await this.#table(table).updateOne(filterOf(table, key), {
      $unset: { [field]: '' },
    });
    if (matchedCount === 0) throw new Error(`no row ${JSON.stringify(key)} in ${table}`);
  }

  async extend(table: Table, key: Key, field: string, value: unknown): Promise<void> {
    await this.set(table, key, { [field]: value });
  }

  async remove(table: Table, key: Key): Promise<void> {
    const { deletedCount } = await this.#table(table).deleteMany(filterOf(table, key));
    if (deletedCount === 0) throw new Error(`no row ${JSON.stringify(key)} in ${table}`);
  }

  async insert(table: Table, row: Row): Promise<void> {
    const { tenant, ...columns } = row;
    const document = table === 'tenants' || table === 'heads' ? { _id: tenant, ...columns } : row;
    await this.#table(table).insertOne(document as never);
  }

  async loosen(): Promise<void> {
    for (const table of ['entries', 'anchors'] as const) await this.#table(table).dropIndexes();
  }

  #table(table: Table) {
    return this.#client.db().collection(table);
  }
}

function filterOf(table: Table, { tenant, ...rest }: Key): Row {
  return table === 'tenants' || table === 'heads' ? { _id: tenant } : { tenant, ...rest };
}
