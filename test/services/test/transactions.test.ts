import { setTimeout as sleep } from 'node:timers/promises';
import { type Collection, MongoClient, MongoServerError } from 'mongodb';
import { expect } from 'vitest';
import { type Doc, together, useMongo, withMongo } from './support/mongodb.ts';

const mongo = useMongo('transactions');

async function fresh(name: string, documents: Doc[] = []): Promise<Collection<Doc>> {
  const docs = mongo.client().db(mongo.db).collection<Doc>(name);
  await docs.createIndex({ a: 1 });
  if (documents.length > 0) await docs.insertMany(documents);
  return docs;
}

withMongo('shows a transaction to nobody before the commit, and whole after it', async () => {
  const docs = await fresh('commit', [{ _id: 1, n: 0 }]);
  await mongo.client().withSession(async (session) => {
    session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority' } });
    await docs.insertMany([{ _id: 2 }, { _id: 3 }], { session });
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    expect(await docs.countDocuments({}, { session })).toBe(3);
    expect(await docs.countDocuments()).toBe(1);
    await session.commitTransaction();
  });
  expect(await docs.find().sort({ _id: 1 }).toArray()).toEqual([{ _id: 1, n: 1 }, { _id: 2 }, { _id: 3 }]);
});

withMongo('undoes an aborted transaction', async () => {
  const docs = await fresh('abort');
  await mongo.client().withSession(async (session) => {
    session.startTransaction();
    await docs.insertOne({ _id: 1 }, { session });
    await session.abortTransaction();
  });
  expect(await docs.countDocuments()).toBe(0);
});

withMongo('reads from a snapshot', async () => {
  const docs = await fresh('snapshot', [{ _id: 1, n: 0 }]);
  await mongo.client().withSession(async (session) => {
    session.startTransaction();
    expect((await docs.findOne({ _id: 1 }, { session }))?.['n']).toBe(0);
    await docs.updateOne({ _id: 1 }, { $set: { n: 5 } });
    await docs.insertOne({ _id: 2 });
    expect(await docs.find({}, { session }).toArray()).toEqual([{ _id: 1, n: 0 }]);
    await session.commitTransaction();
  });
});

withMongo(
  'answers a write to a document that another transaction wrote with a transient conflict',
  async () => {
    const docs = await fresh('conflict', [{ _id: 1, n: 0 }]);
    await mongo.client().withSession(async (first) => {
      first.startTransaction();
      await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: first });
      await mongo.client().withSession(async (second) => {
        second.startTransaction();
        const error = await docs
          .updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: second })
          .catch((e) => e);
        expect(error).toBeInstanceOf(MongoServerError);
        expect(error.code).toBe(112);
        expect(error.hasErrorLabel('TransientTransactionError')).toBe(true);
        await second.abortTransaction();
      });
      await first.commitTransaction();
    });
    expect((await docs.findOne())?.['n']).toBe(1);
  },
);

withMongo('a write outside waits for the transaction that holds its document', async () => {
  const docs = await fresh('wait', [{ _id: 1, n: 0 }]);
  await mongo.client().withSession(async (session) => {
    session.startTransaction();
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    let done = false;
    const outside = docs.updateOne({ _id: 1 }, { $inc: { n: 10 } }).then(() => {
      done = true;
    });
    await sleep(300);
    expect(done).toBe(false);
    await session.commitTransaction();
    await outside;
  });
  expect((await docs.findOne())?.['n']).toBe(11);
});

withMongo('withTransaction keeps a head and its entries together under contention', async () => {
  const heads = await fresh('heads', [{ _id: 'log', seq: 0 }]);
  const entries = await fresh('entries');
  await entries.createIndex({ seq: 1 }, { unique: true });
  await together(6, async () => {
    for (let round = 0; round < 5; round++) {
      await mongo.client().withSession((session) =>
        session.withTransaction(async () => {
          const seq = (await heads.findOne({ _id: 'log' }, { session }))?.['seq'] as number;
          await heads.updateOne({ _id: 'log', seq }, { $set: { seq: seq + 3 } }, { session });
          await entries.insertMany(
            [1, 2, 3].map((i) => ({ _id: seq + i, seq: seq + i })),
            { session },
          );
        }),
      );
    }
  });
  expect((await heads.findOne())?.['seq']).toBe(90);
  expect(await entries.distinct('seq')).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));
});

withMongo('a duplicate key ends the transaction', async () => {
  const docs = await fresh('duplicate', [{ _id: 1 }]);
  await mongo.client().withSession(async (session) => {
    session.startTransaction();
    await docs.insertOne({ _id: 2 }, { session });
    const error = await docs.insertOne({ _id: 1 }, { session }).catch((e) => e);
    expect(error.code).toBe(11000);
    const commit = await session.commitTransaction().catch((e) => e);
    expect(commit.code).toBe(251);
  });
  expect(await docs.countDocuments()).toBe(1);
});

withMongo('a client that vanishes in mid transaction leaves nothing behind and holds up nobody', async () => {
  const docs = await fresh('vanish', [{ _id: 1, n: 0 }]);
  const doomed = new MongoClient(mongo.url());
  const session = doomed.startSession();
  session.startTransaction();
  const theirs = doomed.db(mongo.db).collection<Doc>('vanish');
  await theirs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
  await theirs.insertOne({ _id: 2 }, { session });
  await doomed.close(true);
  await docs.updateOne({ _id: 1 }, { $inc: { n: 10 } }, { maxTimeMS: 30_000 });
  expect(await docs.find().toArray()).toEqual([{ _id: 1, n: 10 }]);
});
