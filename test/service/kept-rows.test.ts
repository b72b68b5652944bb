import { authenticatedUser, defineAction, openSealtrail } from '@sealtrail/sdk';
import { openTokens } from '@sealtrail/service';
import { openViews } from '@sealtrail/views';
import Database from 'libsql';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { outcome } from '../support/errors.ts';
import { newMongodbPlace, newSqlitePlace, type Place } from '../support/places.ts';
import { reports } from '../support/verified.ts';

const url = inject('mongodbUrl');
const DAY = 86_400_000;
const ACTION = defineAction({
  name: 'update_contact',
  input: z.strictObject({ id: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
});

/** What may stand where the service and the views keep JSON. */
const ODD = ['', '{', 'null', '7', '[]', '{}', '{"proposal":1}', `{"proposal":"p-1","created":7}`];

/** Changes the one row that is kept beside the log. */
async function put(place: Place, of: 'service' | 'views', row: string): Promise<void> {
  if (place.kind === 'sqlite') {
    const db = new Database(`${place.location}.${of}`);
    db.prepare(`UPDATE ${of === 'service' ? 'tokens' : 'proposals'} SET row = ?`).run(row);
    db.close();
    return;
  }
  const client = await new MongoClient(place.location).connect();
  const name = of === 'service' ? 'service_tokens' : 'views_proposals';
  const { matchedCount } = await client.db().collection(name).updateMany({}, { $set: { row } });
  expect(matchedCount).toBe(1);
  await client.close();
}

async function filled(place: Place): Promise<void> {
  const sealtrail = await openSealtrail({ store: place.location });
  const trail = sealtrail.trail('acme');
  const agent = { id: 'assistant' };
  await trail.propose(ACTION, { id: 'p-1', agent, input: { id: 'c-1' }, rationale: 'r', confidence: 1 });
  await trail.approve('p-1', { by: authenticatedUser({ id: 'u-1', auth_method: 'sso' }) });
  await sealtrail.close();
}

describe.each([
  ['SQLite', newSqlitePlace],
  ...(url === undefined ? [] : [['MongoDB', newMongodbPlace(url)] as const]),
] as const)('a row beside the log that somebody changed, on %s', (_, newPlace) => {
  it('is refused with a code by who lists tokens, and not called an outage', async () => {
    const place = await newPlace();
    await filled(place);
    const tokens = await openTokens(place.location);
    const expires = new Date(Date.now() + DAY).toISOString();
    await tokens.create({ name: 'one', role: 'admin', scope: { tenants: 'all' }, expires });
    for (const row of ODD) {
      await put(place, 'service', row);
      expect([row, await outcome(tokens.list())]).toEqual([row, 'store_layout']);
    }
    await tokens.close();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('is refused with a code by the views, and not called an outage', async () => {
    const place = await newPlace();
    await filled(place);
    const views = await openViews({ store: place.location });
    expect(await views.coaching('acme')).toMatchObject({ total: { proposals: 1 } });
    for (const row of ODD) {
      await put(place, 'views', row);
      expect([row, await outcome(views.coaching('acme'))]).toEqual([row, 'store_layout']);
    }
    await views.close();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
