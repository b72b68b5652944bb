import { Log, openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { MongodbSource } from '@sealtrail/verifier/mongodb';
import { type CommandSucceededEvent, type Db, Long, MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { codeOf } from '../support/errors.ts';
import { newMongodbPlace } from '../support/places.ts';
import { FaultProxy } from '../support/proxy.ts';
import { expectIntact } from '../support/verified.ts';

const url = inject('mongodbUrl');
const newPlace = newMongodbPlace(url ?? '');

/** A client that remembers the cursors which the server keeps open for it. */
async function watched(location: string) {
  const client = new MongoClient(location, { monitorCommands: true });
  onTestFinished(() => client.close());
  const open = new Map<string, { readonly id: Long; readonly collection: string }>();
  client.on('commandSucceeded', ({ reply }: CommandSucceededEvent) => {
    const cursor = (reply as { readonly cursor?: { readonly id: unknown; readonly ns: string } }).cursor;
    if (cursor === undefined) return;
    const id = Long.fromValue(cursor.id as number);
    const collection = cursor.ns.split('.').slice(1).join('.');
    if (!id.isZero()) open.set(id.toString(), { id, collection });
  });
  await client.connect();
  return {
    db: client.db(),
    /** What the server does with cursors that nobody asked for ten minutes. */
    expire: async () => {
      for (const { id, collection } of open.values()) {
        await client.db().command({ killCursors: collection, cursors: [id] });
      }
      open.clear();
    },
  };
}

describe.skipIf(url === undefined)('a MongoDB store with many tenants', () => {
  it('is read to its end by somebody who takes more time for each log than the server keeps a cursor', async () => {
    const place = await newPlace();
    const store = await openStore(place.location);
    onTestFinished(() => store.close());
    const names = Array.from({ length: 230 }, (_, i) => `tenant-${String(i).padStart(3, '0')}`);
    for (const name of names) await store.register(name);
    const { db, expire } = await watched(place.location);
    const found: string[] = [];
    for await (const log of new MongodbSource(db).logs()) {
      found.push(log.tenant);
      await expire();
    }
    expect(found).toEqual(names);
    await expectIntact(place.location, Object.fromEntries(names.map((name) => [name, 0])));
  });
});

describe.skipIf(url === undefined)('a MongoDB store that was away', () => {
  it('is read when it is back, by whoever asked before', async () => {
    const place = await newPlace();
    const log = new Log(await place.open());
    await log.appendAll('acme', drafts('d', 5));
    await log.close();
    const proxy = await FaultProxy.before(place.location);
    const source = await openSource(proxy.through(place.location));
    onTestFinished(() => source.close());
    proxy.rule = ({ listCollections }) => (listCollections === undefined ? 'pass' : 'lose');
    expect(await codeOf(verifyAll(source))).toBe('store_unavailable');
    proxy.rule = () => 'pass';
    expect(await verifyAll(source)).toMatchObject({ status: 'valid' });
    await expectIntact(place.location, { acme: 5 });
  });
});

describe.skipIf(url === undefined)('a MongoDB database that only looks like a store', () => {
  const changes: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
    'a view for its entries': async (db) => {
      await db.collection('entries').rename('really');
      await db.createCollection('entries', { viewOn: 'really', pipeline: [{ $match: { seq: { $lt: 3 } } }] });
    },
    'a collation for its heads': async (db) => {
      await db.collection('heads').drop();
      await db.createCollection('heads', { collation: { locale: 'en', strength: 2 } });
    },
    'a capped collection for its anchors': async (db) => {
      await db.collection('anchors').drop();
      await db.createCollection('anchors', { capped: true, size: 4096 });
    },
  };
  it.each(Object.keys(changes))('with %s is not verified', async (name) => {
    const place = await newPlace();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('acme', drafts('d', 5));
    await log.close();
    const client = await new MongoClient(place.location).connect();
    onTestFinished(() => client.close());
    await expectIntact(place.location, { acme: 5 });
    const made = await changes[name]?.(client.db()).then(
      () => true,
      (error: Error) => error.message,
    );
    // Engines that have no such thing cannot be made to lie by it.
    if (made !== true) return expect(made).toMatch(/collation|not supported|not implemented/i);
    const source = await openSource(place.location);
    onTestFinished(() => source.close());
    expect(await codeOf(verifyAll(source))).toBe('source_invalid');
    expect(await codeOf(source.log('acme'))).toBe('source_invalid');
  });
});
