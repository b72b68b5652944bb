import { Log } from '@sealtrail/store';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { draft } from '../support/drafts.ts';
import { newMongodbPlace } from '../support/places.ts';
import { type Command, FaultProxy } from '../support/proxy.ts';
import { expectIntact, storedRows } from '../support/verified.ts';

const url = inject('mongodbUrl');

const inTransaction = (command: Command) => command['autocommit'] === false;
const WRITES: readonly (readonly [what: string, choose: (command: Command) => boolean])[] = [
  ['taking the head lock', (command) => inTransaction(command) && command['findAndModify'] === 'heads'],
  ['the entries', (command) => inTransaction(command) && command['insert'] === 'entries'],
  ['the head', (command) => inTransaction(command) && command['update'] === 'heads'],
  ['the commit', (command) => 'commitTransaction' in command],
];

describe.skipIf(url === undefined)('a write in the caller’s transaction', () => {
  it.each(WRITES)(
    '%s: that fails, is not heard of or comes late is made whole by the driver',
    async (_, choose) => {
      const place = await newMongodbPlace(String(url))();
      const proxy = await FaultProxy.before(place.location);
      const client = await new MongoClient(proxy.through(place.location)).connect();
      const store = await openMongodbStore(client, { database: client.db().databaseName });
      const log = new Log(store);
      onTestFinished(async () => {
        await store.close();
        await client.close();
      });
      const deals = client.db().collection<{ _id: string }>('deals');
      await client.db().createCollection('deals');
      await log.append('acme', draft('first'));
      await log.close();
      const fates = ['lose', 'deafen', 'delay'] as const;
      for (const fate of fates) {
        const broken = proxy.broken;
        proxy.breakNext(fate, 1, choose);
        const host = new Log(store);
        await client.withSession((session) =>
          session.withTransaction(async () => {
            await deals.insertOne({ _id: fate }, { session });
            await host.append('acme', draft(fate), { session });
          }),
        );
        await host.close();
        expect(proxy.broken, fate).toBeGreaterThan(broken);
        await proxy.deliver();
      }
      // Each deal and its entry are there together, once.
      expect((await deals.find().toArray()).map(({ _id }) => _id).sort()).toEqual([...fates].sort());
      const ids = (await storedRows(place.location, 'acme')).map(({ id }) => String(id));
      expect(ids.slice(2)).toEqual([...fates]);
      await expectIntact(place.location, { acme: 1 + fates.length });
    },
  );
});
