import { withoutOpenings } from '@sealtrail/format';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { FaultProxy } from '../support/proxy.ts';
import { ended, FaultWorld, WORK } from './world.ts';

const url = inject('mongodbUrl');

/** Attempts at one document. */
const ATTEMPTS = 10;

describe.skipIf(url === undefined)('destroying values in MongoDB', () => {
  it('that somebody else changes again and again is not told to be done, and is done by doing it again', async () => {
    const place = await newMongodbPlace(String(url))();
    const world = await FaultWorld.open(place);
    const proxy = await FaultProxy.before(place.location);
    const client = new MongoClient(proxy.through(place.location));
    const database = new URL(place.location).pathname.slice(1);
    const store = await openMongodbStore(client, { database });
    const direct = await new MongoClient(place.location).connect();
    onTestFinished(async () => {
      await store.close();
      await client.close();
      await direct.close();
    });
    await WORK.erasing.prepare(world, 0);
    const entries = direct.db(database).collection('entries');
    const target = await entries.findOne({ tenant: 't-0', seq: 2 });
    const whole = String(target?.['openings']);
    const [field = ''] = Object.keys(JSON.parse(whole));
    const texts = [withoutOpenings(whole, [field]).text, whole];
    const next = () =>
      proxy.hold(({ update, updates }) => update === 'entries' && updates[0].q.openings === now);
    let now = whole;
    let held = next();
    const running = ended(WORK.erasing.run(world, store, 0));
    for (let i = 0; i < ATTEMPTS; i++) {
      await held.reached;
      now = texts[i % 2] as string;
      await entries.updateOne({ tenant: 't-0', seq: 2 }, { $set: { openings: now } });
      const { release } = held;
      held = next();
      release();
    }
    expect(await running).toBe('store_unavailable');
    expect((await world.valid()).get('t-0')?.openings).toMatchObject({ erased: 4, unfinished: 2 });
    expect(await ended(WORK.erasing.run(world, world.store, 0))).toBe('done');
    await WORK.erasing.expectDone(world, 0);
  });
});
