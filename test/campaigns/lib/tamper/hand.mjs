// @ts-check
import Database from 'libsql';
import { MongoClient } from 'mongodb';

/** @typedef {import('./tables.mjs').Row} Row */

/**
 * Somebody at the database while the product is at work there as well.
 *
 * @typedef {object} Hand
 * @property {(tenant: string) => Promise<Row[]>} entries in their order
 * @property {(row: Row, changes: Row) => Promise<void>} set fields of an entry, found by its tenant and position
 * @property {() => Promise<void>} close
 */

/** @type {(kind: 'sqlite' | 'mongodb', location: string) => Promise<Hand>} */
export async function openHand(kind, location) {
  if (kind === 'mongodb') {
    const client = await new MongoClient(location).connect();
    const entries = client.db().collection('entries');
    return {
      entries: async (tenant) => entries.find({ tenant }).sort({ seq: 1 }).toArray(),
      set: async ({ tenant, seq }, changes) =>
        void (await entries.updateOne({ tenant, seq }, { $set: changes })),
      close: () => client.close(),
    };
  }
  const db = new Database(location);
  db.exec('PRAGMA busy_timeout = 5000');
  return {
    entries: async (tenant) =>
      /** @type {Row[]} */ (db.prepare('SELECT * FROM entries WHERE tenant = ? ORDER BY seq').all(tenant)),
    set: async ({ tenant, seq }, changes) => {
      const columns = Object.keys(changes).map((name) => `"${name}" = ?`);
      db.prepare(`UPDATE entries SET ${columns.join(', ')} WHERE tenant = ? AND seq = ?`).run(
        ...Object.values(changes),
        tenant,
        BigInt(Number(seq)),
      );
    },
    close: async () => void db.close(),
  };
}
