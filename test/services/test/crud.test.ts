import {
  type Collection,
  type Document,
  type FindCursor,
  MongoBulkWriteError,
  MongoServerError,
} from 'mongodb';
import { expect } from 'vitest';
import { type Doc, useMongo, withMongo } from './support/mongodb.ts';

const mongo = useMongo('crud');
const collection = (name: string): Collection<Doc> => mongo.client().db(mongo.db).collection(name);

async function failure(promise: Promise<unknown>): Promise<MongoServerError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MongoServerError);
  return error as MongoServerError;
}

withMongo('stops an ordered insert at a duplicate and says which document it was', async () => {
  const docs = collection('ordered');
  await docs.createIndex({ log: 1, seq: 1 }, { unique: true });
  const error = (await failure(
    docs.insertMany([
      { _id: 1, log: 'a', seq: 1 },
      { _id: 2, log: 'a', seq: 2 },
      { _id: 3, log: 'a', seq: 1 },
      { _id: 4, log: 'a', seq: 4 },
    ]),
  )) as MongoBulkWriteError;
  expect(error).toBeInstanceOf(MongoBulkWriteError);
  expect(error.code).toBe(11000);
  expect(error.insertedCount).toBe(2);
  const [refused] = [error.writeErrors].flat();
  expect(refused?.index).toBe(2);
  expect(refused?.errmsg).toMatch(/E11000.*index: log_1_seq_1/);
  expect(await docs.countDocuments()).toBe(2);
});

withMongo('goes on behind a duplicate in an unordered insert', async () => {
  const docs = collection('unordered');
  await docs.insertOne({ _id: 2 });
  const error = (await failure(
    docs.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }], { ordered: false }),
  )) as MongoBulkWriteError;
  expect([error.code, error.insertedCount]).toEqual([11000, 2]);
  expect(await docs.distinct('_id')).toEqual([1, 2, 3]);
});

withMongo('names the key that an update or findOneAndUpdate would duplicate', async () => {
  const docs = collection('names');
  await docs.createIndex({ key: 1 }, { unique: true, name: 'the_key' });
  await docs.insertMany([
    { _id: 1, key: 'a' },
    { _id: 2, key: 'b' },
  ]);
  // One after the other: a refusal that nobody awaits yet would count as unhandled.
  for (const write of [
    () => docs.updateOne({ _id: 2 }, { $set: { key: 'a' } }),
    () => docs.findOneAndUpdate({ _id: 2 }, { $set: { key: 'a' } }),
  ]) {
    const error = await failure(write());
    expect(error.code).toBe(11000);
    expect(error.message).toContain('index: the_key');
  }
});

withMongo("takes a lease by the server's clock", async () => {
  const leases = collection('leases');
  await leases.insertOne({ _id: 'a', until: new Date(0) });
  const take = (owner: string): Promise<Document | null> =>
    leases.findOneAndUpdate(
      { _id: 'a', $expr: { $lt: ['$until', '$$NOW'] } },
      [{ $set: { owner, until: { $add: ['$$NOW', 60_000] } } }],
      { returnDocument: 'after' },
    );
  const taken = await take('first');
  expect(taken?.['owner']).toBe('first');
  expect(Math.abs(taken?.['until'].getTime() - 60_000 - Date.now())).toBeLessThan(5000);
  expect(await take('second')).toBeNull();
});

withMongo('counts a document that an update finds and leaves as it is', async () => {
  const docs = collection('unchanged');
  await docs.insertOne({ _id: 1, a: 1 });
  const updated = await docs.updateOne({ _id: 1 }, { $set: { a: 1 } });
  expect([updated.matchedCount, updated.modifiedCount]).toEqual([1, 0]);
  const found = await docs.findOneAndUpdate({ _id: 1 }, { $set: { a: 1 } }, { includeResultMetadata: true });
  expect(found.lastErrorObject).toMatchObject({ n: 1, updatedExisting: true });
});

withMongo('refuses an upsert whose filter misses the document of its _id', async () => {
  const docs = collection('held');
  await docs.insertOne({ _id: 1, until: 100, owner: 'a' });
  const steal = docs.findOneAndUpdate(
    { _id: 1, until: { $lt: 50 } },
    { $set: { owner: 'b' } },
    { upsert: true },
  );
  expect((await failure(steal)).code).toBe(11000);
  expect(await docs.findOne()).toEqual({ _id: 1, until: 100, owner: 'a' });
});

withMongo('reads 5,000 documents in order over many pages', async () => {
  const docs = collection('pages');
  await docs.createIndex({ log: 1, seq: 1 }, { unique: true });
  const all = Array.from({ length: 5000 }, (_, i) => ({ _id: i, log: 'a', seq: (i * 7919) % 5000 }));
  await docs.insertMany(all);

  let next = 0;
  for await (const { seq } of docs.find().sort({ log: 1, seq: 1 }).batchSize(333)) expect(seq).toBe(next++);
  expect(next).toBe(5000);

  const range = docs.find({ log: 'a', seq: { $gte: 1200, $lte: 3400 } }).sort({ seq: -1 });
  const seqs = (await range.toArray()).map(({ seq }) => seq as number);
  expect([seqs.length, seqs[0], seqs.at(-1)]).toEqual([2201, 3400, 1200]);

  const page = await docs.find({ log: 'a', seq: { $gt: 4000 } }, { sort: { seq: 1 }, limit: 10 }).toArray();
  expect(page.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, i) => 4001 + i));
});

withMongo('understands $or, $expr, $in, $exists and distinct', async () => {
  const docs = collection('queries');
  await docs.insertMany([
    { _id: 1, a: 1, b: 2, tag: 'x' },
    { _id: 2, a: 5, b: 2, tag: 'y' },
    { _id: 3, a: 9, tag: 'x' },
  ]);
  const ids = async (filter: Document): Promise<unknown[]> =>
    (await docs.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
  expect(await ids({ $or: [{ a: 1 }, { tag: 'y' }] })).toEqual([1, 2]);
  expect(await ids({ b: { $exists: true }, $expr: { $gt: ['$a', '$b'] } })).toEqual([2]);
  expect(await ids({ a: { $in: [1, 9] } })).toEqual([1, 3]);
  expect(await ids({ b: { $exists: false } })).toEqual([3]);
  expect((await docs.distinct('tag')).sort()).toEqual(['x', 'y']);
  expect(await docs.countDocuments({ a: { $gte: 5 } })).toBe(2);
  const groups = await docs
    .aggregate([{ $group: { _id: '$tag', n: { $sum: 1 } } }, { $sort: { _id: 1 } }])
    .toArray();
  expect(groups).toEqual([
    { _id: 'x', n: 2 },
    { _id: 'y', n: 1 },
  ]);
});

withMongo('keeps every BSON type and large documents as they came', async () => {
  const { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } = await import('mongodb');
  const docs = collection('types');
  const document = {
    _id: new ObjectId(),
    double: new Double(1),
    int: new Int32(1),
    long: Long.fromString('9007199254740993'),
    decimal: Decimal128.fromString('1.10'),
    date: new Date(1234),
    binary: new Binary(Buffer.alloc(4 << 20, 7)),
    time: new Timestamp({ t: 1, i: 2 }),
    nothing: null,
    nested: { list: [1, 'two', { three: 3 }], text: 'ä\u0000ö' },
  };
  await docs.insertOne(document);
  const raw = { promoteValues: false, promoteBuffers: false };
  const { EJSON } = await import('bson');
  const found = await docs.findOne({ _id: document._id }, raw);
  expect(EJSON.stringify(found, { relaxed: false })).toBe(EJSON.stringify(document, { relaxed: false }));
});

withMongo('lists and drops collections and indexes, and refuses what it does not know', async () => {
  const db = mongo.client().db(mongo.db);
  const docs = db.collection('listed');
  await docs.createIndex(
    { a: 1, b: -1 },
    { unique: true, partialFilterExpression: { a: { $exists: true } } },
  );
  await docs.createIndex(
    { a: 1, b: -1 },
    { unique: true, partialFilterExpression: { a: { $exists: true } } },
  );
  expect((await docs.indexes()).map(({ name }) => name)).toEqual(['_id_', 'a_1_b_-1']);
  await docs.dropIndex('a_1_b_-1');
  expect(await docs.indexes()).toHaveLength(1);
  expect((await db.listCollections({ name: 'listed' }).toArray())[0]?.name).toBe('listed');
  await docs.drop();
  expect(await db.listCollections({ name: 'listed' }).toArray()).toEqual([]);
  expect((await failure(db.command({ inventThis: 1 }))).code).toBe(59);
});

withMongo('explains by which index it reads, and what it sorts by itself', async () => {
  const docs = collection('explained');
  await docs.createIndex({ tenant: 1, n: 1 }, { name: 'by_tenant' });
  await docs.insertMany(
    Array.from({ length: 2_000 }, (_, n) => ({ _id: n, tenant: `t-${n % 20}`, n, x: -n })),
  );
  const plan = async (find: FindCursor): Promise<(string | undefined)[]> => {
    const { queryPlanner } = (await find.explain('queryPlanner')) as Doc;
    const text = JSON.stringify((queryPlanner as Doc)['winningPlan']);
    return [/"indexName":"(\w+)"/.exec(text)?.[1], /COLLSCAN/.exec(text)?.[0], /"SORT"/.exec(text)?.[0]];
  };
  expect(await plan(docs.find({ tenant: 't-3', n: { $gt: 100 } }))).toEqual([
    'by_tenant',
    undefined,
    undefined,
  ]);
  expect(await plan(docs.find({ x: -7 }))).toEqual([undefined, 'COLLSCAN', undefined]);
  expect(await plan(docs.find({ tenant: 't-3' }).sort({ x: 1 }))).toEqual(['by_tenant', undefined, '"SORT"']);
});
