import { defineAction, withAudit } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newWorld, sarah, update, updateContact, verifiedEntries } from './world.ts';

const types = async (location: string) => (await verifiedEntries(location)).map(({ type }) => type);

/** What no compiler looked at: what has no effect must not pass for something that has one. */
describe('a plugin in plain JavaScript', () => {
  it.each([
    [null, 'trail: Invalid input'],
    [{ policy: [] }, '"policy"'],
    [{ policies: { id: 'x', decide: () => 'deny' } }, 'policies'],
    [{ policies: [{ id: 'x' }] }, 'policies.0.decide'],
    [{ policies: [{ decide: () => 'deny' }] }, 'policies.0.id'],
    [{ policies: [() => 'deny'] }, 'policies.0'],
    [{ system: { type: 'user', id: 'u-1' } }, 'system.type'],
    [{ system: { type: 'system', id: '' } }, 'system.id'],
    [{ now: 5 }, 'now'],
  ])(
    'that gives a trail %j, which are no options, is told so before anything is recorded',
    async (options, named) => {
      const world = await newWorld();
      const { sealtrail } = await world.plugin();
      expect(() => sealtrail.trail('acme', options as never)).toThrow(
        expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(named) }),
      );
    },
  );

  it.each([
    [{ expires_after: 5 }, '"expires_after"'],
    [{ name: undefined }, 'name'],
    [{ input: undefined }, 'input'],
    [{ input: { type: 'object' } }, 'input'],
    [{ targets: undefined }, 'targets'],
    [{ targets: [{ type: 'contact', id: 'c-1' }] }, 'targets'],
    [{ risk: 'severe' }, 'risk'],
    [{ approval: 'never' }, 'approval'],
    [{ description: 7 }, 'description'],
    [{ expires_after_ms: '5' }, 'expires_after_ms'],
    [{ personal: 'phone' }, 'personal'],
    [{ personal: ['phone', 'phnoe'] }, 'personal'],
  ])('that defines an action with %j is told which member is none', (member, named) => {
    const input = z.strictObject({ id: z.string(), phone: z.string() });
    const definition = { name: 'update_contact', input, targets: () => [], ...member };
    for (const define of [() => defineAction(definition as never), () => withAudited(definition)])
      expect(define).toThrow(
        expect.objectContaining({
          code: 'config_invalid',
          message: expect.stringMatching(new RegExp(`^defineAction.*${named}`)),
        }),
      );
  });

  it('that defines an action with nothing is told so', () => {
    for (const nothing of [undefined, null, 'update_contact'])
      expect(() => defineAction(nothing as never)).toThrow(
        expect.objectContaining({ code: 'config_invalid' }),
      );
  });

  it('may name members as personal that its schema does not list, where that takes them', () => {
    const definition = { name: 'update_contact', targets: () => [], personal: ['phone'] };
    for (const input of [
      z.looseObject({}),
      z.object({}).catchall(z.string()),
      z.record(z.string(), z.string()),
    ])
      expect(defineAction({ ...definition, input } as never).personal).toEqual(['phone']);
  });

  it.each([
    ['approval', 'not_required'],
    ['risk', 'low'],
    ['targets', []],
    ['personal', []],
    ['action', 'read_contact'],
    ['actor', { type: 'agent', id: 'other' }],
    ['args', { id: 'c-2' }],
    ['proposal', 'p-2'],
    ['expiresAt', '2027-01-01T00:00:00.000Z'],
  ])('that proposes with %s, which is not the call’s to say, is told so', async (member, value) => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const call = trail.propose(updateContact, { ...update({ id: 'p-1' }), [member]: value });
    await expect(call).rejects.toMatchObject({
      code: 'draft_invalid',
      message: expect.stringContaining(member),
    });
    await trail.propose(updateContact, update({ id: 'p-1' }));
    expect(await types(world.location)).toEqual(['proposal.created']);
  });

  it.each([
    {},
    { agent: 'assistant' },
    { agent: { id: 'assistant' }, action: 'a' },
    { agent: 'a', action: '' },
  ])('grants and revokes nothing for %j, which is no agent and action', async (scope) => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    for (const call of [
      trail.grant(scope as never, { by: sarah }),
      trail.revoke(scope as never, { by: sarah }),
    ])
      await expect(call).rejects.toMatchObject({
        code: 'draft_invalid',
        message: expect.stringMatching(/agent|action/),
      });
  });

  it.each([
    ['nothing', () => undefined],
    ['one record', () => ({ type: 'contact', id: 'c-1' })],
    ['a promise', async () => [{ type: 'contact', id: 'c-1' }]],
  ])(
    'whose action names %s as its records is told so, when it proposes and when somebody edits',
    async (_, targets) => {
      const world = await newWorld();
      const { trail } = await world.plugin();
      const { name, input } = updateContact;
      const action = defineAction({ name, input, targets: targets as never });
      const told = { code: 'config_invalid', message: expect.stringContaining('targets') };
      await expect(trail.propose(action, update())).rejects.toMatchObject(told);
      await trail.propose(updateContact, update({ id: 'p-1' }));
      const edit = trail.approveEdited(action, 'p-1', { by: sarah, input: { id: 'c-2' } });
      await expect(edit).rejects.toMatchObject(told);
      expect(await types(world.location)).toEqual(['proposal.created']);
    },
  );
});

function withAudited(definition: object) {
  return withAudit({} as never, { ...definition, agent: { id: 'assistant' } } as never, () => 'ran');
}
