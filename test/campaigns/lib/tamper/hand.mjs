// @ts-check
import Database from 'libsql';
import { MongoClient } from 'mongodb';

/** @typedef {import('./tables.mjs').Row} Row */
/** @typedef {'entries' | 'anchors' | 'heads'} Table */

/**
 * Somebody at the database while the product is at work there as well.
 *
 * @typedef {object} Hand
 * @property {(table: Table, tenant: string) => Promise<Row[]>} rows in their order
 * @property {(table: Table, row: Row) => Promise<Row | undefined>} again the row as it is now
 * @property {(table: Table, row: Row, changes: Row) => Promise<void>} set fields of a row, found by its key
 * @property {(table: Table, row: Row) => Promise<void>} remove
 * @property {(table: Table, row: Row) => Promise<void>} insert unless another row is in its place now
 * @property {() => Promise<void>} close
 */

/** Beside the tenant. @type {Readonly<Record<Table, string | undefined>>} */
const KEYS = { entries: 'seq', anchors: 'number', heads: undefined };

/** @type {(kind: 'sqlite' | 'mongodb', location: string) => Promise<Hand>} */
export async function openHand(kind, location) {
  if (kind === 'mongodb') {
    const client = await new MongoClient(location).connect();
    const of = (/** @type {Table} */ table) => client.db().collection(table);
    const key = (/** @type {Row} */ { _id }) => ({ _id: /** @type {any} */ (_id) });
    return {
      rows: async (table, tenant) => {
        const name = KEYS[table];
        return name === undefined
          ? of(table)
              .find({ _id: /** @type {any} */ (tenant) })
              .toArray()
          : of(table)
              .find({ tenant })
              .sort({ [name]: 1 })
              .toArray();
      },
      again: async (table, row) => (await of(table).findOne(key(row))) ?? undefined,
      set: async (table, row, changes) => void (await of(table).updateOne(key(row), { $set: changes })),
      remove: async (table, row) => void (await of(table).deleteOne(key(row))),
      insert: async (table, row) =>
        void (await of(table)
          .insertOne({ ...row })
          .catch(() => {})),
      close: () => client.close(),
    };
  }
  const db = new Database(location);
  db.exec('PRAGMA busy_timeout = 5000');
  const where = (/** @type {Table} */ table) => {
    const name = KEYS[table];
    return `WHERE tenant = ?${name === undefined ? '' : ` AND ${name} = ?`}`;
  };
  const key = (/** @type {Table} */ table, /** @type {Row} */ row) => {
    const name = KEYS[table];
    return [row['tenant'], ...(name === undefined ? [] : [BigInt(Number(row[name]))])];
  };
  // The driver binds numbers as floating ones.
  const bound = (/** @type {unknown} */ value) => (typeof value === 'number' ? BigInt(value) : value);
  return {
    rows: async (table, tenant) =>
      /** @type {Row[]} */ (
        db.prepare(`SELECT * FROM ${table} WHERE tenant = ? ORDER BY ${KEYS[table] ?? 'tenant'}`).all(tenant)
      ),
    again: async (table, row) =>
      /** @type {Row | undefined} */ (
        db.prepare(`SELECT * FROM ${table} ${where(table)}`).get(...key(table, row))
      ),
    set: async (table, row, changes) => {
      const columns = Object.keys(changes).map((name) => `"${name}" = ?`);
      db.prepare(`UPDATE ${table} SET ${columns.join(', ')} ${where(table)}`).run(
        ...Object.values(changes).map(bound),
        ...key(table, row),
      );
    },
    remove: async (table, row) =>
      void db.prepare(`DELETE FROM ${table} ${where(table)}`).run(...key(table, row)),
    insert: async (table, row) => {
      const names = Object.keys(row);
      const marks = names.map(() => '?').join(', ');
      db.prepare(`INSERT OR IGNORE INTO ${table} (${names.join(', ')}) VALUES (${marks})`).run(
        ...Object.values(row).map(bound),
      );
    },
    close: async () => void db.close(),
  };
}
