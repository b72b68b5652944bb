import { ZERO_HASH } from '@sealtrail/format';
import { Log, sealTenants } from '@sealtrail/store';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { type CommandStartedEvent, MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { draft } from '../support/drafts.ts';
import { newMongodbPlace } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';

const url = inject('mongodbUrl');

describe.skipIf(url === undefined)('the changes of a large fleet', () => {
  it('are stored in several commands: the time that each may take is bounded', async () => {
    const place = await newMongodbPlace(String(url))();
    const client = new MongoClient(place.location, { monitorCommands: true });
    onTestFinished(() => client.close());
    const inserted: number[] = [];
    client.on('commandStarted', ({ commandName, command }: CommandStartedEvent) => {
      if (commandName === 'insert' && command['insert'] === 'directory_changes')
        inserted.push(command['documents'].length);
    });
    const store = await openMongodbStore(client, { database: client.db().databaseName });
    const changes = Array.from({ length: 12_345 }, (_, i) => ({
      directory: 'of-nobody',
      seal: 1,
      tenant: `t-${i}`,
      anchors: 0,
      entries: 0,
      last: ZERO_HASH,
    }));
    await store.addDirectoryChanges(changes);
    expect(inserted.length).toBeGreaterThan(2);
    expect(inserted.reduce((sum, n) => sum + n, 0)).toBe(changes.length);
    let stored = 0;
    for await (const _ of store.directoryChanges(0)) stored++;
    expect(stored).toBe(changes.length);
    // They count for nothing: no seal names their directory.
    const log = new Log(store);
    await log.append('acme', draft('d-1'));
    await log.close();
    await sealTenants(store);
    await store.close();
    await expectIntact(place.location, { acme: 1, '~seals': 1 });
  });
});
