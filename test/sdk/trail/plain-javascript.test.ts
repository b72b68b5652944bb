import { readOpenings } from '@sealtrail/format';
import { defineAction, type Policy } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ben, codeOf, newWorld, sarah, update, updateContact, verifiedEntries } from './world.ts';

const types = async (location: string) => (await verifiedEntries(location)).map(({ type }) => type);

/** What no compiler looked at. */
describe('a plugin in plain JavaScript', () => {
  it.each([null, true, false, 'approved', 'allow', ''])(
    'whose policy gives %j leaves the proposal to a person, as if it had thrown',
    async (verdict) => {
      const world = await newWorld();
      const policy = { id: 'sloppy', decide: () => verdict } as unknown as Policy;
      const { trail } = await world.plugin({ policies: [policy] });
      const call = trail.propose(updateContact, update({ id: 'p-1' }));
      await expect(call).rejects.toMatchObject({ code: 'config_invalid', detail: { policy: 'sloppy' } });
      expect((await trail.state('p-1')).status).toBe('pending');
      expect(await types(world.location)).toEqual(['proposal.created']);
    },
  );

  it('that settles with an outcome that is none records none', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(updateContact, update({ id: 'p-1' }));
    await trail.approve('p-1', { by: sarah });
    const killed = trail.execute(updateContact, 'p-1', () => new Promise(() => {}));
    void killed;
    await expect.poll(async () => (await trail.state('p-1')).status).toBe('executing');
    for (const outcome of ['success', 'done', undefined]) {
      expect(await codeOf(trail.settle('p-1', { outcome } as never))).toBe('draft_invalid');
    }
    expect((await trail.state('p-1')).status).toBe('executing');
    await trail.settle('p-1', { outcome: 'executed' });
    expect((await trail.state('p-1')).status).toBe('executed');
  });

  it('that misspells what a person said is told so, and nothing is recorded without it', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(updateContact, update({ id: 'p-1' }));
    const shown = await trail.present('p-1', { to: sarah, shown: 'a form' });
    const by = { by: sarah, reasn: 'She asked for it.' } as never;
    const bulk = { by: sarah, decision: 'approved', presentation: shown.presentation } as never;
    const calls = [
      () => trail.approve('p-1', by),
      () => trail.reject('p-1', by),
      () => trail.approveEdited(updateContact, 'p-1', { ...(by as object), input: { id: 'c-1' } } as never),
      () => trail.decideMany(['p-1'], bulk),
      () => trail.present('p-1', { to: sarah, shown: 'a form', chanel: 'mail' } as never),
      () => trail.settle('p-1', { outcome: 'executed', rsult: 1 } as never),
      () => trail.execute(updateContact, 'p-1', () => 'ran', { inptu: { id: 'c-2' } } as never),
    ];
    for (const call of calls) expect(await codeOf(call()), call.toString()).toBe('draft_invalid');
    expect(await types(world.location)).toEqual(['proposal.created', 'proposal.presented']);
    // What is undefined is not said.
    expect((await trail.approve('p-1', { by: sarah, reasn: undefined } as never)).decision).toBe('approved');
  });

  it('that grants and revokes what a request says does so as the person who is signed in', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const forged = { actor: { type: 'user', id: 'u-ceo', auth_method: 'sso' }, grant: 'g-1' };
    const scope = { agent: 'assistant', action: 'update_contact' };
    const { grant } = await trail.grant({ ...scope, ...forged }, { by: ben });
    expect((await trail.grant({ ...scope, ...forged }, { by: ben })).grant).toBe(grant);
    await trail.revoke(scope, { by: ben, ...forged, grant_hash: '0'.repeat(64) } as never);
    const again = await trail.grant(scope, { by: ben, ...forged } as never);
    const entries = await verifiedEntries(world.location);
    expect(entries.map(({ type, actor, data }) => [type, actor.id, data['grant']])).toEqual([
      ['authority.grant_created', 'u-ben', grant],
      ['authority.grant_revoked', 'u-ben', grant],
      ['authority.grant_created', 'u-ben', again.grant],
    ]);
  });

  it.each([{ $ne: 'x' }, ['acme'], 7, null, undefined, '', 'a b'])(
    'gets no trail of %j, which is no tenant',
    async (tenant) => {
      const world = await newWorld();
      const { sealtrail } = await world.plugin();
      expect(() => sealtrail.trail(tenant as never)).toThrow(
        expect.objectContaining({ code: 'draft_invalid' }),
      );
    },
  );
});

it('a proposal does not take its own place', async () => {
  const world = await newWorld();
  const { trail } = await world.plugin();
  await trail.propose(updateContact, update({ id: 'p-1' }));
  expect(await codeOf(trail.supersede('p-1', 'p-1'))).toBe('draft_invalid');
  expect((await trail.state('p-1')).status).toBe('pending');
});

describe('what a caller does with its objects after a call', () => {
  it('changes nothing of what it proposed', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const { action, given } = loose();
    const call = trail.propose(action, { ...update({ id: 'p-1' }), input: given });
    given.fields.id = 'c-2';
    const proposal = await call;
    expect(proposal.input).toEqual({ fields: { id: 'c-1' } });
    const { created } = await trail.state('p-1');
    expect([created.entry.targets, created.openings['args']?.value]).toEqual([
      [{ type: 'contact', id: 'c-1' }],
      { fields: { id: 'c-1' } },
    ]);
  });

  it('changes nothing of what the CRM wrote, or of what a person was shown', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    await trail.propose(updateContact, update({ id: 'p-1' }));
    const [after, shown] = [{ stage: 'won' }, { stage: 'won' }];
    const target = { type: 'contact', id: 'c-1' };
    const by = { type: 'user', id: 'u-1', auth_method: 'sso' } as const;
    const change = { change: 'w-1', actor: by, target, fields: ['stage'], before: {}, after };
    const calls = [trail.recordChange(change), trail.present('p-1', { to: sarah, shown })];
    for (const one of [after, shown]) one.stage = 'lost';
    await Promise.all(calls);
    const entries = await verifiedEntries(world.location);
    const values = await Promise.all(
      entries.slice(1).map(async ({ id }) => {
        const row = await sealtrail.store.findById('acme', id);
        const { after, shown } = readOpenings(row?.openings ?? '{}');
        return (after ?? shown)?.value;
      }),
    );
    expect(values).toEqual([{ stage: 'won' }, { stage: 'won' }]);
  });

  it('changes nothing of whom it granted what', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const scope = { agent: 'assistant', action: 'read_contact' };
    const call = trail.grant(scope, { by: sarah });
    scope.action = 'update_contact';
    expect(await call).toMatchObject({ agent: 'assistant', action: 'read_contact' });
    expect((await trail.propose(updateContact, update())).status).toBe('pending');
    const [granted] = await verifiedEntries(world.location);
    expect(granted?.data).toMatchObject({ action: 'read_contact' });
  });

  it('changes nothing of what it approved', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const { action, given } = loose();
    await trail.propose(action, { ...update({ id: 'p-1' }), input: given });
    const edited = { fields: { id: 'c-3' } };
    const call = trail.approveEdited(action, 'p-1', { by: sarah, input: edited });
    edited.fields.id = 'c-4';
    await call;
    expect(await trail.execute(action, 'p-1', (input) => input)).toEqual({ fields: { id: 'c-3' } });
    expect((await trail.state('p-1')).decision?.entry.targets).toEqual([
      { type: 'contact', id: 'c-1' },
      { type: 'contact', id: 'c-3' },
    ]);
  });
});

/** An action whose schema gives back the very objects that it was given. */
function loose() {
  const action = defineAction({
    name: 'update_loosely',
    input: z.strictObject({ fields: z.custom<{ id: string }>() }),
    targets: ({ fields }) => [{ type: 'contact', id: fields.id }],
  });
  return { action, given: { fields: { id: 'c-1' } } };
}

describe('a member that is undefined', () => {
  const session = { role: undefined, session_id: undefined, on_behalf_of: undefined } as never;

  it('of whoever acts is as if it were absent', async () => {
    const world = await newWorld();
    const { sealtrail } = await world.plugin();
    const actor = { type: 'user' as const, id: 'u-1', auth_method: 'sso' };
    const note = (more: object) => ({ id: 'n-1', type: 'crm.noted', actor: { ...actor, ...more } });
    const first = await sealtrail.append('acme', note(session));
    expect(await sealtrail.append('acme', note({}))).toEqual({ ...first, duplicate: true });
    const [entry] = await verifiedEntries(world.location);
    expect(entry?.actor).toEqual(actor);
  });

  it('of a value is refused, and the error says of which', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(updateContact, update({ id: 'p-1' }));
    const told = trail.present('p-1', { to: sarah, shown: { secret: undefined } });
    await expect(told).rejects.toMatchObject({
      code: 'draft_invalid',
      message: expect.stringContaining('the sealed value "shown"'),
    });
    await expect(told).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
    const target = { type: 'contact', id: 'c-1' };
    const by = { type: 'system', id: 'crm' } as const;
    const change = { change: 'w-1', actor: by, target, fields: ['stage'], before: { stage: undefined } };
    await expect(trail.recordChange({ ...change, after: {} })).rejects.toMatchObject({
      code: 'draft_invalid',
      message: expect.stringContaining('the sealed value "before"'),
    });
  });
});
