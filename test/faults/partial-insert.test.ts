import { Log } from '@sealtrail/store';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { newMongodbPlace } from '../support/places.ts';
import { FaultProxy } from '../support/proxy.ts';
import { expectIntact, storedRows } from '../support/verified.ts';

const url = inject('mongodbUrl');
const ENTRIES = 12;

describe.skipIf(url === undefined)('an insert', () => {
  // The server has some of the batch, and neither it nor the connection says so: as when it is killed in the middle.
  it.each([1, 5, ENTRIES - 1])(
    'that the server did in part is finished behind what is there (%i entries)',
    async (part) => {
      const place = await newMongodbPlace(String(url))();
      const proxy = await FaultProxy.before(place.location);
      const direct = await new MongoClient(place.location).connect();
      const database = direct.db().databaseName;
      const client = await new MongoClient(proxy.through(place.location)).connect();
      const store = await openMongodbStore(client, { database });
      const log = new Log(store);
      onTestFinished(async () => {
        await log.close();
        await store.close();
        await client.close();
        await direct.close();
      });
      await log.append('acme', drafts('first', 1)[0] as never);
      let written: Promise<unknown> | undefined;
      proxy.rule = ({ insert, documents }) => {
        if (insert !== 'entries' || written !== undefined) return 'pass';
        const some = documents.slice(0, part);
        written = direct.db(database).collection('entries').insertMany(some);
        return 'lose';
      };
      const appended = await log.appendAll('acme', drafts('batch', ENTRIES));
      await written;
      expect(proxy.broken).toBeGreaterThan(0);
      expect(appended.map(({ seq }) => seq)).toEqual(Array.from({ length: ENTRIES }, (_, i) => i + 2));
      const rows = await storedRows(place.location, 'acme');
      expect(rows.map(({ id }) => id)).toHaveLength(new Set(rows.map(({ id }) => id)).size);
      await expectIntact(place.location, { acme: ENTRIES + 1 });
    },
  );
});
