import { openStore } from '@sealtrail/store';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { draft } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { host } from '../support/mongodb.ts';
import { newMongodbPlace } from '../support/places.ts';
import { expectIntact, reports } from '../support/verified.ts';

const url = inject('mongodbUrl');

async function world() {
  const place = await newMongodbPlace(String(url))();
  const client = await new MongoClient(place.location).connect();
  onTestFinished(() => client.close());
  const collections = async () => (await client.db().listCollections().toArray()).map(({ name }) => name);
  return { place, db: client.db(), collections };
}

describe.skipIf(url === undefined)('a MongoDB store', () => {
  it('is made when its database is not there, unless that is not wanted', async () => {
    const { place, collections } = await world();
    expect(await outcome(openStore(place.location, { create: false }))).toBe('source_invalid');
    expect(await collections()).toEqual([]);
    await (await place.open()).register('acme');
    await (await openStore(place.location, { create: false })).close();
    await expectIntact(place.location, { acme: 0 });
  });

  it('is not made beside what an application keeps there', async () => {
    const { place, db, collections } = await world();
    await db.createCollection('deals');
    await db.createCollection('entries');
    expect(await outcome(openStore(place.location, { create: false }))).toBe('source_invalid');
    expect((await collections()).sort()).toEqual(['deals', 'entries']);
    const { log } = await host(place, { create: true });
    await log.append('acme', draft('e-1'));
    await log.close();
    await expectIntact(place.location, { acme: 1 });
  });

  it('answers nothing about an id that is there twice, once somebody dropped the index that keeps them unique', async () => {
    const { place, db } = await world();
    const { log, store } = await host(place, { create: true });
    await log.append('acme', draft('e-1'));
    await db.collection('entries').dropIndex('tenant_id');
    await log.append('acme', draft('e-1', { type: 'note.made' }));
    expect(await outcome(store.findByIds('acme', ['e-1']))).toBe('log_broken');
    expect(await outcome(store.findById('acme', 'e-1'))).toBe('log_broken');
    expect((await store.findByIds('acme', ['e-2'])).size).toBe(0);
    await log.close();
    // The chain is whole.
    const report = (await reports(place.location)).get('acme');
    expect(report).toMatchObject({ status: 'broken', position: 2, findingCodes: { index_mismatch: 1 } });
    expect(await outcome(openStore(place.location))).toBe('store_layout');
  });

  it.each([
    ['is not unique', { tenant: 1, id: 1 }, {}],
    ['leaves rows out', { tenant: 1, id: 1 }, { unique: true, partialFilterExpression: { seq: { $lt: 2 } } }],
    ['has another key', { tenant: 1, id: 1, seq: 1 }, { unique: true }],
  ] as const)(
    'is not opened where its index by id %s, and ids are looked through',
    async (_, key, options) => {
      const { place, db } = await world();
      const { log } = await host(place, { create: true });
      await log.append('acme', draft('e-1'));
      const entries = db.collection('entries');
      await entries.dropIndex('tenant_id');
      await entries.createIndex(key, { name: 'tenant_id', ...options });
      expect(await outcome(openStore(place.location))).toBe('store_layout');
      await expectIntact(place.location, { acme: 1 });
      await log.append('acme', draft('e-1', { type: 'note.made' }));
      await log.close();
      const report = (await reports(place.location)).get('acme');
      expect(report).toMatchObject({ status: 'broken', position: 2, findingCodes: { index_mismatch: 1 } });
    },
  );

  it('is not opened over a view', async () => {
    const { place, db } = await world();
    const { log } = await host(place, { create: true });
    await log.append('acme', draft('e-1'));
    await log.close();
    await db.renameCollection('entries', 'kept');
    await db.createCollection('entries', { viewOn: 'kept', pipeline: [] });
    for (const create of [true, false]) {
      expect(await outcome(openStore(place.location, { create }))).toBe('source_invalid');
    }
    await db.dropCollection('entries');
    await db.renameCollection('kept', 'entries');
    await expectIntact(place.location, { acme: 1 });
  });
});
