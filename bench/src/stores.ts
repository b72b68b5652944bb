import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type EntryRow, rowId } from '@sealtrail/format';
import { openStore, type Store } from '@sealtrail/store';
import Database from 'libsql';
import { MongoClient } from 'mongodb';

/** A kind of store, and raw access to the same database with the same tables, indexes and durability. */
export interface Bed {
  readonly name: 'sqlite' | 'mongodb';
  /** A new, empty store. */
  fresh(): Promise<{ store: Store; location: string; drop(): Promise<void> }>;
  /** Writes rows into an empty copy of the entries table, so many in a transaction or call; entries a second. */
  rawInsert(rows: readonly EntryRow[], batch: number): Promise<number>;
  /** Reads all entries in order and does nothing with them. */
  rawScan(location: string): Promise<void>;
  close(): Promise<void>;
}

let number = 0;

export function sqliteBed(directory: string): Bed {
  const files = (path: string) => ['', '-wal', '-shm'].map((suffix) => path + suffix);
  const fresh: Bed['fresh'] = async () => {
    const location = join(directory, `bench-${number++}.db`);
    const store = await openStore(location);
    const drop = async () => {
      await store.close();
      for (const file of files(location)) rmSync(file, { force: true });
    };
    return { store, location, drop };
  };
  return {
    name: 'sqlite',
    fresh,
    rawInsert: async (rows, batch) => {
      const { store, location, drop } = await fresh();
      await store.close();
      const db = new Database(location);
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      const insert = db.prepare(
        'INSERT INTO entries VALUES (:tenant, :seq, :id, :type, :time, :hash, :entry, :openings)',
      );
      const start = performance.now();
      for (let i = 0; i < rows.length; i += batch) {
        db.exec('BEGIN IMMEDIATE');
        for (const row of rows.slice(i, i + batch)) insert.run(row);
        db.exec('COMMIT');
      }
      const perSecond = (rows.length * 1_000) / (performance.now() - start);
      db.close();
      await drop();
      return perSecond;
    },
    rawScan: async (location) => {
      const db = new Database(location, { readonly: true });
      for (const _ of db.prepare('SELECT * FROM entries ORDER BY tenant, seq').iterate());
      db.close();
    },
    close: async () => {},
  };
}

export async function mongodbBed(url: string): Promise<Bed> {
  const client = await new MongoClient(url).connect();
  const fresh: Bed['fresh'] = async () => {
    const database = `sealtrail_bench_${process.pid}_${number++}`;
    const location = new URL(url);
    location.pathname = database;
    const store = await openStore(location.href);
    const drop = async () => {
      await store.close();
      await client.db(database).dropDatabase();
    };
    return { store, location: location.href, drop };
  };
  return {
    name: 'mongodb',
    fresh,
    rawInsert: async (rows, batch) => {
      const { location, drop } = await fresh();
      const documents = rows.map((row) => ({ _id: rowId(row.tenant, row.seq), ...row }));
      const entries = client.db(new URL(location).pathname.slice(1)).collection<{ _id: string }>('entries');
      const start = performance.now();
      for (let i = 0; i < documents.length; i += batch) {
        await entries.insertMany(documents.slice(i, i + batch), {
          ordered: true,
          writeConcern: { w: 'majority', journal: true },
        });
      }
      const perSecond = (documents.length * 1_000) / (performance.now() - start);
      await drop();
      return perSecond;
    },
    rawScan: async (location) => {
      const cursor = client
        .db(new URL(location).pathname.slice(1))
        .collection('entries')
        .find({}, { readConcern: { level: 'majority' } })
        .sort({ tenant: 1, seq: 1 })
        .batchSize(1_000);
      while (await cursor.hasNext()) cursor.readBufferedDocuments();
    },
    close: () => client.close(),
  };
}
