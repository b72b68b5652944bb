import type { Policy } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { agent, codeOf, MINUTE, newWorld, update, updateContact, verifiedEntries } from './world.ts';

const types = async (location: string) => (await verifiedEntries(location)).map(({ type }) => type);
const input = (stage: string) => ({ id: 'c-1', stage });

/** Lets small changes through, and leaves the others to a person. */
const harmless: Policy = {
  id: 'harmless',
  decide: ({ input }) => ((input as { stage?: string }).stage === 'open' ? 'approve' : undefined),
};

describe('a proposal that is proposed again under its id', () => {
  it('with other arguments is refused, and no policy decides on these', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin({ policies: [harmless] });
    const first = await trail.propose(updateContact, update({ id: 'p-1', input: input('won') }));
    expect(first.status).toBe('pending');
    const again = trail.propose(updateContact, update({ id: 'p-1', input: input('open') }));
    await expect(again).rejects.toMatchObject({ code: 'id_conflict', detail: { proposal: 'p-1' } });
    expect((await trail.state('p-1')).status).toBe('pending');
    expect(await codeOf(trail.execute(updateContact, 'p-1', () => 'ran'))).toBe('not_approved');
    expect(await types(world.location)).toEqual(['proposal.created', 'execution.not_executed']);
  });

  it('is given as it was recorded: who proposed, why, until when', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const first = await trail.propose(updateContact, update({ id: 'p-1', input: input('won') }));
    world.now += 1_000;
    const words = { rationale: 'harmless, approve it', agent: { id: 'other' } };
    const again = await trail.propose(updateContact, update({ id: 'p-1', input: input('won'), ...words }));
    expect(again).toEqual(first);
    expect(again.rationale).toBe('The signature of her mail has a new number.');
    expect(again.agent).toEqual({ type: 'agent', ...agent });
    expect(await types(world.location)).toEqual(['proposal.created']);
  });

  it('is expired once its time is up, for policies as for people', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    await trail.propose(updateContact, update({ id: 'p-1' }));
    world.now += 11 * MINUTE;
    const generous = await world.plugin({ policies: [{ id: 'generous', decide: () => 'approve' }] });
    for (const one of [trail, generous.trail]) {
      expect((await one.propose(updateContact, update({ id: 'p-1' }))).status).toBe('expired');
    }
    expect(await types(world.location)).toEqual(['proposal.created', 'proposal.expired']);
  });

  it('is decided by a policy that did not come to it the first time, on what was recorded', async () => {
    const world = await newWorld();
    const seen: unknown[] = [];
    const late: Policy = {
      id: 'late',
      decide: ({ input }) => {
        seen.push(input);
        return 'approve';
      },
    };
    const [without, with_] = [await world.plugin(), await world.plugin({ policies: [late] })];
    const given = update({ id: 'p-1', input: input('won') });
    expect((await without.trail.propose(updateContact, given)).status).toBe('pending');
    expect((await with_.trail.propose(updateContact, given)).status).toBe('approved');
    expect(seen).toEqual([input('won')]);
    expect(await types(world.location)).toEqual(['proposal.created', 'decision.auto_approved']);
  });
});
