import { anchorTenant, Log, sealTenants } from '@sealtrail/store';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { type CommandStartedEvent, MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { newMongodbPlace } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';

const url = inject('mongodbUrl');
const newPlace = newMongodbPlace(url ?? '');

describe.skipIf(url === undefined)('a host that prefers to read from secondaries', () => {
  // On a server that lags, the last entry is missing: a log would seem cut, and a sealed tenant set back.
  it('has its log appended to, anchored and sealed by what the primary says', async () => {
    const place = await newPlace();
    const client = new MongoClient(place.location, {
      readPreference: 'secondaryPreferred',
      monitorCommands: true,
    });
    onTestFinished(() => client.close());
    const asked = new Set<string>();
    client.on('commandStarted', ({ command, commandName }: CommandStartedEvent) => {
      const { mode } = (command['$readPreference'] ?? {}) as { readonly mode?: string };
      if (mode?.startsWith('secondary') === true) asked.add(commandName);
    });
    await client.connect();
    const store = await openMongodbStore(client, { database: client.db().databaseName });
    onTestFinished(() => store.close());
    const log = new Log(store);
    await log.appendAll('acme', drafts('d', 20));
    await log.close();
    await anchorTenant(store, 'acme', { maxSegment: 8 });
    expect(await sealTenants(store)).toMatchObject({ made: true, tenants: 1, refused: [] });
    expect([...asked]).toEqual([]);
    // The host's own reads go where the host wants them.
    await client.db().collection('deals').findOne({});
    expect([...asked]).toEqual(['find']);
    await expectIntact(place.location, { acme: 20, '~seals': 1 });
  });
});
