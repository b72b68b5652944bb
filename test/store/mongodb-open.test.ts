import { openStore } from '@sealtrail/store';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { draft } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { host } from '../support/mongodb.ts';
import { newMongodbPlace } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';

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
    // To the verifier a writer's duty (SPEC 3): the chain is whole.
    await expectIntact(place.location, { acme: 2 });
    expect(await outcome(openStore(place.location))).toBe('store_unavailable');
  });

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
