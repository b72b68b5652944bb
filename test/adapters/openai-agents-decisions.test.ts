import { describe, expect, it } from 'vitest';
import { ben, codeOf, MINUTE, sarah } from '../sdk/trail/world.ts';
import {
  entriesOf,
  newDesk,
  newWorld,
  PHONE,
  story,
  updateContact,
  WHY,
  waiting,
} from './openai-agents-world.ts';

const CALL = ['call_1', 'update_contact', { id: 'c-1', phone: PHONE, ...WHY }] as const;
const MAIL = ['call_2', 'send_mail', { to: 'c-1', ...WHY }] as const;

describe('a call of an audited tool', () => {
  it('waits for a person, and runs once it was approved', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL], 'Done.']);
    const first = await desk.run();
    expect(first.finalOutput).toBeUndefined();
    expect(desk.done).toEqual([]);
    const [call] = await desk.audit.pending(first.state);
    expect(call).toMatchObject({
      action: 'update_contact',
      agent: 'assistant',
      input: { id: 'c-1', phone: PHONE },
      rationale: WHY._rationale,
      confidence: 0.9,
    });
    await desk.audit.approve(first.state, call!.item, { by: sarah, reason: 'I called her.' });
    const second = await desk.run(first.state);
    expect(second.finalOutput).toBe('Done.');
    expect(desk.done).toEqual([['update_contact', { id: 'c-1', phone: PHONE }]]);
    expect(desk.model.told).toEqual({ call_1: 'done' });
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
    const [created] = await entriesOf(world, 'proposal.created');
    expect(created).toMatchObject({
      actor: { type: 'agent', id: 'assistant', agent_version: '2.3.0', model: 'example-1' },
      targets: [{ type: 'contact', id: 'c-1' }],
      data: {
        proposal: call!.proposal,
        action: 'update_contact',
        approval: 'required',
        risk: 'medium',
        confidence: 0.9,
        confidence_source: 'self_reported',
        tool_call_id: 'call_1',
        conversation_id: 'thread-1',
      },
    });
    const [approved] = await entriesOf(world, 'decision.approved');
    expect(approved?.actor).toMatchObject({ type: 'user', id: 'u-sarah', auth_method: 'sso' });
    const state = await desk.trail.state(call!.proposal);
    expect(state.created.openings['rationale']?.value).toBe(WHY._rationale);
    expect(state.created.openings['args']?.value).toEqual({ id: 'c-1' });
    expect(state.created.openings['args.personal']?.value).toEqual({ phone: PHONE });
    expect(state.execution?.entry.data).toMatchObject({ approval: 'decided', tool_call_id: 'call_1' });
  });

  it('that was rejected does not run, and the model is told in the words of the host', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL], 'I see.']);
    const { state } = await desk.run();
    await desk.audit.reject(state, waiting(state)['call_1']!, {
      by: ben,
      reason: 'Private: she left the company.',
      message: 'Not this contact.',
    });
    expect((await desk.run(state)).finalOutput).toBe('I see.');
    expect(desk.done).toEqual([]);
    expect(desk.model.told).toEqual({ call_1: 'Not this contact.' });
    expect(await story(world)).toEqual(['proposal.created', 'decision.rejected']);
    const [rejected] = await entriesOf(world, 'decision.rejected');
    expect(rejected?.actor).toMatchObject({ type: 'user', id: 'u-ben', auth_method: 'password+totp' });
  });

  it('that was edited runs with the edited arguments, whatever the framework has', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL], 'Done.']);
    const { state } = await desk.run();
    const input = { id: 'c-1', phone: '+44 20 7946 0999' };
    await desk.audit.approveEdited(updateContact, state, waiting(state)['call_1']!, { by: sarah, input });
    await desk.run(state);
    expect(desk.done).toEqual([['update_contact', input, 'edited']]);
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.edited_approved',
      'execution.started',
      'execution.executed',
    ]);
    const [edited] = await entriesOf(world, 'decision.edited_approved');
    expect(edited?.data).toMatchObject({ mode: 'edit', edited_fields: ['phone'] });
    const { started } = await desk.trail.state(edited?.data['proposal'] as string);
    expect(started?.openings['args.personal']?.value).toEqual({ phone: input.phone });
  });

  it('whose time is up does not run, and the run goes on', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL], 'Too late, then.']);
    const { state } = await desk.run();
    world.now += 11 * MINUTE;
    const late = desk.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    expect(await codeOf(late)).toBe('proposal_expired');
    expect((await desk.run(state)).finalOutput).toBe('Too late, then.');
    expect(desk.done).toEqual([]);
    expect(desk.model.told['call_1']).toContain('nobody approved the call in time');
    expect(await story(world)).toEqual(['proposal.created', 'proposal.expired', 'decision.stale']);
  });

  it('runs without a word to the framework when somebody approved it in the log', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL, MAIL], 'Done.']);
    const { state } = await desk.run();
    const [call, mail] = await desk.audit.pending(state);
    await desk.trail.approve(call!.proposal, { by: sarah });
    await desk.trail.reject(mail!.proposal, { by: ben });
    expect((await desk.run(state)).finalOutput).toBe('Done.');
    expect(desk.done).toEqual([['update_contact', { id: 'c-1', phone: PHONE }]]);
    expect(desk.model.told['call_2']).toBe('send_mail was not executed: the call was rejected.');
    expect(await entriesOf(world, 'execution.not_executed')).toMatchObject([
      { data: { reason: 'rejected' } },
    ]);
  });

  it.each(['by a click that comes too late', 'by looking again'])(
    'that somebody else decided about is left to that decision, found %s',
    async (how) => {
      const world = await newWorld();
      const desk = await newDesk(world, [[CALL], 'I see.']);
      const { state } = await desk.run();
      const [call] = await desk.audit.pending(state);
      await desk.trail.reject(call!.proposal, { by: ben });
      const late = how === 'by a click that comes too late';
      if (late) {
        expect(await codeOf(desk.audit.approve(state, call!.item, { by: sarah }))).toBe('decision_stale');
      } else {
        expect(await desk.audit.pending(state)).toEqual([]);
      }
      expect((await desk.run(state)).finalOutput).toBe('I see.');
      expect(desk.done).toEqual([]);
      expect(await story(world)).toEqual([
        'proposal.created',
        'decision.rejected',
        ...(late ? ['decision.stale'] : []),
      ]);
    },
  );
});

describe('two calls in one turn', () => {
  it('are decided one by one: one runs, the other does not', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL, MAIL], 'Done.']);
    const { state } = await desk.run();
    const items = waiting(state);
    await desk.audit.approve(state, items['call_1']!, { by: sarah });
    await desk.audit.reject(state, items['call_2']!, { by: ben });
    expect((await desk.run(state)).finalOutput).toBe('Done.');
    expect(desk.done).toEqual([['update_contact', { id: 'c-1', phone: PHONE }]]);
    expect(desk.model.told).toEqual({
      call_1: 'done',
      call_2: 'send_mail was not executed: the call was rejected.',
    });
    expect(await story(world)).toEqual([
      'proposal.created',
      'proposal.created',
      'decision.approved',
      'decision.rejected',
      'execution.started',
      'execution.executed',
    ]);
    const created = await entriesOf(world, 'proposal.created');
    const decided = [
      ...(await entriesOf(world, 'decision.approved')),
      ...(await entriesOf(world, 'decision.rejected')),
    ];
    const callOf = (proposal: unknown) =>
      created.find(({ data }) => data['proposal'] === proposal)?.data['tool_call_id'];
    expect(decided.map(({ data }) => callOf(data['proposal']))).toEqual(['call_1', 'call_2']);
  });

  it('can wait for different lengths of time', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL, MAIL], 'Done.']);
    const { state } = await desk.run();
    await desk.audit.approve(state, waiting(state)['call_1']!, { by: sarah });
    const second = await desk.run(state);
    expect(second.finalOutput).toBeUndefined();
    expect(Object.keys(waiting(second.state))).toEqual(['call_2']);
    await desk.audit.approve(second.state, waiting(second.state)['call_2']!, { by: ben });
    expect((await desk.run(second.state)).finalOutput).toBe('Done.');
    expect(desk.done.map((one) => (one as string[])[0])).toEqual(['update_contact', 'send_mail']);
    expect(await entriesOf(world, 'proposal.created')).toHaveLength(2);
    expect(await entriesOf(world, 'execution.executed')).toHaveLength(2);
  });

  it.each(['approved', 'rejected'] as const)('are %s with one click', async (decision) => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL, MAIL], 'Done.']);
    const { state } = await desk.run();
    const items = state.getInterruptions();
    const outcome = await desk.audit.decideMany(state, items, { by: sarah, decision, message: 'Not today.' });
    expect(outcome).toMatchObject({ size: 2, stale: [] });
    await desk.run(state);
    expect(desk.done).toHaveLength(decision === 'approved' ? 2 : 0);
    expect(Object.values(desk.model.told)).toEqual(
      decision === 'approved' ? ['done', 'done'] : ['Not today.', 'Not today.'],
    );
    const decided = await entriesOf(world, `decision.${decision}`);
    expect(decided.map(({ data }) => [data['mode'], data['batch'], data['batch_size']])).toEqual([
      ['bulk', outcome.batch, 2],
      ['bulk', outcome.batch, 2],
    ]);
    expect(await entriesOf(world, 'batch.decided')).toMatchObject([{ actor: { id: 'u-sarah' } }]);
  });

  it('can be one that was decided already: the click tells the run both', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [[CALL, MAIL], 'Done.']);
    const { state } = await desk.run();
    const [call] = await desk.audit.pending(state);
    await desk.trail.reject(call!.proposal, { by: ben });
    const outcome = await desk.audit.decideMany(state, state.getInterruptions(), {
      by: sarah,
      decision: 'approved',
    });
    expect(outcome.stale).toEqual([{ proposal: call!.proposal, status: 'rejected' }]);
    expect((await desk.run(state)).finalOutput).toBe('Done.');
    expect(desk.done).toEqual([['send_mail', { to: 'c-1' }]]);
    expect(await entriesOf(world, 'decision.stale')).toHaveLength(1);
  });
});
