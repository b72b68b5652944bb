import { openStore } from '@sealtrail/store';
import { MongodbSource } from '@sealtrail/verifier/mongodb';
import { type CommandSucceededEvent, Long, MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
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
