import { type Appended, Log, type Store } from '@sealtrail/store';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { newMongodbPlace, type Place } from '../support/places.ts';
import { type Command, eachFate, FaultProxy } from '../support/proxy.ts';
import { raw } from '../support/raw.ts';
import { expectIntact } from '../support/verified.ts';

const url = inject('mongodbUrl');

// The third log gets more rows than are inserted together with those of others.
const COUNTS: Readonly<Record<string, number>> = { ant: 1, bee: 2, cat: 5, dog: 1, elk: 3 };
const TENANTS = Object.keys(COUNTS);

/** A store whose connections the test can break, with logs in it. */
async function world(answerMs?: number): Promise<{ place: Place; proxy: FaultProxy; store: Store }> {
  const place = await newMongodbPlace(String(url))();
  const proxy = await FaultProxy.before(place.location);
  const client = new MongoClient(proxy.through(place.location), { serverSelectionTimeoutMS: 1_500 });
  const database = new URL(place.location).pathname.slice(1);
  const store = await openMongodbStore(client, { database, waitMs: 1_500, answerMs });
  onTestFinished(async () => {
    await store.close();
    await client.close();
  });
  for (const tenant of TENANTS) await store.register(tenant);
  return { place, proxy, store };
}

/** Appends to all logs at the same moment. */
const appendToAll = (log: Log): Promise<Appended[]>[] =>
  TENANTS.map((tenant) => log.appendAll(tenant, drafts(tenant, COUNTS[tenant] as number)));

async function expectWhole(place: Place, log: Log, store: Store): Promise<void> {
  const again = await Promise.all(appendToAll(log));
  for (const [i, tenant] of TENANTS.entries()) {
    const count = COUNTS[tenant] as number;
    expect(again[i]?.map(({ seq }) => seq)).toEqual(Array.from({ length: count }, (_, n) => n + 1));
  }
  await log.close();
  for (const tenant of TENANTS) expect(await store.head(tenant)).toMatchObject({ seq: COUNTS[tenant] });
  await expectIntact(place.location, COUNTS);
}

async function fenceOf(place: Place, tenant: string): Promise<number> {
  const [head] = await (await raw(place)).rows('heads', tenant);
  return Number(head?.['fence']);
}

const writes: Record<string, (command: Command) => boolean> = {
  'taking several head locks': ({ update, updates }) => update === 'heads' && updates[0].multi === true,
  'inserting entries of several logs': ({ insert, ordered }) => insert === 'entries' && ordered === false,
  'giving several head locks back': ({ update, updates }) => update === 'heads' && updates.length > 1,
};

const TABLE = eachFate(Object.keys(writes));

describe.skipIf(url === undefined)('commits to several logs at the same moment', () => {
  it.each(TABLE)('%s (%s, %i times): nothing is lost and nothing repeated', async (what, fate, times) => {
    const { place, proxy, store } = await world();
    const log = new Log(store, { lingerMs: 1 });
    proxy.breakNext(fate, times, writes[what] as (command: Command) => boolean);
    const first = await Promise.all(appendToAll(log).map(outcome));
    for (const one of first) expect(one).toBeOneOf(['done', 'store_unavailable']);
    await log.close();
    expect(proxy.broken).toBeGreaterThan(0);
    proxy.rule = () => 'pass';
    await proxy.deliver();
    await expectWhole(place, new Log(store), store);
    // What comes late, comes to logs that have gone on without it.
    await proxy.deliver();
    await expectIntact(place.location, COUNTS);
  });

  it.each([1, 3])('of which the server did a part are finished: %i logs of them', async (part) => {
    const { place, proxy, store } = await world();
    const hand = await new MongoClient(place.location).connect();
    onTestFinished(() => hand.close());
    let written: Promise<unknown> | undefined;
    proxy.rule = (command) => {
      if (written !== undefined || writes['inserting entries of several logs']?.(command) !== true)
        return 'pass';
      written = hand.db().collection('entries').insertMany(command['documents'].slice(-part));
      return 'lose';
    };
    const log = new Log(store);
    const made = await Promise.all(appendToAll(log));
    await written;
    expect(proxy.broken).toBe(1);
    expect(made.map((all) => all.length)).toEqual(Object.values(COUNTS));
    await expectWhole(place, log, store);
  });

  it('that are never answered are read back, and refused when they arrive late', async () => {
    const { place, proxy, store } = await world(400);
    const held = Object.values(writes).map((write) => proxy.hold(write));
    const log = new Log(store);
    const made = await Promise.all(appendToAll(log));
    expect(made.flat().map(({ duplicate }) => duplicate)).not.toContain(true);
    await log.close();
    const fence = await fenceOf(place, 'ant');
    for (const { release } of held) release();
    // The late one takes locks that nobody uses.
    await vi.waitFor(async () => expect(await fenceOf(place, 'ant')).toBe(fence + 1), { timeout: 120_000 });
    await expectWhole(place, new Log(store), store);
  });

  it('go on without a log whose lock somebody else has, and without one that is broken', async () => {
    const { place, store } = await world();
    const hand = await raw(place);
    const until = new Date(Date.now() + 60_000);
    await hand.set('heads', { tenant: 'bee' }, { holder: 'somebody-else', until });
    await hand.set('heads', { tenant: 'dog' }, { seq: 7 });
    const log = new Log(store);
    const made = await Promise.all(appendToAll(log).map(outcome));
    expect(made).toEqual(['done', 'store_unavailable', 'done', 'log_broken', 'done']);
    await hand.set('heads', { tenant: 'bee' }, { holder: null, until: null });
    await hand.set('heads', { tenant: 'dog' }, { seq: 0 });
    await expectWhole(place, log, store);
  });

  it('continue a log behind entries that its head does not know of', async () => {
    const { place, store } = await world();
    const log = new Log(store);
    const [head] = await (await raw(place)).rows('heads', 'elk');
    const before = await log.appendAll('elk', drafts('elk', 3));
    await log.close();
    const { seq, hash, time } = head as { seq: number; hash: string; time: string };
    await (await raw(place)).set('heads', { tenant: 'elk' }, { seq, hash, time });
    const next = new Log(store);
    const [other, mine] = await Promise.all([
      next.append('ant', draft('ant-0')),
      next.append('elk', draft('one-more')),
    ]);
    expect([other.seq, mine.seq]).toEqual([1, 4]);
    expect(await next.appendAll('elk', drafts('elk', 3))).toEqual(
      before.map((one) => ({ ...one, duplicate: true })),
    );
    await next.close();
    await expectIntact(place.location, { ant: 1, bee: 0, cat: 0, dog: 0, elk: 4 });
  });

  it('are refused where somebody else wrote first, and appended behind it', async () => {
    const { place, proxy, store } = await world();
    const held = proxy.hold(writes['inserting entries of several logs'] as (command: Command) => boolean);
    const log = new Log(store);
    const made = appendToAll(log);
    await held.reached;
    // A writer that does not ask for the lock, as one does that was paused past its lease.
    const hand = await raw(place);
    await hand.set('heads', { tenant: 'elk' }, { holder: null, until: null });
    const other = new Log(await place.open());
    expect((await other.append('elk', draft('first'))).seq).toBe(1);
    await other.close();
    held.release();
    const all = await Promise.all(made);
    expect(all[TENANTS.indexOf('elk')]?.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    await log.close();
    await expectIntact(place.location, { ...COUNTS, elk: 4 });
  });
});
