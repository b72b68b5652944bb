import { openSealtrail, withAudit } from '@sealtrail/sdk';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { agent, newWorld, sarah, update, updateContact, verifiedEntries } from './world.ts';

/** What no compiler looked at: an argument that is missing, another one, or a promise that nobody waited for. */
it('a call without what it needs is told what that is, and nothing is recorded', async () => {
  const world = await newWorld();
  const { sealtrail, trail } = await world.plugin();
  const proposal = await trail.propose(updateContact, update({ id: 'p-1' }));
  const by = { by: sarah };
  const run = () => 'ran';
  const scope = { agent: 'assistant', action: 'update_contact' };
  const late = Promise.resolve(proposal);
  const definition = { name: 'y', input: z.strictObject({}), targets: () => [], agent };
  const audited = withAudit(trail, definition, run);
  const calls: readonly [string, (t: Loose) => unknown, string, string][] = [
    ['draft_invalid', (t) => t.propose(updateContact), 'options (id, agent', 'nothing'],
    ['draft_invalid', (t) => t.propose(updateContact, null), 'options (id, agent', 'null'],
    ['draft_invalid', (t) => t.propose(updateContact, { input: { id: 'c-1' } }), 'an agent', 'nothing'],
    ['config_invalid', (t) => t.propose(), 'an action', 'nothing'],
    ['config_invalid', (t) => t.propose('update_contact', update()), 'an action', 'a text'],
    ['config_invalid', (t) => t.propose(z.object({}), update()), 'an action', 'another object'],
    ['draft_invalid', (t) => t.present(), 'a proposal', 'nothing'],
    ['draft_invalid', (t) => t.present(proposal), 'options (to, shown', 'nothing'],
    ['draft_invalid', (t) => t.approve(), 'a proposal', 'nothing'],
    ['draft_invalid', (t) => t.approve(proposal), 'options (by', 'nothing'],
    ['draft_invalid', (t) => t.approve(late, by), 'a proposal', 'a promise'],
    ['draft_invalid', (t) => t.approve({ proposal: 'p-1' }, by), 'a proposal', 'another object'],
    ['draft_invalid', (t) => t.approve(1, by), 'a proposal', 'a number'],
    ['draft_invalid', (t) => t.reject(null, by), 'a proposal', 'null'],
    ['draft_invalid', (t) => t.reject(proposal), 'options (by', 'nothing'],
    ['config_invalid', (t) => t.approveEdited(), 'an action', 'nothing'],
    ['config_invalid', (t) => t.approveEdited(proposal, updateContact, by), 'an action', 'another object'],
    ['draft_invalid', (t) => t.approveEdited(updateContact), 'a proposal', 'nothing'],
    ['draft_invalid', (t) => t.approveEdited(updateContact, proposal), 'options (by, input', 'nothing'],
    ['draft_invalid', (t) => t.decideMany(), 'a list of proposals', 'nothing'],
    ['draft_invalid', (t) => t.decideMany(proposal, by), 'a list of proposals', 'another object'],
    ['draft_invalid', (t) => t.decideMany([proposal]), 'options (by, decision', 'nothing'],
    ['draft_invalid', (t) => t.decideMany([proposal, undefined], by), 'a proposal', 'nothing'],
    ['draft_invalid', (t) => t.supersede(), 'a proposal', 'nothing'],
    ['draft_invalid', (t) => t.supersede(proposal), 'a proposal', 'nothing'],
    ['config_invalid', (t) => t.execute(), 'an action', 'nothing'],
    ['config_invalid', (t) => t.execute(proposal, run), 'an action', 'another object'],
    ['draft_invalid', (t) => t.execute(updateContact, undefined, run), 'a proposal', 'nothing'],
    ['draft_invalid', (t) => t.execute(updateContact, late, run), 'a proposal', 'a promise'],
    ['draft_invalid', (t) => t.execute(updateContact, proposal, run, null), 'options (input', 'null'],
    ['draft_invalid', (t) => t.settle(), 'a proposal', 'nothing'],
    ['draft_invalid', (t) => t.settle(proposal), 'options (outcome', 'nothing'],
    ['draft_invalid', (t) => t.grant(scope), 'options (by', 'nothing'],
    ['draft_invalid', (t) => t.revoke(scope), 'options (by', 'nothing'],
    ['draft_invalid', (t) => t.state(), 'a proposal', 'nothing'],
    ['draft_invalid', (t) => t.isDue(), 'Trail.state', 'nothing'],
    ['draft_invalid', (t) => t.isDue(trail.state(proposal)), 'Trail.state', 'a promise'],
    ['config_invalid', () => loose(withAudit)(undefined, definition, run), 'a trail', 'nothing'],
    ['config_invalid', () => loose(withAudit)(sealtrail, definition, run), 'a trail', 'another object'],
    ['config_invalid', () => loose(withAudit)(trail), 'the definition', 'nothing'],
    ['draft_invalid', () => loose(audited)({}), 'rationale', 'nothing'],
    ['draft_invalid', () => loose(audited.resume)(), 'a proposal', 'nothing'],
    ['draft_invalid', () => loose(sealtrail.appendAll)('acme'), 'a list of drafts', 'nothing'],
    ['draft_invalid', () => loose(sealtrail.appendAll)('acme', {}), 'a list of drafts', 'another object'],
    ['config_invalid', () => loose(sealtrail.append)('acme', NOTE, null), 'options (session)', 'null'],
  ];
  for (const [code, call, needs, got] of calls) {
    const told = await toldOf(() => call(trail as unknown as Loose));
    expect(told, call.toString()).toMatchObject({ name: 'SealtrailError', code });
    expect(told, call.toString()).toMatchObject({
      message: expect.stringMatching(new RegExp(`needs .*${escaped(needs)}.*, and got ${got}`)),
    });
  }
  expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual(['proposal.created']);
});

it('what a trail promises it promises whatever it is given: no call throws before', async () => {
  const world = await newWorld();
  const { trail } = await world.plugin();
  const all = Object.getOwnPropertyNames(Object.getPrototypeOf(trail)).filter(
    (name) => !['constructor', 'isDue'].includes(name),
  );
  expect(all).toContain('approve');
  for (const name of all) {
    const call = (trail as unknown as Loose)[name] as (...given: unknown[]) => unknown;
    const promise = call.call(trail);
    expect([name, promise]).toEqual([name, expect.any(Promise)]);
    await expect(promise, name).rejects.toMatchObject({ name: 'SealtrailError' });
  }
});

it('opening without options is told so', async () => {
  for (const nothing of [undefined, null, 'audit.db'])
    await expect(openSealtrail(nothing as never)).rejects.toMatchObject({ code: 'config_invalid' });
});

// biome-ignore lint/suspicious/noExplicitAny: plain JavaScript
type Loose = any;
const loose = (call: unknown) => call as Loose;
const NOTE = { type: 'note.added', actor: { type: 'system', id: 'x' } };
const escaped = (text: string) => text.replace(/[()]/g, '\\$&');

async function toldOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}
