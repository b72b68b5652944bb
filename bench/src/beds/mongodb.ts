import { setTimeout as sleep } from 'node:timers/promises';
import { type EntryRow, rowId } from '@sealtrail/format';
import { openStore } from '@sealtrail/store';
import { type Collection, type Db, MongoClient } from 'mongodb';
import { callers, rate } from '../measure.ts';
import type { Bed, Fresh } from './bed.ts';

// As the store writes, so that both pay for the same durability.
const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const;

type EntryDocument = EntryRow & { readonly _id: string };
type HeadDocument = { readonly _id: string; readonly locked: boolean };

export async function mongodbBed(url: string): Promise<Bed> {
  const client = await new MongoClient(url).connect();
  let databases = 0;
  const open = async (): Promise<Fresh & { readonly db: Db }> => {
    const db = client.db(`sealtrail_bench_${process.pid}_${databases++}`);
    const at = new URL(url);
    at.pathname = db.databaseName;
    const location = at.href;
    const store = await openStore(location);
    const drop = async (): Promise<void> => {
      await store.close();
      await db.dropDatabase();
    };
    return { store, location, drop, db };
  };
  /** Runs something on the empty collections of a store. */
  const raw = async (work: (db: Db) => Promise<number>): Promise<number> => {
    const { db, drop } = await open();
    const value = await work(db);
    await drop();
    return value;
  };
  return {
    name: 'mongodb',
    place: url,
    engine: await engineOf(client),
    rawName: (batch) => `raw insertMany of ${batch.toLocaleString('en-US')}`,
    lockName: 'one lock per entry (lock, insertOne, unlock)',
    fresh: open,
    rawInsert: (rows, batch, atOnce) =>
      raw((db) => {
        const entries = db.collection<EntryDocument>('entries');
        return rate(rows.length, () =>
          callers(Math.ceil(rows.length / batch), atOnce, (i) =>
            entries.insertMany(rows.slice(i * batch, (i + 1) * batch).map(toDocument), {
              ordered: true,
              ...DURABLE,
            }),
          ),
        );
      }),
    lockPerEntry: (rows, atOnce) =>
      raw(async (db) => {
        const entries = db.collection<EntryDocument>('entries');
        const heads = db.collection<HeadDocument>('heads');
        const tenant = rows[0]?.tenant ?? '';
        await heads.insertOne({ _id: tenant, locked: false });
        return rate(rows.length, () =>
          callers(rows.length, atOnce, async (i) => {
            await lock(heads, tenant);
            const row = rows[i] as EntryRow;
            await entries.insertOne(toDocument(row), DURABLE);
            const { seq, hash, time } = row;
            await heads.findOneAndUpdate(
              { _id: tenant },
              { $set: { locked: false, seq, hash, time } },
              DURABLE,
            );
          }),
        );
      }),
    dropAnchors: async (location) => {
      const db = client.db(new URL(location).pathname.slice(1));
      await db.collection('anchors').deleteMany({});
      await db
        .collection('heads')
        .updateMany({}, { $set: { anchor_number: null, anchor_hash: null, anchored_to: -1 } });
    },
    close: () => client.close(),
  };
}

/** Asks until the lock is free, waiting longer each time. */
async function lock(heads: Collection<HeadDocument>, tenant: string): Promise<void> {
  for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
    const head = await heads.findOneAndUpdate(
      { _id: tenant, locked: false },
      { $set: { locked: true } },
      { projection: { _id: 1 } },
    );
    if (head !== null) return;
    await sleep(Math.random() * wait);
  }
}

function toDocument(row: EntryRow): EntryDocument {
  return { _id: rowId(row.tenant, row.seq), ...row };
}

/** What answers: a URL does not tell a mongod from another engine that speaks its protocol. */
async function engineOf(client: MongoClient): Promise<string> {
  const info = await client.db('admin').command({ buildInfo: 1 });
  return info['gitVersion'] === 'documentdb'
    ? `${String(info['sysInfo'])}, not mongod`
    : `mongod ${String(info['version'])}`;
}
