import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryRow } from '@sealtrail/format';
import { openStore } from '@sealtrail/store';
import Database from 'libsql';
import { callers, rate } from '../measure.ts';
import type { Bed, Fresh } from './bed.ts';

const INSERT = 'INSERT INTO entries VALUES (:tenant, :seq, :id, :type, :time, :hash, :entry, :openings)';

export function sqliteBed(directory: string): Bed {
  let files = 0;
  const fresh = async (): Promise<Fresh> => {
    const location = join(directory, `bench-${process.pid}-${files++}.db`);
    const store = await openStore(location);
    const drop = async (): Promise<void> => {
      await store.close();
      for (const suffix of ['', '-wal', '-shm']) rmSync(location + suffix, { force: true });
    };
    return { store, location, drop };
  };
  /** Runs something on a raw connection to the empty tables of a store. */
  const raw = async (work: (db: Database.Database) => Promise<number>): Promise<number> => {
    const { store, location, drop } = await fresh();
    await store.close();
    const db = connect(location);
    const value = await work(db);
    db.close();
    await drop();
    return value;
  };
  return {
    name: 'sqlite',
    place: directory,
    engine: `SQLite ${sqliteVersion()} (libsql)`,
    rawName: (batch) => `raw prepared INSERTs, ${n(batch)} a transaction`,
    lockName: 'a transaction for each entry (head read, insert, head written)',
    fresh,
    rawInsert: (rows, batch) =>
      raw((db) => {
        const insert = db.prepare(INSERT);
        return rate(rows.length, () => {
          for (let i = 0; i < rows.length; i += batch) {
            db.exec('BEGIN IMMEDIATE');
            for (const row of rows.slice(i, i + batch)) insert.run(row);
            db.exec('COMMIT');
          }
        });
      }),
    lockPerEntry: (rows, atOnce) =>
      raw((db) => {
        const read = db.prepare('SELECT * FROM heads WHERE tenant = ?');
        const write = db.prepare(
          'INSERT OR REPLACE INTO heads VALUES (:tenant, :seq, :hash, :time, NULL, NULL)',
        );
        const insert = db.prepare(INSERT);
        return rate(rows.length, () =>
          callers(rows.length, atOnce, async (i) => {
            const row = rows[i] as EntryRow;
            const { tenant, seq, hash, time } = row;
            db.exec('BEGIN IMMEDIATE');
            read.all(tenant);
            insert.run(row);
            write.run({ tenant, seq, hash, time });
            db.exec('COMMIT');
          }),
        );
      }),
    dropAnchors: async (location) => {
      const db = connect(location);
      db.exec('DELETE FROM anchors; UPDATE heads SET anchor_number = NULL, anchor_hash = NULL');
      db.close();
    },
    close: async () => {},
  };
}

/** As the store connects, so that both pay for the same durability. */
function connect(location: string): Database.Database {
  const db = new Database(location);
  db.exec(
    'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON',
  );
  return db;
}

function sqliteVersion(): string {
  const db = new Database(':memory:');
  const [row] = db.prepare('SELECT sqlite_version() AS version').all() as { version: string }[];
  db.close();
  return row?.version ?? 'unknown';
}

function n(value: number): string {
  return value.toLocaleString('en-US');
}
