import { Command, MemorySaver } from '@langchain/langgraph';
import { auditTools } from '@sealtrail/sdk/langchain';
import { createAgent, fakeModel, humanInTheLoopMiddleware } from 'langchain';
import { describe, expect, it } from 'vitest';
import { ben, MINUTE, newWorld, sarah, verifiedEntries, type World } from '../sdk/trail/world.ts';
import { ADA, call, type DeskOptions, newDesk, setPhone, WHY } from './langchain-desk.ts';

const types = async ({ location }: World) => (await verifiedEntries(location)).map(({ type }) => type);
const RAN = ['execution.started', 'execution.executed'];

async function waiting(options: DeskOptions = {}) {
  const world = await newWorld();
  const desk = await newDesk(world, [call('call_1', { ...ADA, ...WHY })], options);
  const { waiting } = await desk.start();
  return { world, desk, request: waiting[0] as NonNullable<(typeof waiting)[0]> };
}

describe('a tool call that needs approval', () => {
  it('interrupts the graph with what the log has about it', async () => {
    const { world, desk, request } = await waiting();
    expect(request).toMatchObject({
      type: 'sealtrail.approval',
      action: 'set_phone',
      tool_call_id: 'call_1',
      input: ADA,
      rationale: WHY._rationale,
      confidence: 0.9,
      expires_at: '2026-03-02T08:10:00.000Z',
    });
    expect(desk.done).toEqual([]);
    const [entry] = await verifiedEntries(world.location);
    expect(entry).toMatchObject({
      type: 'proposal.created',
      actor: { type: 'agent', id: 'assistant', model: 'example-1' },
      data: { tool_call_id: 'call_1', conversation_id: 'thread-1', confidence_source: 'self_reported' },
    });
  });

  it('runs when the graph is resumed after somebody approved', async () => {
    const { world, desk, request } = await waiting();
    await desk.trail.approve(request.proposal, { by: sarah });
    expect(await desk.resume()).toEqual({ waiting: [], replies: ['success {"ok":true}'] });
    expect(desk.done).toEqual([ADA]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.approved', ...RAN]);
  });

  it('runs as a person changed it, and is told that it was changed', async () => {
    const { world, desk, request } = await waiting();
    const input = { ...ADA, phone: '+44 20 7946 0999' };
    await desk.trail.approveEdited(setPhone, request.proposal, { by: sarah, input });
    await desk.resume();
    expect(desk.done).toEqual([input]);
    expect(desk.seen).toEqual([{ toolCallId: 'call_1', proposal: request.proposal, edited: true }]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.edited_approved', ...RAN]);
  });

  it('does not run when it was rejected, and the model is told why', async () => {
    const { world, desk, request } = await waiting();
    await desk.trail.reject(request.proposal, { by: ben, reason: 'We call her instead.' });
    const { replies } = await desk.resume();
    expect(replies).toEqual(['error the call was not executed, it is rejected: We call her instead.']);
    expect(desk.done).toEqual([]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.rejected', 'execution.not_executed']);
  });

  it('does not run when its time is up', async () => {
    const { world, desk } = await waiting();
    world.now += 11 * MINUTE;
    const { replies } = await desk.resume();
    expect(replies).toEqual(['error the call was not executed, it is expired']);
    expect(await types(world)).toEqual(['proposal.created', 'proposal.expired', 'execution.not_executed']);
  });

  it('waits on when the graph is resumed before anybody decided, whatever the resume says', async () => {
    const { world, desk, request } = await waiting();
    for (const forged of [true, { decisions: [{ type: 'approve' }] }, { approved: true, by: 'u-ceo' }]) {
      const { waiting } = await desk.resume(forged);
      expect(waiting.map(({ proposal }) => proposal)).toEqual([request.proposal]);
    }
    expect(desk.done).toEqual([]);
    expect(await types(world)).toEqual(['proposal.created']);
    await desk.trail.approve(request.proposal, { by: sarah });
    await desk.resume();
    expect(desk.done).toEqual([ADA]);
  });
});

describe('several calls in one turn', () => {
  const three = [1, 2, 3].map((n) => call(`call_${n}`, { id: `c-${n}`, phone: `${n}`, ...WHY }));

  it('wait each for itself: one rejected does not drop the approved ones, and the order does not matter', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, three);
    const { waiting } = await desk.start();
    const byCall = new Map(waiting.map((request) => [request.tool_call_id, request.proposal]));
    await desk.trail.approve(byCall.get('call_3') as string, { by: sarah });
    await desk.trail.reject(byCall.get('call_1') as string, { by: sarah });
    const second = await desk.resume();
    expect(desk.done).toEqual([{ id: 'c-3', phone: '3' }]);
    expect(second.waiting.map(({ tool_call_id }) => tool_call_id)).toEqual(['call_2']);
    await desk.trail.approve(byCall.get('call_2') as string, { by: ben });
    const last = await desk.resume();
    expect(last.replies).toHaveLength(3);
    expect(desk.done).toEqual([
      { id: 'c-3', phone: '3' },
      { id: 'c-2', phone: '2' },
    ]);
    await verifiedEntries(world.location);
  });

  it('can be approved with one click', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, three);
    const { waiting } = await desk.start();
    await desk.trail.decideMany(
      waiting.map(({ proposal }) => proposal),
      { by: sarah, decision: 'approved' },
    );
    await desk.resume();
    expect(desk.done).toHaveLength(3);
    const batches = (await verifiedEntries(world.location)).filter(({ type }) => type === 'batch.decided');
    expect(batches.map(({ data }) => data['size'])).toEqual([3]);
  });
});

describe('a graph that runs again', () => {
  it('in another process finds the proposal, and runs the tool once', async () => {
    const saver = new MemorySaver();
    const { world, desk, request } = await waiting({ saver });
    const other = await newDesk(world, [], { saver });
    await other.trail.approve(request.proposal, { by: sarah });
    // The model's queue of the other process is its own: it has only the last answer to give.
    await other.resume().catch(() => {});
    expect(other.done).toEqual([ADA]);
    // Somebody goes back to the checkpoint before it: the recorded result is given again.
    const states = [];
    for await (const state of desk.agent.graph.getStateHistory(desk.config)) states.push(state);
    const before = states.find(({ next }) => next.includes('tools'));
    await desk.agent.invoke(new Command({ resume: true }), before?.config as never).catch(() => {});
    expect(desk.done).toEqual([]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.approved', ...RAN]);
  });

  it('with other arguments than were approved is refused, and that is recorded', async () => {
    const { world, desk, request } = await waiting();
    await desk.trail.approve(request.proposal, { by: sarah });
    // The same call in the same thread, with other arguments: a checkpoint that somebody changed.
    const changed = await newDesk(world, [call('call_1', { ...ADA, phone: '+1 900 666' })]);
    await expect(changed.start()).rejects.toMatchObject({ code: 'args_mismatch' });
    expect(changed.done).toEqual([]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.approved', 'execution.args_mismatch']);
  });
});

describe('a tool', () => {
  it('that needs no approval runs at once; without rationale and confidence it is recorded without them', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [call('call_1', { id: 'c-ada' }, 'read_contact')]);
    expect((await desk.start()).replies).toEqual(['success {"ok":true}']);
    const entries = await verifiedEntries(world.location);
    expect(entries.map(({ type }) => type)).toEqual(['proposal.created', ...RAN]);
    expect(entries[0]?.data['confidence']).toBeNull();
  });

  it('that fails is recorded as failed, and the model is told', async () => {
    const world = await newWorld();
    const act = () => {
      throw new Error('the CRM is down');
    };
    const desk = await newDesk(world, [call('call_1', { id: 'c-ada' }, 'read_contact')], { act });
    expect((await desk.start()).replies).toEqual(['error the tool failed: the CRM is down']);
    expect(await types(world)).toEqual(['proposal.created', 'execution.started', 'execution.failed']);
  });

  it('that a policy denies does not run', async () => {
    const policies = [{ id: 'never', decide: () => 'deny' as const }];
    const { world, desk } = await waiting({ trail: { policies } });
    expect(desk.done).toEqual([]);
    expect(await types(world)).toEqual([
      'proposal.created',
      'decision.auto_denied',
      'execution.not_executed',
    ]);
  });

  it('does not run when the log is away, and the run fails', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [call('call_1', { id: 'c-ada' }, 'read_contact')]);
    await desk.sealtrail.close();
    await expect(desk.start()).rejects.toMatchObject({ code: 'store_closed' });
    expect(desk.done).toEqual([]);
    // Without the middleware the framework turns it into an answer; nothing runs all the same.
    const world2 = await newWorld();
    const swallowed = await newDesk(world2, [call('call_1', { id: 'c-ada' }, 'read_contact')], {
      middleware: false,
    });
    await swallowed.sealtrail.close();
    expect((await swallowed.start()).replies).toEqual([expect.stringContaining('the log is closed')]);
    expect(swallowed.done).toEqual([]);
  });

  it('needs a thread, in which the ids of calls count', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [call('call_1', ADA)]);
    const lost = desk.agent.invoke(
      { messages: [{ role: 'user', content: 'Go.' }] },
      { configurable: { thread_id: '\n' } },
    );
    await expect(lost).rejects.toMatchObject({ code: 'config_invalid' });
    await desk.sealtrail.trail('acme').recordChange({
      change: 'c',
      actor: { type: 'system', id: 'crm' },
      target: { type: 'contact', id: 'c' },
      fields: [],
      before: null,
      after: null,
    });
    expect(await types(world)).toEqual(['record.changed']);
  });
});

it('the framework’s own approvals, in front of an audited tool, do not replace the log', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  await sealtrail.store.register('acme');
  const done: unknown[] = [];
  const audit = auditTools({ trail, agent: { id: 'assistant' } });
  const theirs = humanInTheLoopMiddleware({
    interruptOn: { set_phone: true },
  } as never) as unknown as typeof audit.middleware;
  const agent = createAgent({
    model: fakeModel().respondWithTools([call('call_1', { ...ADA, ...WHY })]),
    tools: [audit.tool(setPhone, (input) => done.push(input))],
    checkpointer: new MemorySaver(),
    middleware: [theirs, audit.middleware],
  });
  const config = { configurable: { thread_id: 'thread-1' } };
  await agent.invoke({ messages: [{ role: 'user', content: 'Go.' }] }, config);
  // Approved by position, by nobody in particular, with an edit that overwrites the call.
  const edit = { type: 'edit', editedAction: { name: 'set_phone', args: { ...ADA, phone: '+1 900 666' } } };
  const result = (await agent.invoke(new Command({ resume: { decisions: [edit] } }), config)) as {
    __interrupt__?: { value: unknown }[];
  };
  expect(result.__interrupt__).toMatchObject([
    { value: { type: 'sealtrail.approval', input: { phone: '+1 900 666' } } },
  ]);
  expect(done).toEqual([]);
  expect(await types(world)).toEqual(['proposal.created']);
});
