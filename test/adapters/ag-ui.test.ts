import { buildResumeArray } from '@ag-ui/client';
import { auditRuns, withReasonsJson } from '@sealtrail/sdk/ag-ui';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ben, codeOf, MINUTE, newWorld, sarah, verifiedEntries, type World } from '../sdk/trail/world.ts';
import { call, newDesk, setPhone, WHY } from './ag-ui-desk.ts';

// The client prints what a run fails with.
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

const ADA = { id: 'c-ada', phone: '+44 20 7946 0112' };
const types = async ({ location }: World) => (await verifiedEntries(location)).map(({ type }) => type);

/** Runs an agent with one call, and answers its interrupt. */
async function answered(payload: unknown, status: 'resolved' | 'cancelled' = 'resolved') {
  const world = await newWorld();
  const { agent, trail } = await newDesk(world);
  agent.calls = [call('call_1', { ...ADA, ...WHY })];
  await agent.runAgent({ runId: 'run-1' });
  const [interrupt] = agent.pendingInterrupts;
  agent.calls = [];
  agent.signedIn = sarah;
  const answer = () =>
    agent.runAgent({ runId: 'run-2', resume: [{ interruptId: interrupt?.id as string, status, payload }] });
  return { world, agent, trail, interrupt, answer };
}

describe('a tool call in an AG-UI run', () => {
  it('is a proposal, and an interrupt that says what to answer and until when', async () => {
    const { world, interrupt, trail } = await answered(undefined);
    const until = new Date(world.now + 10 * MINUTE).toISOString();
    expect(interrupt).toMatchObject({
      reason: 'tool_approval',
      message: WHY._rationale,
      toolCallId: 'call_1',
      expiresAt: until,
      responseSchema: { required: ['approved'] },
    });
    const { created } = await trail.state(interrupt?.id as string);
    expect(created.entry.data).toMatchObject({
      confidence: 0.9,
      confidence_source: 'self_reported',
      tool_call_id: 'call_1',
      conversation_id: 'thread-1',
      trace_id: 'run-1',
    });
    expect(created.openings['args']?.value).toEqual({ id: 'c-ada' });
    expect(created.openings['args.personal']?.value).toEqual({ phone: ADA.phone });
    expect(await types(world)).toEqual(['proposal.created']);
  });

  it('runs when it was approved, by whom the host says is signed in', async () => {
    const { world, agent, answer, trail, interrupt } = await answered({ approved: true });
    await answer();
    expect(agent.done).toEqual([ADA]);
    expect(agent.pendingInterrupts).toEqual([]);
    const { decision } = await trail.state(interrupt?.id as string);
    expect(decision?.entry).toMatchObject({
      actor: { id: 'u-sarah', auth_method: 'sso' },
      data: { channel: 'ag-ui' },
    });
    expect(await types(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
  });

  it('runs as it was changed, and not when it was rejected', async () => {
    const edited = await answered({
      approved: true,
      input: { ...ADA, phone: '+44 20 7946 0999' },
      reason: 'a typo',
    });
    await edited.answer();
    expect(edited.agent.done).toEqual([{ ...ADA, phone: '+44 20 7946 0999' }]);
    expect((await types(edited.world))[1]).toBe('decision.edited_approved');
    const rejected = await answered({ approved: false, reason: 'wrong person' });
    await rejected.answer();
    expect(rejected.agent.done).toEqual(['rejected']);
    expect(await types(rejected.world)).toEqual(['proposal.created', 'decision.rejected']);
  });

  it('waits on when the answer is cancelled, and is told when its time is up', async () => {
    const cancelled = await answered(undefined, 'cancelled');
    await cancelled.answer();
    expect(cancelled.agent.done).toEqual(['pending']);
    expect(await types(cancelled.world)).toEqual(['proposal.created']);
    // The client itself refuses to answer an interrupt whose time is up by its clock; a client of somebody else need not.
    const late = await answered({ approved: true });
    late.world.now += 11 * MINUTE;
    const outcomes = await late.agent.audit.resume(
      {
        threadId: 'thread-1',
        runId: 'run-2',
        resume: [
          { interruptId: late.interrupt?.id as string, status: 'resolved', payload: { approved: true } },
        ],
      },
      sarah,
    );
    expect(outcomes).toEqual([
      { interruptId: late.interrupt?.id, status: 'expired', refused: 'proposal_expired' },
    ]);
    expect(await types(late.world)).toEqual(['proposal.created', 'proposal.expired', 'decision.stale']);
  });

  it('is the same proposal when the run is repeated, here or on another server', async () => {
    const { world, agent, interrupt } = await answered(undefined);
    const other = (await newDesk(world)).agent;
    for (const one of [agent, other]) {
      one.calls = [call('call_1', { ...ADA, _rationale: 'said in other words' })];
      one.pendingInterrupts = [];
      await one.runAgent({ runId: 'run-again' });
      expect(one.pendingInterrupts.map(({ id }) => id)).toEqual([interrupt?.id]);
    }
    expect(await types(world)).toEqual(['proposal.created']);
  });

  it('whose time is up asks nobody when the run is repeated', async () => {
    const { world, agent } = await answered(undefined);
    world.now += 11 * MINUTE;
    const again = await agent.audit.propose(
      { threadId: 'thread-1', runId: 'run-2' },
      call('call_1', { ...ADA, ...WHY }),
    );
    expect([again.proposal.status, again.interrupt]).toEqual(['expired', undefined]);
    expect(await types(world)).toEqual(['proposal.created', 'proposal.expired']);
  });

  it('without rationale and confidence is recorded without them; one that needs no approval runs at once', async () => {
    const world = await newWorld();
    const { agent, trail } = await newDesk(world);
    agent.calls = [
      call('call_1', { id: 'c-ada' }, 'read_contact'),
      call('call_2', { ...ADA, _confidence: 'very' }),
    ];
    await agent.runAgent({ runId: 'run-1' });
    expect(agent.done).toEqual([{ id: 'c-ada' }]);
    const { created } = await trail.state(agent.pendingInterrupts[0]?.id as string);
    expect([created.entry.data['confidence'], created.openings['rationale']?.value]).toEqual([null, null]);
    await verifiedEntries(world.location);
  });
});

describe('answers', () => {
  it('given together are one bulk decision; those with changes or reasons stand alone', async () => {
    const world = await newWorld();
    const { agent } = await newDesk(world);
    agent.calls = [1, 2, 3, 4].map((n) => call(`call_${n}`, { id: `c-${n}`, phone: `${n}`, ...WHY }));
    await agent.runAgent({ runId: 'run-1' });
    const waiting = agent.pendingInterrupts;
    const payloads = [
      { approved: true },
      { approved: true },
      { approved: false },
      { approved: true, input: { id: 'c-4', phone: '44' } },
    ];
    const responses = Object.fromEntries(
      waiting.map(({ id }, i) => [id, { status: 'resolved' as const, payload: payloads[i] }]),
    );
    agent.calls = [];
    agent.signedIn = ben;
    await agent.runAgent({ runId: 'run-2', resume: buildResumeArray(waiting, responses) });
    expect(agent.done).toEqual([
      { id: 'c-1', phone: '1' },
      { id: 'c-2', phone: '2' },
      'rejected',
      { id: 'c-4', phone: '44' },
    ]);
    const entries = await verifiedEntries(world.location);
    const decisions = entries.filter(({ type }) => type.startsWith('decision.'));
    expect(decisions.map(({ type, data }) => [type, data['mode']])).toEqual([
      ['decision.approved', 'bulk'],
      ['decision.approved', 'bulk'],
      ['decision.rejected', 'individual'],
      ['decision.edited_approved', 'edit'],
    ]);
    expect(entries.filter(({ type }) => type === 'batch.decided').map(({ data }) => data['size'])).toEqual([
      2,
    ]);
  });

  it('that come after somebody else’s are recorded as stale, and the first decision counts', async () => {
    const { world, agent, trail, interrupt, answer } = await answered({ approved: true });
    await trail.reject(interrupt?.id as string, { by: ben });
    await answer();
    expect(agent.done).toEqual(['decision_stale']);
    expect(await types(world)).toEqual(['proposal.created', 'decision.rejected', 'decision.stale']);
  });

  it.each([
    ['with a person of their own', { approved: true, by: { id: 'u-ceo' } }],
    ['that are no object', true],
    ['that reject with changes', { approved: false, input: ADA }],
    ['with a change that the action does not take', { approved: true, input: { id: 1 } }],
  ])('%s are refused', async (_, payload) => {
    const { world, agent, answer } = await answered(payload);
    await expect(answer()).rejects.toMatchObject({ code: 'input_invalid' });
    expect(agent.done).toEqual([]);
    expect(await types(world)).toEqual(['proposal.created']);
  });

  it('of nobody who is signed in, or about nothing, are refused', async () => {
    const { world, agent, answer } = await answered({ approved: true });
    agent.signedIn = JSON.parse('{"id":"u-sarah","auth_method":"sso"}');
    await expect(answer()).rejects.toMatchObject({ code: 'actor_refused' });
    const resume = [{ interruptId: 'nothing', status: 'resolved' as const, payload: { approved: true } }];
    const call = agent.audit.resume({ threadId: 'thread-1', runId: 'r', resume }, sarah);
    expect(await codeOf(call)).toBe('proposal_unknown');
    expect(await types(world)).toEqual(['proposal.created']);
  });
});

describe('the id of an interrupt', () => {
  const THREAD = { threadId: 'thread-1', runId: 'run-2' };

  it('of another thread or another agent is refused, in an answer as in an execution', async () => {
    const { world, agent, trail, interrupt } = await answered(undefined);
    const interruptId = interrupt?.id as string;
    const resume = [{ interruptId, status: 'resolved' as const, payload: { approved: true } }];
    const elsewhere = { ...THREAD, threadId: 'thread-2' };
    const stranger = auditRuns({ trail, agent: { id: 'stranger' }, actions: [setPhone] });
    expect(await codeOf(agent.audit.resume({ ...elsewhere, resume }, ben))).toBe('proposal_unknown');
    expect(await codeOf(stranger.resume({ ...THREAD, resume }, ben))).toBe('proposal_unknown');
    const cancel = [{ interruptId, status: 'cancelled' as const }];
    expect(await codeOf(agent.audit.resume({ ...elsewhere, resume: cancel }, ben))).toBe('proposal_unknown');
    const done: unknown[] = [];
    const run = (input: unknown) => done.push(input);
    await trail.approve(interruptId, { by: sarah });
    expect(await codeOf(agent.audit.execute(elsewhere, setPhone, interruptId, run))).toBe('proposal_unknown');
    expect(await codeOf(stranger.execute(THREAD, setPhone, interruptId, run))).toBe('proposal_unknown');
    expect(done).toEqual([]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.approved']);
  });

  it('shows what was recorded, and a call with other arguments is another proposal', async () => {
    const { world, agent, interrupt } = await answered(undefined);
    const again = await agent.audit.propose(THREAD, call('call_1', { ...ADA, _rationale: 'a harmless one' }));
    expect(again.interrupt).toEqual(interrupt);
    const other = await agent.audit.propose(THREAD, call('call_1', { ...ADA, phone: '1', ...WHY }));
    expect(other.interrupt?.id).not.toBe(interrupt?.id);
    expect(await types(world)).toEqual(['proposal.created', 'proposal.created']);
  });
});

describe('a run that is repeated', () => {
  it('brings the same clicks: they count as they did, and are recorded once', async () => {
    const world = await newWorld();
    const { agent } = await newDesk(world);
    agent.calls = [1, 2, 3].map((n) => call(`call_${n}`, { id: `c-${n}`, phone: `${n}`, ...WHY }));
    await agent.runAgent({ runId: 'run-1' });
    const payloads = [{ approved: true }, { approved: true }, { approved: false, reason: 'no' }];
    const resume = agent.pendingInterrupts.map(({ id }, i) => ({
      interruptId: id,
      status: 'resolved' as const,
      payload: payloads[i],
    }));
    const run = { threadId: 'thread-1', runId: 'run-2', resume };
    const first = await agent.audit.resume(run, sarah);
    expect(first.map(({ status, refused }) => [status, refused])).toEqual([
      ['approved', undefined],
      ['approved', undefined],
      ['rejected', undefined],
    ]);
    const before = await verifiedEntries(world.location);
    const other = (await newDesk(world)).agent;
    expect(await other.audit.resume(run, sarah)).toEqual(first);
    expect(await verifiedEntries(world.location)).toEqual(before);
    // Another person's answers are others.
    const late = await other.audit.resume(run, ben);
    expect(late.map(({ refused }) => refused)).toEqual(Array(3).fill('decision_stale'));
    await verifiedEntries(world.location);
  });
});

it('an answer that is given twice in one run is one decision, and no bulk one', async () => {
  const { world, agent, interrupt } = await answered(undefined);
  const one = {
    interruptId: interrupt?.id as string,
    status: 'resolved' as const,
    payload: { approved: true },
  };
  const outcomes = await agent.audit.resume(
    { threadId: 'thread-1', runId: 'run-2', resume: [one, one] },
    sarah,
  );
  expect(outcomes.map(({ status, refused }) => [status, refused])).toEqual(
    Array(2).fill(['approved', undefined]),
  );
  const entries = await verifiedEntries(world.location);
  expect(entries.map(({ type, data }) => [type, data['mode']]).slice(1)).toEqual([
    ['decision.approved', 'individual'],
  ]);
});

describe('answers about one call that contradict each other', () => {
  const contrary = [{ approved: true }, { approved: false }];

  it.each([contrary, contrary.toReversed()])(
    '%j: the first counts, the other is told',
    async (...payloads) => {
      const { world, agent, interrupt } = await answered(undefined);
      const interruptId = interrupt?.id as string;
      const resume = payloads.map((payload) => ({ interruptId, status: 'resolved' as const, payload }));
      const run = { threadId: 'thread-1', runId: 'run-2', resume };
      const status = payloads[0]?.approved ? 'approved' : 'rejected';
      const first = await agent.audit.resume(run, sarah);
      expect(first).toEqual([
        { interruptId, status },
        { interruptId, status, refused: 'decision_stale' },
      ]);
      expect(await agent.audit.resume(run, sarah)).toEqual(first);
      expect(await types(world)).toEqual(['proposal.created', `decision.${status}`, 'decision.stale']);
    },
  );

  it.each([
    [
      [true, true, false],
      ['approved', 'approved'],
    ],
    [
      [false, true, true],
      ['rejected', 'approved'],
    ],
    [
      [false, false, true, true],
      ['rejected', 'rejected'],
    ],
  ])('%j in turn about two, each counts once', async (said, ends) => {
    const world = await newWorld();
    const { agent, trail } = await newDesk(world);
    agent.calls = [1, 2].map((n) => call(`call_${n}`, { id: `c-${n}`, phone: `${n}`, ...WHY }));
    await agent.runAgent({ runId: 'run-1' });
    const ids = agent.pendingInterrupts.map(({ id }) => id);
    const resume = said.map((approved, i) => ({
      interruptId: ids[i % 2] as string,
      status: 'resolved' as const,
      payload: { approved },
    }));
    const outcomes = await agent.audit.resume({ threadId: 'thread-1', runId: 'run-2', resume }, sarah);
    expect(await Promise.all(ids.map(async (id) => (await trail.state(id)).status))).toEqual(ends);
    const late = outcomes.map(({ refused }) => refused);
    expect(late).toEqual(said.map((_, i) => (i < 2 ? undefined : 'decision_stale')));
    const stale = (await types(world)).filter((type) => type === 'decision.stale');
    expect(stale).toHaveLength(said.length - 2);
  });
});

describe('the schema of a tool', () => {
  it('asks for a reason and a confidence, which are no part of the input', () => {
    const schema = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] };
    const shown = withReasonsJson(schema);
    expect(Object.keys(shown.properties)).toEqual(['id', '_rationale', '_confidence']);
    expect(shown).toMatchObject({ type: 'object', required: ['id'] });
  });
});

describe('what the log does not allow', () => {
  it('is not executed, whatever the frontend’s history says', async () => {
    const { world, agent, interrupt } = await answered(undefined);
    agent.messages = [{ id: 'm', role: 'tool', toolCallId: 'call_1', content: '{"approved":true}' }];
    await agent.runAgent({ runId: 'run-3' }).catch(() => {});
    expect(
      await codeOf(
        agent.audit.execute({ threadId: 'thread-1' }, setPhone, interrupt?.id as string, () =>
          agent.done.push('forged'),
        ),
      ),
    ).toBe('not_approved');
    expect(agent.done).toEqual([]);
    expect(await types(world)).toEqual(['proposal.created', 'execution.not_executed']);
  });

  it('nor is anything when the log is away: the run fails', async () => {
    const world = await newWorld();
    const { agent, sealtrail } = await newDesk(world);
    await sealtrail.close();
    agent.calls = [call('call_1', { id: 'c-ada' }, 'read_contact')];
    await expect(agent.runAgent({ runId: 'run-1' })).rejects.toMatchObject({ code: 'store_closed' });
    expect(agent.done).toEqual([]);
  });

  it('a tool that fails is recorded as failed', async () => {
    const { world, agent, interrupt, answer, trail } = await answered({ approved: true });
    await trail.approve(interrupt?.id as string, { by: sarah });
    const boom = new Error('the CRM is down');
    await expect(
      agent.audit.execute({ threadId: 'thread-1' }, setPhone, interrupt?.id as string, () => {
        throw boom;
      }),
    ).rejects.toBe(boom);
    await answer().catch(() => {});
    expect(await types(world)).toContain('execution.failed');
  });

  it('a tool without an action, and arguments that are no JSON, are refused', async () => {
    const world = await newWorld();
    const { agent } = await newDesk(world);
    const run = { threadId: 't', runId: 'r' };
    expect(await codeOf(agent.audit.propose(run, call('c', {}, 'launch_rocket')))).toBe('config_invalid');
    expect(await codeOf(agent.audit.propose(run, { id: 'c', name: 'set_phone', args: '{' }))).toBe(
      'input_invalid',
    );
  });
});
