import { anchorTenant, Log, type Store } from '@sealtrail/store';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { newMongodbPlace, type Place } from '../support/places.ts';
import { type Command, eachFate, FaultProxy } from '../support/proxy.ts';
import { expectIntact, storedRows } from '../support/verified.ts';

const url = inject('mongodbUrl');
const newPlace = newMongodbPlace(url ?? '');

/** A store whose connections the test can break, at a place that others reach directly. */
async function fragile(): Promise<{ place: Place; proxy: FaultProxy; store: Store }> {
  const place = await newPlace();
  const proxy = await FaultProxy.before(place.location);
  const client = new MongoClient(proxy.through(place.location), { serverSelectionTimeoutMS: 1_500 });
  const database = new URL(place.location).pathname.slice(1);
  const store = await openMongodbStore(client, { database, waitMs: 1_500 });
  onTestFinished(async () => {
    await store.close();
    await client.close();
  });
  return { place, proxy, store };
}

const writes: Record<string, (command: Command) => boolean> = {
  'the registration': ({ insert }) => insert === 'tenants',
  'the commit of the registration': (command) => 'commitTransaction' in command,
  'taking the head lock': ({ findAndModify, update }) => findAndModify === 'heads' && Array.isArray(update),
  'an entry': ({ insert, documents }) => insert === 'entries' && documents[0].seq > 0,
  'giving the head lock back': ({ findAndModify, update }) =>
    findAndModify === 'heads' && !Array.isArray(update),
  'an anchor': ({ insert }) => insert === 'anchors',
  'the head’s note of an anchor': ({ update }) => update === 'heads',
};

const TABLE = eachFate(Object.keys(writes));

describe.skipIf(url === undefined)('a connection that breaks', () => {
  it.each(TABLE)('at %s (%s, %i times) loses nothing and repeats nothing', async (what, fate, times) => {
    const { place, proxy, store } = await fragile();
    const log = new Log(store, { lingerMs: 1 });
    proxy.breakNext(fate, times, writes[what] as (command: Command) => boolean);
    const first = await outcome(log.appendAll('acme', drafts('e', 8)));
    expect(first).toBeOneOf(['done', 'store_unavailable']);
    expect(await outcome(anchorTenant(store, 'acme'))).toBeOneOf(['done', 'store_unavailable', 'log_broken']);
    expect(proxy.broken).toBeGreaterThan(0);
    proxy.rule = () => 'pass';
    const again = await log.appendAll('acme', drafts('e', 8));
    expect(again.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    if (first === 'done') expect(again.map(({ duplicate }) => duplicate)).not.toContain(false);
    expect(await anchorTenant(store, 'acme')).toMatchObject({ through: 8, pending: 0 });
    await log.close();
    // What comes late comes to a log that has gone on without it.
    await proxy.deliver();
    expect(await store.head('acme')).toMatchObject({
      seq: 8,
      anchor_hash: (await store.lastAnchor('acme'))?.hash,
    });
    const waiting = [];
    for await (const { tenant } of store.unanchored()) waiting.push(tenant);
    expect(waiting).toEqual([]);
    await expectIntact(place.location, { acme: 8 });
  });

  it('after an insert that the server did is no error: what is stored is read back', async () => {
    const { place, proxy, store } = await fragile();
    const log = new Log(store);
    await log.append('acme', draft('first'));
    proxy.breakNext('deafen', 3, ({ insert }) => insert === 'entries');
    const made = await log.appendAll('acme', drafts('e', 20));
    expect(made.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
    expect(proxy.broken).toBeGreaterThan(0);
    await log.close();
    await expectIntact(place.location, { acme: 21 });
  });

  it('before an insert is no error when the server can be reached again', async () => {
    const { place, proxy, store } = await fragile();
    const log = new Log(store);
    await log.append('acme', draft('first'));
    proxy.breakNext('lose', 5, ({ insert }) => insert === 'entries');
    const made = await log.appendAll('acme', drafts('e', 20));
    expect(made.map(({ duplicate }) => duplicate)).not.toContain(true);
    expect(proxy.broken).toBeGreaterThan(0);
    await log.close();
    await expectIntact(place.location, { acme: 21 });
  });

  it('lets an insert arrive after its writer gave up on it: it is refused, or found', async () => {
    const { place, proxy, store } = await fragile();
    const log = new Log(store);
    const other = new Log(await place.open());
    await log.append('acme', draft('first'));
    proxy.breakNext('delay', 2, ({ insert }) => insert === 'entries');
    const late = log.appendAll('acme', drafts('e', 5));
    const made = await late;
    await other.appendAll('acme', drafts('other', 5));
    await proxy.deliver();
    expect((await log.appendAll('acme', drafts('e', 5))).map(({ hash }) => hash)).toEqual(
      made.map(({ hash }) => hash),
    );
    await log.close();
    await other.close();
    await expectIntact(place.location, { acme: 11 });
  });

  it('at any command now and then, under load from two processes’ stores, loses nothing', async () => {
    const { place, proxy, store } = await fragile();
    const logs = [new Log(store), new Log(await place.open())];
    await logs[1]?.append('acme', draft('first'));
    let commands = 0;
    proxy.rule = () =>
      (['pass', 'pass', 'lose', 'pass', 'pass', 'pass', 'deafen'] as const)[commands++ % 7] ?? 'pass';
    const appendUntilDone = async (log: Log, name: string) => {
      for (const one of drafts(name, 12)) {
        for (;;) {
          const result = await outcome(log.append('acme', one));
          if (result === 'done') break;
          expect(result).toBe('store_unavailable');
        }
      }
    };
    await Promise.all(logs.map((log, i) => appendUntilDone(log, `log${i}`)));
    expect(proxy.broken).toBeGreaterThan(5);
    proxy.rule = () => 'pass';
    for (const log of logs) await log.close();
    await expectIntact(place.location, { acme: 25 });
  });

  it('for good fails what waits with store_unavailable; it is appended when the server is back', async () => {
    const { place, proxy, store } = await fragile();
    const log = new Log(store);
    await log.append('acme', draft('first'));
    proxy.refuse();
    const waiting = drafts('e', 5).map((one) => outcome(log.append('acme', one)));
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 5 }, () => 'store_unavailable'));
    await log.close();
    proxy.allow();
    const next = new Log(store);
    expect(await next.appendAll('acme', drafts('e', 5))).toHaveLength(5);
    await next.close();
    await expectIntact(place.location, { acme: 6 });
    expect(await storedRows(place.location, 'acme')).toHaveLength(7);
  });
});
