import { setTimeout as sleep } from 'node:timers/promises';
import { SEALS_TENANT } from '@sealtrail/format';
import { anchorTenant, Log, type Store, sealTenants } from '@sealtrail/store';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { host } from '../support/mongodb.ts';
import { newMongodbPlace, type Place } from '../support/places.ts';
import { FaultProxy } from '../support/proxy.ts';
import { raw } from '../support/raw.ts';
import { expectIntact, reports } from '../support/verified.ts';

const url = inject('mongodbUrl');
const newPlace = newMongodbPlace(url ?? '');

/** Sets the head back as a writer leaves it that dies after its insert: behind the log, with the lock taken. */
async function crashed(place: Place, until: Date): Promise<Store> {
  const store = await place.open();
  const log = new Log(store);
  await log.append('acme', draft('e-1'));
  await log.close();
  const hand = await raw(place);
  const [before] = await hand.rows('heads', 'acme');
  await log.close();
  const next = new Log(store);
  await next.appendAll('acme', drafts('lost', 3));
  await next.close();
  const { seq, hash, time } = before as { seq: number; hash: string; time: string };
  await hand.set('heads', { tenant: 'acme' }, { seq, hash, time, holder: 'a-writer-that-died', until });
  return store;
}

const LONG_AGO = new Date(0);

describe.skipIf(url === undefined)('a head that lags behind its log', () => {
  it('is good for verification', async () => {
    const place = await newPlace();
    await crashed(place, LONG_AGO);
    await expectIntact(place.location, { acme: 4 });
  });

  it('is brought up to date by the next append', async () => {
    const place = await newPlace();
    const store = await crashed(place, LONG_AGO);
    const log = new Log(store);
    expect((await log.append('acme', draft('e-2'))).seq).toBe(5);
    expect((await log.appendAll('acme', drafts('lost', 3))).map(({ seq }) => seq)).toEqual([2, 3, 4]);
    await log.close();
    expect(await store.head('acme')).toMatchObject({ seq: 5 });
    await expectIntact(place.location, { acme: 5 });
  });

  it('is found by the anchoring job, and brought up to date by anchoring', async () => {
    const place = await newPlace();
    const store = await crashed(place, LONG_AGO);
    const hand = await raw(place);
    await hand.set('heads', { tenant: 'acme' }, { anchored_to: 1 });
    const waiting = [];
    for await (const { tenant } of store.unanchored()) waiting.push(tenant);
    expect(waiting).toEqual(['acme']);
    expect(await anchorTenant(store, 'acme')).toMatchObject({ anchors: 1, through: 4 });
    expect(await store.head('acme')).toMatchObject({ seq: 4, anchor_number: 0 });
    const [head] = await hand.rows('heads', 'acme');
    expect(head).toMatchObject({ holder: null, until: null });
    await expectIntact(place.location, { acme: 4 });
  });

  it.each([2 ** 40, 'x', null])(
    'that says all is anchored, up to %s, is found by the anchoring job',
    async (anchored_to) => {
      const place = await newPlace();
      const store = await place.open();
      const log = new Log(store);
      await log.appendAll('acme', drafts('e', 2));
      await log.close();
      await (await raw(place)).set('heads', { tenant: 'acme' }, { anchored_to });
      const waiting = [];
      for await (const one of store.unanchored()) waiting.push(one);
      expect(waiting).toEqual([{ tenant: 'acme', entries: 3 }]);
      expect(await anchorTenant(store, 'acme')).toMatchObject({ anchors: 1, through: 2 });
      expect((await (await raw(place)).rows('heads', 'acme'))[0]).toMatchObject({ anchored_to: 2 });
      for await (const one of store.unanchored()) expect(one).toBe(undefined);
      await expectIntact(place.location, { acme: 2 });
    },
  );

  it('with a lock that still counts is waited for', async () => {
    const place = await newPlace();
    const store = await crashed(place, new Date(Date.now() + 700));
    expect((await new Log(store).append('acme', draft('e-2'))).seq).toBe(5);
    await expectIntact(place.location, { acme: 5 });
  });

  it('behind its newest anchor is noted when anchoring runs next', async () => {
    const place = await newPlace();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('acme', drafts('e', 5));
    await log.close();
    await anchorTenant(store, 'acme', { maxSegment: 3 });
    const hand = await raw(place);
    const [head] = await hand.rows('heads', 'acme');
    await hand.set('heads', { tenant: 'acme' }, { anchor_number: null, anchor_hash: null, anchored_to: -1 });
    await expectIntact(place.location, { acme: 5 });
    expect(await anchorTenant(store, 'acme', { maxSegment: 3 })).toMatchObject({ anchors: 0, pending: 0 });
    const { anchor_number, anchor_hash, anchored_to } = head as Record<string, unknown>;
    expect((await hand.rows('heads', 'acme'))[0]).toMatchObject({ anchor_number, anchor_hash, anchored_to });
    await expectIntact(place.location, { acme: 5 });
  });
});

describe.skipIf(url === undefined)('a lock that is held', () => {
  it('for longer than a writer waits is store_unavailable, and nothing was written', async () => {
    const place = await newPlace();
    const holder = new Log(await place.open(), { lingerMs: 60_000 });
    await holder.append('acme', draft('e-1'));
    const { store } = await host(place, { waitMs: 50 });
    const log = new Log(store);
    expect(await outcome(log.append('acme', draft('e-2')))).toBe('store_unavailable');
    expect(await outcome(anchorTenant(store, 'acme'))).toBe('store_unavailable');
    expect(await outcome(log.append('beta', draft('e-1')))).toBe('done');
    await holder.close();
    expect((await log.append('acme', draft('e-2'))).seq).toBe(2);
    await log.close();
    await expectIntact(place.location, { acme: 2, beta: 1 });
  });

  it('is given to a waiting writer while its holder still has work', async () => {
    const place = await newPlace();
    const [busy, waiting] = [new Log((await host(place, { holdMs: 20 })).store), new Log(await place.open())];
    await busy.append('acme', draft('first'));
    let done = false;
    let appended = 0;
    const working = (async () => {
      while (!done) await Promise.all(drafts(`busy-${appended++}`, 5).map((one) => busy.append('acme', one)));
    })();
    for (const one of drafts('waiting', 5)) await waiting.append('acme', one);
    done = true;
    await working;
    await busy.close();
    await waiting.close();
    await expectIntact(place.location, { acme: 1 + 5 + 5 * appended });
  });

  it('is given back at once after a duplicate or a broken log', async () => {
    const place = await newPlace();
    const [one, two] = [new Log(await place.open()), new Log((await host(place, { waitMs: 500 })).store)];
    await one.append('acme', draft('e-1'));
    expect((await one.append('acme', draft('e-1'))).duplicate).toBe(true);
    expect((await two.append('acme', draft('e-1'))).duplicate).toBe(true);
    await two.append('acme', draft('e-2'));
    await Promise.all([one.close(), two.close()]);
    await (await raw(place)).remove('entries', { tenant: 'acme', seq: 2 });
    const [three, four] = [new Log(await place.open()), new Log((await host(place, { waitMs: 500 })).store)];
    expect(await outcome(three.append('acme', draft('e-3')))).toBe('log_broken');
    expect(await outcome(four.append('acme', draft('e-3')))).toBe('log_broken');
    expect((await reports(place.location)).get('acme')).toMatchObject({ status: 'broken', position: 2 });
  });
});

describe.skipIf(url === undefined)('a writer that is paused past its lease', () => {
  /** A store whose insert of entries does not reach the server until the test lets it. */
  async function paused(place: Place) {
    const proxy = await FaultProxy.before(place.location);
    const client = await new MongoClient(proxy.through(place.location)).connect();
    onTestFinished(() => client.close());
    const database = client.db().databaseName;
    const store = await openMongodbStore(client, { database, leaseMs: 100 });
    onTestFinished(() => store.close());
    return { proxy, log: new Log(store) };
  }

  it('is refused where another one wrote first, and appends after it', async () => {
    const place = await newPlace();
    const { proxy, log } = await paused(place);
    const other = new Log((await host(place, { leaseMs: 100 })).store);
    await log.append('acme', draft('first'));
    const pause = proxy.hold(({ insert }) => insert === 'entries');
    const late = log.appendAll('acme', drafts('late', 5));
    await pause.reached;
    await sleep(150);
    const early = await other.appendAll('acme', drafts('early', 3));
    pause.release();
    expect(early.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    expect((await late).map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9]);
    await log.close();
    await other.close();
    await expectIntact(place.location, { acme: 9 });
  });

  it('is chained to when it writes before the other one does', async () => {
    const place = await newPlace();
    const { proxy, log } = await paused(place);
    const other = await paused(place);
    await log.append('acme', draft('first'));
    const pause = proxy.hold(({ insert }) => insert === 'entries');
    const late = log.appendAll('acme', drafts('late', 5));
    await pause.reached;
    await sleep(150);
    const second = other.proxy.hold(({ insert }) => insert === 'entries');
    const early = other.log.appendAll('acme', drafts('early', 3));
    await second.reached;
    pause.release();
    expect((await late).map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);
    second.release();
    expect((await early).map(({ seq }) => seq)).toEqual([7, 8, 9]);
    await log.close();
    await other.log.close();
    await expectIntact(place.location, { acme: 9 });
  });

  it('writes no head behind the one who took over', async () => {
    const place = await newPlace();
    const { proxy, log } = await paused(place);
    const other = await place.open();
    await log.append('acme', draft('first'));
    const pause = proxy.hold(
      ({ findAndModify, update }) => findAndModify === 'heads' && !Array.isArray(update),
    );
    const closing = log.close();
    await pause.reached;
    await sleep(150);
    const next = new Log(other);
    const { hash } = await next.append('acme', draft('second'));
    await next.close();
    pause.release();
    await closing;
    expect(await other.head('acme')).toMatchObject({ seq: 2, hash });
    await expectIntact(place.location, { acme: 2 });
  });

  it('again and again, of several writers with leases far too short, never forks', async () => {
    const place = await newPlace();
    const hosts = await Promise.all([1, 2, 5].map((leaseMs) => host(place, { leaseMs, holdMs: 1_000 })));
    await Promise.all(
      hosts.flatMap(({ log }, i) =>
        drafts(`host-${i}`, 30).map(async (one, n) => {
          await sleep(n * 3);
          await log.append('acme', one);
        }),
      ),
    );
    for (const { log } of hosts) await log.close();
    await expectIntact(place.location, { acme: 90 });
  });
});

describe.skipIf(url === undefined)('a lock whose times are given as undefined', () => {
  it('has its defaults', async () => {
    const place = await newPlace();
    const not = undefined;
    const { log } = await host(place, { leaseMs: not, holdMs: not, waitMs: not, yieldMs: not });
    const other = new Log(await place.open());
    await Promise.all(drafts('one', 5).map((one) => log.append('acme', one)));
    await Promise.all(drafts('two', 5).map((one) => other.append('acme', one)));
    await log.close();
    await other.close();
    await expectIntact(place.location, { acme: 10 });
  });
});

describe.skipIf(url === undefined)('the lock of the operator’s log', () => {
  it('is free after a seal, also after one that found nothing to seal', async () => {
    const place = await newPlace();
    const store = await place.open();
    const hand = await raw(place);
    const log = new Log(store);
    await log.append('acme', draft('e-1'));
    await log.close();
    await anchorTenant(store, 'acme');
    for (const made of [true, false]) {
      expect((await sealTenants(store)).made).toBe(made);
      const [head] = await hand.rows('heads', SEALS_TENANT);
      expect(head).toMatchObject({ holder: null, until: null });
    }
    await expectIntact(place.location, { acme: 1, [SEALS_TENANT]: 1 });
  });
});
