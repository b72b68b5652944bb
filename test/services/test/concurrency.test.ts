import type { Collection } from 'mongodb';
import { expect } from 'vitest';
import { type Doc, together, useMongo, withMongo } from './support/mongodb.ts';

const mongo = useMongo('concurrency');
const collection = (name: string): Collection<Doc> => mongo.client().db(mongo.db).collection(name);

withMongo('loses none of 50 increments at once', async () => {
  const docs = collection('increments');
  await docs.insertOne({ _id: 1, n: 0 });
  await together(50, () => docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }));
  const after = await together(50, () =>
    docs.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { returnDocument: 'after' }),
  );
  expect(new Set(after.map((document) => document?.['n'])).size).toBe(50);
  expect(await docs.findOne()).toEqual({ _id: 1, n: 100 });
});

withMongo('lets one of many inserts of the same unique key win, by index and by _id', async () => {
  const docs = collection('unique');
  await docs.createIndex({ key: 1 }, { unique: true });
  for (const document of [
    (round: number, i: number) => ({ _id: `${round} ${i}`, key: round }),
    (round: number, i: number) => ({ _id: `same ${round}`, key: `${round} ${i}` }),
  ]) {
    for (let round = 0; round < 5; round++) {
      const codes = await together(8, (i) =>
        docs.insertOne(document(round, i)).then(
          () => 0,
          (error) => error.code as number,
        ),
      );
      expect(codes.sort()).toEqual([0, ...Array<number>(7).fill(11000)]);
    }
  }
});

withMongo('tells one of many upserts that it created the document', async () => {
  const docs = collection('upserts');
  await docs.createIndex({ key: 1 }, { unique: true });
  for (const field of ['_id', 'key']) {
    for (let round = 0; round < 5; round++) {
      const results = await together(8, (i) =>
        docs.updateOne(
          { [field]: `${round}` },
          { $setOnInsert: { owner: i, [field === '_id' ? 'key' : 'x']: i + 100 * round } },
          { upsert: true },
        ),
      );
      const creators = results.flatMap(({ upsertedCount }, i) => (upsertedCount === 1 ? [i] : []));
      expect(creators).toEqual([(await docs.findOne({ [field]: `${round}` }))?.['owner']]);
    }
  }
});

withMongo('hands every waiting document to one taker, lowest first', async () => {
  const docs = collection('queue');
  await docs.createIndex({ state: 1, n: 1 });
  await docs.insertMany(Array.from({ length: 200 }, (_, n) => ({ _id: n, n, state: 'waiting' })));
  const taken = await together(10, async () => {
    const mine: unknown[] = [];
    for (;;) {
      const document = await docs.findOneAndUpdate(
        { state: 'waiting' },
        { $set: { state: 'taken' } },
        { sort: { n: 1 } },
      );
      if (document === null) return mine;
      mine.push(document._id);
    }
  });
  expect(taken.flat().sort((a, b) => (a as number) - (b as number))).toEqual(
    Array.from({ length: 200 }, (_, n) => n),
  );
});

withMongo('lets one of many compare-and-swaps of a version win', async () => {
  const docs = collection('cas');
  await docs.insertOne({ _id: 1, version: 0 });
  for (let version = 0; version < 10; version++) {
    const results = await together(8, () => docs.updateOne({ _id: 1, version }, { $inc: { version: 1 } }));
    expect(results.reduce((sum, { modifiedCount }) => sum + modifiedCount, 0)).toBe(1);
  }
});

withMongo('gets through updates that lock the same documents in opposite orders', async () => {
  const docs = collection('opposite');
  await docs.insertMany(Array.from({ length: 20 }, (_, i) => ({ _id: i, n: 0 })));
  await together(6, (i) =>
    docs.bulkWrite(
      Array.from({ length: 20 }, (_, k) => ({
        updateOne: { filter: { _id: i % 2 ? k : 19 - k }, update: { $inc: { n: 1 } } },
      })),
    ),
  );
  expect(await docs.distinct('n')).toEqual([6]);
});
