import { join } from 'node:path';
import { anchorTenant, erase, Log, proveHistory, prune, sealTenants, setRetention } from '@sealtrail/store';
import { openMongodbStore } from '@sealtrail/store/mongodb';
import { verifyAll } from '@sealtrail/verifier';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { type Actions, watchActions } from '../support/mongodb-actions.ts';
import { newMongodbPlace } from '../support/places.ts';
import { reports } from '../support/verified.ts';

const url = inject('mongodbUrl');
const newPlace = newMongodbPlace(url ?? '');
const BY = { type: 'user', id: 'u-1', auth_method: 'sso' } as const;
const RECORD = { type: 'deal', id: 'd-77' };
const DAY = 86_400_000;

describe.skipIf(url === undefined)('what has to be granted in MongoDB', () => {
  it('is what each kind of work does, and no more', async () => {
    const place = await newPlace();
    const client = await new MongoClient(place.location, { monitorCommands: true }).connect();
    onTestFinished(() => client.close());
    const during = watchActions(client);
    const open = async () => {
      const store = await openMongodbStore(client, { database: client.db().databaseName });
      onTestFinished(() => store.close());
      return store;
    };
    const rows: [string, Actions][] = [];
    const note = async (what: string, work: () => Promise<unknown>) =>
      void rows.push([what, await during(work)]);
    await note('setting up: the first time that a store is opened', open);
    const store = await open();
    const log = new Log(store);
    await note('opening a store that is set up', open);
    await note('recording: the SDK, the first entry of a tenant and later ones', async () => {
      await log.appendAll('acme', drafts('d', 20));
      await log.append('acme', drafts('d', 1)[0] as never);
      await setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY });
    });
    await note('anchoring, sealing and proving: the worker', async () => {
      await anchorTenant(store, 'acme', { maxSegment: 8 });
      await sealTenants(store);
      await proveHistory(store, 'acme', RECORD);
    });
    await note('erasing values', async () => {
      await erase(store, 'acme', { about: 'record', target: RECORD, basis: 'other', by: BY });
    });
    await note('pruning', async () => {
      const archive = join(place.folder, 'archive');
      await prune(store, 'acme', { by: BY, archive, now: () => Date.now() + 40 * DAY });
    });
    await note('verifying, exporting', async () => {
      const source = store.source();
      await verifyAll(source);
      await source.close();
    });
    await log.close();
    await expect(page(rows)).toMatchFileSnapshot('../../docs/privileges.md');
    expect([...(await reports(place.location)).values()].every(({ status }) => status === 'valid')).toBe(
      true,
    );
  });
});

/** For whoever makes the users of a database. */
function page(rows: readonly [string, Actions][]): string {
  const lines = rows.flatMap(([what, actions]) => [
    `### ${what[0]?.toUpperCase()}${what.slice(1)}`,
    '',
    ...[...actions].map(
      ([place, names]) => `- ${place === 'the database' ? place : `\`${place}\``}: ${names.join(', ')}`,
    ),
    '',
  ]);
  return `# Least privilege in MongoDB

The built-in role \`readWrite\` on the database is enough for everything, and \`read\` for whoever verifies or exports. Roles of your own can grant
less: an application that only records needs no \`remove\`, so that whoever takes it over cannot delete an entry, and a verifier changes nothing.
What is found missing is found anyway; what cannot be removed need not be.

A test writes this page from the commands that each kind of work sends, and holds it to the code. Only the actions on entries, anchors and their
like are here; the index of the [views](views.md) (\`views_*\`) and the data of the [service](service.md) (\`service_*\`) want \`readWrite\`, and can
have databases of their own. The engine of the tests knows no users: the actions follow from MongoDB's documentation of each command.

${lines.join('\n').trimEnd()}
`;
}
