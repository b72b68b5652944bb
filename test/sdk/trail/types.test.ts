import { type ActionDefinition, defineAction } from '@sealtrail/sdk';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { agent, newWorld, sarah, update, updateContact, verifiedEntries } from './world.ts';

// Each call is refused twice: by the compiler, which the expected errors hold it to, and at run time.
it('what the life of a proposal refuses does not compile either', async () => {
  const world = await newWorld();
  const { trail } = await world.plugin();
  const proposal = await trail.propose(updateContact, update());
  const input = { id: 'c-1' };
  const said = { agent, input, rationale: null, confidence: null };
  const refused: (() => Promise<unknown>)[] = [
    // @ts-expect-error an input that the action does not take
    () => trail.propose(updateContact, { ...said, input: { contact: 'c-1' } }),
    // @ts-expect-error a member of another type
    () => trail.propose(updateContact, { ...said, input: { id: 1 } }),
    // @ts-expect-error no rationale, nor that there is none
    () => trail.propose(updateContact, { agent, input, confidence: null }),
    // @ts-expect-error no confidence, nor that there is none
    () => trail.propose(updateContact, { agent, input, rationale: null }),
    // @ts-expect-error nobody proposes
    () => trail.propose(updateContact, { input, rationale: null, confidence: null }),
    // @ts-expect-error a misspelt field
    () => trail.propose(updateContact, { ...said, convresation_id: 'x' }),
    // @ts-expect-error an agent approves nothing
    () => trail.approve(proposal, { by: { type: 'agent', id: 'assistant' } }),
    // @ts-expect-error nor does whoever a request names
    () => trail.approve(proposal, { by: { type: 'user', id: 'u-1', auth_method: 'sso' } }),
    // @ts-expect-error nobody approves
    () => trail.approve(proposal, {}),
    // @ts-expect-error an edit that the action does not take
    () => trail.approveEdited(updateContact, proposal, { by: sarah, input: { phone: 7 } }),
    // @ts-expect-error neither one nor the other
    () => trail.decideMany([proposal], { by: sarah, decision: 'maybe' }),
    // @ts-expect-error a grant by an agent
    () => trail.grant({ agent: 'a', action: 'b' }, { by: agent }),
  ];
  for (const call of refused) {
    const code = await call().then(
      () => 'no error',
      (error: { code?: string }) => error.code,
    );
    expect(['input_invalid', 'draft_invalid', 'actor_refused'], call.toString()).toContain(code);
  }
  expect(await verifiedEntries(world.location)).toHaveLength(1);
});

it('an action knows its name, its input and its personal members', async () => {
  const schema = z.strictObject({ deal: z.string(), percent: z.number().default(5) });
  const action = defineAction({
    name: 'set_discount',
    input: schema,
    targets: ({ deal }) => [{ type: 'deal', id: deal }],
  });
  const name: 'set_discount' = action.name;
  expect(name).toBe('set_discount');
  expect(action.parse({ deal: 'd-1' })).toEqual({ deal: 'd-1', percent: 5 });
  const definition: ActionDefinition<'x', typeof schema> = {
    name: 'x',
    input: schema,
    targets: () => [],
    // @ts-expect-error there is no such member
    personal: ['phone'],
  };
  expect(definition.personal).toEqual(['phone']);
  const expiries = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e20, 36_525 * 86_400_000 + 1];
  for (const bad of [{ name: '' }, ...expiries.map((expires_after_ms) => ({ expires_after_ms }))]) {
    expect(() => defineAction({ name: 'x', input: schema, targets: () => [], ...bad })).toThrow(
      expect.objectContaining({ code: 'config_invalid' }),
    );
  }
});
