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
import { accessOf, ended, type World, worldOf } from './world.ts';

const url = inject('mongodbUrl');
const DAY = 86_400_000;
const ALL = { tenants: 'all' } as const;

/** Makes tokens with a token. @returns what was answered */
function makerIn({ api }: World) {
  const expires = new Date(Date.now() + DAY / 2).toISOString();
  return async (token: string, scope: object, role = 'admin') =>
    (await api('/tokens', { method: 'POST', token, body: { name: 'made', role, scope, expires } })).body;
}
const ACTION = defineAction({
  name: 'update_contact',
  input: z.strictObject({ id: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
});

/** What may stand where the service and the views keep JSON. */
const ODD = ['', '{', 'null', '7', '[]', '{}', '{"proposal":1}', `{"proposal":"p-1","created":7}`];

/** Changes the row that is kept beside the log, or the one with an id. */
async function put(
  place: Place,
  of: 'tokens' | 'runs' | 'proposals',
  row: string,
  id?: string,
): Promise<void> {
  const owner = of === 'proposals' ? 'views' : 'service';
  if (place.kind === 'sqlite') {
    const db = new Database(`${place.location}.${owner}`);
    const only = id === undefined ? '' : ' WHERE id = ?';
    const update = db.prepare(`UPDATE ${of} SET row = ?${only}`);
    update.run(...(id === undefined ? [row] : [row, id]));
    db.close();
    return;
  }
  const client = await new MongoClient(place.location).connect();
  const { matchedCount } = await client
    .db()
    .collection(`${owner}_${of}`)
    .updateMany(id === undefined ? {} : { _id: id as never }, { $set: { row } });
  expect(matchedCount).toBe(1);
  await client.close();
}

/** Gives a run the place that one of its tenant has while it is under way. */
async function seize(place: Place, id: string): Promise<void> {
  if (place.kind === 'sqlite') {
    const db = new Database(`${place.location}.service`);
    db.prepare('UPDATE runs SET slot = tenant WHERE id = ?').run(id);
    db.close();
    return;
  }
  const client = await new MongoClient(place.location).connect();
  const runs = client.db().collection('service_runs');
  await runs.updateOne({ _id: id as never }, { $set: { slot: 'tenant acme' } });
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
  it('does not keep anybody from the tokens beside it, and is told', async () => {
    const place = await newPlace();
    await filled(place);
    const tokens = await openTokens(place.location);
    const expires = new Date(Date.now() + DAY).toISOString();
    const scope = { tenants: 'all' } as const;
    const { token } = await tokens.create({ name: 'one', role: 'admin', scope, expires });
    const other = await tokens.create({ name: 'another', role: 'admin', scope, expires });
    const world = await worldOf(place);
    const ofAcme = await world.token('admin', { tenants: ['acme'] });
    const heir = (await world.api('/tokens', {
      method: 'POST',
      token: other.text,
      body: { name: 'heir', role: 'auditor', scope, expires },
    })) as { readonly body: { readonly id: string } };
    for (const row of ODD) {
      await put(place, 'tokens', row, token.id);
      const { tokens: whole, damaged } = await tokens.list();
      expect([row, whole.map(({ name }) => name).sort(), damaged]).toEqual([
        row,
        ['a admin', 'another', 'heir'],
        [token.id],
      ]);
      const listed = await world.api('/tokens', { token: other.text });
      expect([listed.status, listed.body.tokens?.length, listed.body.damaged]).toEqual([200, 3, [token.id]]);
      // Whom it was of is not known: nothing is said of it to who does not see everything.
      const within = await world.api('/tokens', { token: ofAcme.text });
      expect([within.body.tokens?.length, within.body.damaged]).toEqual([1, []]);
    }
    // Nor from ending what was made with another.
    await tokens.revoke(other.token.id);
    const { tokens: left } = await tokens.list();
    expect(left.find(({ id }) => id === heir.body.id)?.revoked).not.toBe(null);
    await world.service.close();
    await tokens.close();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('does not keep what was made with it from being revoked with the one that it may have been made with', async () => {
    const place = await newPlace();
    await filled(place);
    const world = await worldOf(place);
    const make = makerIn(world);
    const [root, other, narrow] = [
      await world.token('admin'),
      await world.token('admin'),
      await world.token('admin', { tenants: ['beta'] }),
    ];
    const maker = await make(root.text, ALL);
    const heir = await make(maker.token, { tenants: ['acme'] });
    const last = await make(heir.token, { tenants: ['acme'] }, 'auditor');
    const sound = await make(other.text, { tenants: ['acme'] });
    await put(place, 'tokens', '{', maker.id);
    const holds = async ({ token }: { token: string }) => (await world.api('/me', { token })).status === 200;
    const revoke = async (id: string) =>
      (await world.api(`/tokens/${id}`, { method: 'DELETE', token: other.text })).status;
    // What sees more than this one was not made with it, by nobody.
    expect([await revoke(narrow.id), await holds(heir)]).toEqual([204, true]);
    expect(await revoke(root.id)).toBe(204);
    expect([await holds(heir), await holds(last), await holds(sound)]).toEqual([false, false, true]);
    await world.service.close();
    expect((await reports(place.location)).get('~access')?.status).toBe('valid');
  });

  it('does not keep a token from being revoked, with all that was made with it', async () => {
    const place = await newPlace();
    await filled(place);
    const world = await worldOf(place);
    const make = makerIn(world);
    const [root, ofAcme] = [await world.token('admin'), await world.token('admin', { tenants: ['acme'] })];
    const lost = await make(root.text, ALL);
    const heir = await make(lost.token, ALL);
    const last = await make(heir.token, { tenants: ['acme'] }, 'auditor');
    const sound = await make(root.text, ALL);
    const holds = async ({ token }: { token: string }) => (await world.api('/me', { token })).status === 200;
    const revoke = async (id: string, token: string) =>
      (await world.api(`/tokens/${id}`, { method: 'DELETE', token })).status;
    await put(place, 'tokens', '{', lost.id);
    // It is not there for who does not see everything.
    expect([await revoke(lost.id, ofAcme.text), await holds(heir)]).toEqual([404, true]);
    expect(await revoke(lost.id, root.text)).toBe(204);
    expect([await holds(heir), await holds(last), await holds(sound)]).toEqual([false, false, true]);
    expect((await world.api('/tokens', { token: root.text })).body.damaged).toEqual([]);
    expect(await revoke(lost.id, root.text)).toBe(404);
    const recorded = (await accessOf(world)).filter(({ type }) => type === 'access.token_revoked');
    const [first, ...others] = recorded.map(({ data }) => data as { readonly token: string });
    expect(first).toEqual({ token: lost.id, damaged: true });
    expect(others.map(({ token }) => token).sort()).toEqual([heir.id, last.id].sort());
    // On the command line as well.
    await put(place, 'tokens', '[]', sound.id);
    const shell = await openTokens(place.location);
    await shell.revoke(sound.id);
    expect((await shell.list()).damaged).toEqual([]);
    await shell.close();
    await world.service.close();
    const verified = await reports(place.location);
    expect([verified.get('~access')?.status, verified.get('acme')?.status]).toEqual(['valid', 'valid']);
  });

  it('does not keep anybody from past verifications, nor from another one', async () => {
    const place = await newPlace();
    await filled(place);
    const world = await worldOf(place);
    const { text: token } = await world.token('auditor');
    const path = '/tenants/acme/verifications';
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const { body } = await world.api(path, { method: 'POST', token, body: {} });
      ids.push(body.run.id);
      await ended(world, body.run.id, token);
    }
    const list = async () => (await world.api(path, { token })).body;
    const [, second = '', third = ''] = ids;
    for (const row of ODD) {
      await put(place, 'runs', row, second);
      const { runs, damaged } = await list();
      expect([row, runs?.length, damaged]).toEqual([row, 2, [second]]);
    }
    // One that was under way, whoever carried it out: what it is kept as says so no more, and its place does.
    await seize(place, third);
    await put(place, 'runs', '{', third);
    const { status, body } = await world.api(path, { method: 'POST', token, body: {} });
    expect(status).toBe(202);
    expect((await ended(world, body.run.id, token)).state).toBe('valid');
    expect((await list()).damaged.toSorted()).toEqual([second, third].toSorted());
    await world.service.close();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });

  it('is refused with a code by the views, and not called an outage', async () => {
    const place = await newPlace();
    await filled(place);
    const views = await openViews({ store: place.location });
    expect(await views.coaching('acme')).toMatchObject({ total: { proposals: 1 } });
    for (const row of ODD) {
      await put(place, 'proposals', row);
      expect([row, await outcome(views.coaching('acme'))]).toEqual([row, 'store_layout']);
    }
    await views.close();
    expect((await reports(place.location)).get('acme')?.status).toBe('valid');
  });
});
