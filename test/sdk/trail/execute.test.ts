import { defineAction } from '@sealtrail/sdk';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  agent,
  ben,
  codeOf,
  newWorld,
  readContact,
  sarah,
  update,
  updateContact,
  verifiedEntries,
} from './world.ts';

const types = async (location: string) => (await verifiedEntries(location)).map(({ type }) => type);

describe('an execution', () => {
  it('runs with the approved arguments, and is recorded before and after', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    await trail.approveEdited(updateContact, proposal, { by: sarah, input: { id: 'c-1', stage: 'lost' } });
    let before: string[] = [];
    const result = await trail.execute(updateContact, proposal, async (input) => {
      before = await types(world.location);
      return { written: input };
    });
    expect(result).toEqual({ written: { id: 'c-1', stage: 'lost' } });
    expect(before.at(-1)).toBe('execution.started');
    const { execution, decision, started } = await trail.state(proposal);
    expect(execution?.entry.data).toMatchObject({ approval: 'decided', allowed_by: decision?.hash });
    expect(execution?.openings['result']?.value).toEqual(result);
    expect(started?.openings['args']?.value).toEqual({ id: 'c-1', stage: 'lost' });
    expect((await types(world.location)).at(-1)).toBe('execution.executed');
  });

  it('is refused, and that is recorded, while nobody approved', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const [waiting, rejected] = [
      await trail.propose(updateContact, update()),
      await trail.propose(updateContact, update()),
    ];
    await trail.reject(rejected, { by: ben });
    let runs = 0;
    for (const proposal of [waiting, rejected]) {
      expect(await codeOf(trail.execute(updateContact, proposal, () => runs++))).toBe('not_approved');
    }
    expect(runs).toBe(0);
    const refusals = (await verifiedEntries(world.location)).filter(
      ({ type }) => type === 'execution.not_executed',
    );
    expect(refusals.map(({ data }) => data['reason'])).toEqual(['pending', 'rejected']);
  });

  it.each([
    ['a date', { id: new Date(0) }],
    ['a member that is undefined', { id: 'c-1', stage: undefined }],
    ['a big integer', { id: 7n }],
    ['more than can be recorded', { id: 'x'.repeat(2_000_000) }],
  ])('is refused, and that is recorded, also with %s', async (_, input) => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    const attempt = trail.execute(updateContact, proposal, () => 1, { input: input as never });
    expect(await codeOf(attempt)).toBe('not_approved');
    expect(await types(world.location)).toEqual(['proposal.created', 'execution.not_executed']);
  });

  it.each([
    ['an object without a prototype', Object.create(null)],
    ['one that has no text', { toString: () => Symbol('none') }],
  ])('that throws %s is recorded as failed', async (_, thrown) => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    await trail.approve(proposal, { by: sarah });
    const run = trail.execute(updateContact, proposal, () => Promise.reject(thrown));
    expect(await run.catch((error) => error === thrown)).toBe(true);
    expect((await trail.state(proposal)).status).toBe('failed');
    await verifiedEntries(world.location);
  });

  it('is refused, and that is recorded, when its arguments are not the approved ones', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(updateContact, update());
    await trail.approve(proposal, { by: sarah });
    const other = { input: { id: 'c-1', phone: '+1 900 666', stage: 'won' } };
    expect(await codeOf(trail.execute(updateContact, proposal, () => 1, other))).toBe('args_mismatch');
    // Another order of members is the same input.
    const same = { input: { stage: 'won', phone: '+44 20 7946 0112', id: 'c-1' } };
    expect(await trail.execute(updateContact, proposal, () => 1, same)).toBe(1);
    expect(await types(world.location)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.args_mismatch',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('is refused when the schema makes something else of what was approved', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const refund = defineAction({
      name: 'refund',
      input: z.strictObject({ deal: z.string(), euro: z.number().transform((euro) => euro * 100) }),
      targets: ({ deal }) => [{ type: 'deal', id: deal }],
    });
    const said = { agent, rationale: null, confidence: null };
    const proposal = await trail.propose(refund, { ...said, input: { deal: 'd-1', euro: 7 } });
    await trail.approve(proposal, { by: sarah });
    const ran: unknown[] = [];
    expect(await codeOf(trail.execute(refund, proposal, (input) => ran.push(input)))).toBe('args_mismatch');
    expect(ran).toEqual([]);
    expect((await trail.state(proposal)).status).toBe('approved');
    const refusal = (await verifiedEntries(world.location)).at(-1);
    expect(refusal?.type).toBe('execution.args_mismatch');
  });

  it('of an edit is found under the records of both, the proposed ones first', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const [proposal, settled] = [
      await trail.propose(updateContact, update()),
      await trail.propose(updateContact, update()),
    ];
    const edit = { by: sarah, input: { id: 'c-2', stage: 'lost' } };
    for (const one of [proposal, settled]) await trail.approveEdited(updateContact, one, edit);
    await trail.execute(updateContact, proposal, () => 1);
    const { decision, started, execution } = await trail.state(proposal);
    const both = [
      { type: 'contact', id: 'c-1' },
      { type: 'contact', id: 'c-2' },
    ];
    for (const one of [decision, started, execution]) expect(one?.entry.targets).toEqual(both);
    const failing = trail.execute(updateContact, settled, async () => {
      throw new Error('the CRM said no');
    });
    await expect(failing).rejects.toThrow('the CRM said no');
    expect((await trail.state(settled)).execution?.entry.targets).toEqual(both);
    await verifiedEntries(world.location);
  });

  it('happens once, however many processes try at the same moment', async () => {
    const world = await newWorld();
    const plugins = await Promise.all([world.plugin(), world.plugin(), world.plugin()]);
    const proposal = await (plugins[0] as (typeof plugins)[0]).trail.propose(updateContact, update());
    await (plugins[1] as (typeof plugins)[0]).trail.approve(proposal, { by: sarah });
    let runs = 0;
    const codes = await Promise.all(
      plugins.map(({ trail }) => codeOf(trail.execute(updateContact, proposal.id, () => ++runs))),
    );
    expect(codes.sort()).toEqual(['already_executed', 'already_executed', 'no error']);
    expect(runs).toBe(1);
    await verifiedEntries(world.location);
  });

  it('that fails is recorded as failed, and its error reaches the caller', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(readContact, { ...update(), input: { id: 'c-1' } });
    const boom = new TypeError('the CRM said no');
    await expect(
      trail.execute(readContact, proposal, () => {
        throw boom;
      }),
    ).rejects.toBe(boom);
    const { status, execution } = await trail.state(proposal);
    expect(status).toBe('failed');
    expect(execution?.openings['result']?.value).toEqual({ name: 'TypeError', message: 'the CRM said no' });
    expect(execution?.entry.data['approval']).toBe('not_required');
    await verifiedEntries(world.location);
  });

  it.each([
    ['nothing', undefined, {}],
    ['a date', { at: new Date(0) }, { result: { at: '1970-01-01T00:00:00.000Z' } }],
    ['a function', () => 1, { omitted: 'not_json' }],
    ['a circle', circle(), { omitted: 'not_json' }],
    ['more than fits', 'x'.repeat(2_000_000), { omitted: 'too_large' }],
  ])('whose result is %s gives it back as it is', async (_, result, want) => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(readContact, { ...update(), input: { id: 'c-1' } });
    expect(await trail.execute(readContact, proposal, () => result)).toBe(result);
    const { execution } = await trail.state(proposal);
    const recorded = {
      ...(execution?.openings['result'] && { result: execution.openings['result'].value }),
      ...(execution?.entry.data['result_omitted'] && { omitted: execution.entry.data['result_omitted'] }),
    };
    expect(recorded).toEqual(want);
    await verifiedEntries(world.location);
  });

  it('of which nobody knows the end is settled later', async () => {
    const world = await newWorld();
    const { trail, sealtrail } = await world.plugin();
    const proposal = await trail.propose(readContact, { ...update(), input: { id: 'c-1' } });
    expect(await codeOf(trail.settle(proposal, { outcome: 'executed' }))).toBe('not_started');
    const other = await world.plugin();
    // The log goes away while the action runs.
    const unrecorded = codeOf(trail.execute(readContact, proposal, () => sealtrail.store.close()));
    expect(await unrecorded).toBe('outcome_unrecorded');
    expect((await other.trail.state(proposal)).status).toBe('executing');
    expect(await codeOf(other.trail.execute(readContact, proposal, () => 1))).toBe('already_executed');
    await other.trail.settle(proposal, { outcome: 'executed', result: { found: true } });
    expect((await other.trail.state(proposal)).execution?.entry.targets).toEqual([
      { type: 'contact', id: 'c-1' },
    ]);
    await other.trail.settle(proposal, { outcome: 'executed', result: { found: true } });
    expect(await codeOf(other.trail.settle(proposal, { outcome: 'failed' }))).toBe('id_conflict');
    expect(await types(world.location)).toEqual([
      'proposal.created',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('that is recorded may be settled as what it is, and has the ids of its call either way', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const ids = { tool_call_id: 'call_7', conversation_id: 'thread-1', trace_id: 'trace-2' };
    const [told, settled] = [
      await trail.propose(readContact, { ...update(), input: { id: 'c-1' }, ...ids }),
      await trail.propose(readContact, { ...update(), input: { id: 'c-1' }, ...ids }),
    ];
    await trail.execute(readContact, told, () => ({ found: true }));
    await trail.settle(told, { outcome: 'executed', result: { found: true } });
    expect(await codeOf(trail.settle(told, { outcome: 'failed' }))).toBe('id_conflict');
    const other = await world.plugin();
    const { store } = other.sealtrail;
    expect(await codeOf(other.trail.execute(readContact, settled, () => store.close()))).toBe(
      'outcome_unrecorded',
    );
    await trail.settle(settled, { outcome: 'executed' });
    for (const one of [told, settled]) {
      expect((await trail.state(one)).execution?.entry.data).toMatchObject(ids);
    }
    await verifiedEntries(world.location);
  });

  it('of a proposal about another action is refused', async () => {
    const world = await newWorld();
    const { trail } = await world.plugin();
    const proposal = await trail.propose(readContact, { ...update(), input: { id: 'c-1' } });
    expect(await codeOf(trail.execute(updateContact, proposal.id, () => 1))).toBe('input_invalid');
    expect(agent.id).toBe(proposal.agent.id);
    await verifiedEntries(world.location);
  });
});

function circle(): object {
  const one: Record<string, unknown> = {};
  one['self'] = one;
  return one;
}
