import { auditRuns } from '@sealtrail/sdk/ag-ui';
import { erase } from '@sealtrail/store';
import type { ModelMessage } from 'ai';
import { describe, expect, it } from 'vitest';
import { openWorld } from '../sdk/trail/spool-world.ts';
import { codeOf, newWorld, readContact, sarah, verifiedEntries, type World } from '../sdk/trail/world.ts';
import * as agui from './ag-ui-desk.ts';
import * as ai from './ai-sdk-desk.ts';
import * as langchain from './langchain-desk.ts';
import * as openai from './openai-agents-world.ts';

// Models use the id of a call again in one conversation, for another call: what they want then is in the log, as a proposal of its own.

const ADA = { id: 'c-ada', phone: '+44 20 7946 0112' };
const BOB = { id: 'c-bob', phone: '+44 20 7946 0999' };
const WHY = { _rationale: 'A signature has a new number.', _confidence: 0.9 };
const RAN = ['proposal.created', 'decision.approved', 'execution.started', 'execution.executed'];
const types = async ({ location }: World) => (await verifiedEntries(location)).map(({ type }) => type);

describe('the id of a call, used again for another one in an AG-UI thread', () => {
  const run = (runId: string) => ({ threadId: 'thread-1', runId });
  const hers = agui.call('call_1', { ...ADA, ...WHY });
  const his = agui.call('call_1', { ...BOB, ...WHY });
  const read = agui.call('call_1', { id: 'c-ada' }, 'read_contact');

  it('is as many proposals, each found again by a run that is repeated, in whatever order', async () => {
    const world = await newWorld();
    const { agent } = await agui.newDesk(world);
    const calls = [hers, his, read];
    const ids: string[] = [];
    for (const call of calls) ids.push((await agent.audit.propose(run('run-1'), call)).proposal.id);
    const other = (await agui.newDesk(world)).agent;
    for (const i of [2, 0, 1, 1]) {
      const again = await other.audit.propose(run('again'), calls[i] as typeof hers);
      expect(again.proposal.id).toBe(ids[i]);
      expect(again.interrupt?.id).toBe(i === 2 ? undefined : ids[i]);
    }
    const made = await verifiedEntries(world.location);
    expect(made.map(({ type, data }) => [type, data['action'], data['tool_call_id']])).toEqual([
      ['proposal.created', 'set_phone', 'call_1'],
      ['proposal.created', 'set_phone', 'call_1'],
      ['proposal.created', 'read_contact', 'call_1'],
    ]);
  });

  it('is decided about and executed each for itself, and in its own thread', async () => {
    const world = await newWorld();
    const { agent } = await agui.newDesk(world);
    // At the same moment, too.
    const [one, two] = await Promise.all([hers, his].map((call) => agent.audit.propose(run('run-1'), call)));
    const [first, second] = [one?.proposal.id as string, two?.proposal.id as string];
    const answer = { interruptId: second, status: 'resolved' as const, payload: { approved: true } };
    await agent.audit.resume({ ...run('run-2'), resume: [answer] }, sarah);
    const execute = (id: string) =>
      agent.audit.execute(run('run-2'), agui.setPhone, id, (input) => agent.done.push(input));
    expect(await codeOf(execute(first))).toBe('not_approved');
    await execute(second);
    expect(agent.done).toEqual([BOB]);
    const elsewhere = agent.audit.resume({ threadId: 'thread-2', runId: 'r', resume: [answer] }, sarah);
    expect(await codeOf(elsewhere)).toBe('proposal_unknown');
    await verifiedEntries(world.location);
  });

  it('is as many proposals also while the log is away', async () => {
    const { world, cut, sealtrail, trail } = await openWorld();
    const audit = auditRuns({ trail, agent: { id: 'assistant' }, actions: [readContact] });
    const done: unknown[] = [];
    const act = async (id: string) => {
      const { proposal } = await audit.propose(run('run-1'), agui.call('call_1', { id }, 'read_contact'));
      if (proposal.status !== 'approved') return;
      await trail.execute(readContact, proposal, (input) => done.push(input));
    };
    await act('c-1');
    cut(true);
    await act('c-2');
    await act('c-3');
    cut(false);
    expect(await sealtrail.replay()).toMatchObject({ replayed: 6, refused: [] });
    for (const id of ['c-2', 'c-1', 'c-3']) await act(id);
    expect(done).toEqual([{ id: 'c-1' }, { id: 'c-2' }, { id: 'c-3' }]);
    const entries = await verifiedEntries(world.location);
    expect(entries.filter(({ type }) => type === 'proposal.created')).toHaveLength(3);
  });

  it('says nothing about the arguments in its proposals’ ids, which stay when these are erased', async () => {
    const ids = await Promise.all(
      ['1', '2'].map(async (phone) => {
        const { agent } = await agui.newDesk(await newWorld());
        await agent.audit.propose(run('run-1'), hers);
        return (await agent.audit.propose(run('run-1'), agui.call('call_1', { ...BOB, phone }))).proposal.id;
      }),
    );
    expect(ids[0]).toBe(ids[1]);
  });
});

describe('the id of a call that is over, used again for another one', () => {
  it('waits for a person of its own in LangGraph, and the first one’s approval allows nothing', async () => {
    const world = await newWorld();
    const first = await langchain.newDesk(world, [langchain.call('call_1', { ...ADA, ...WHY })]);
    const [one] = (await first.start()).waiting;
    await first.trail.approve(String(one?.proposal), { by: sarah });
    await first.resume();
    const again = await langchain.newDesk(world, [langchain.call('call_1', { ...BOB, ...WHY })]);
    const [two] = (await again.start()).waiting;
    expect(two).toMatchObject({ tool_call_id: 'call_1', input: BOB });
    expect(two?.proposal).not.toBe(one?.proposal);
    // What the first one was about is erased: the second is still itself.
    await erase(again.sealtrail.store, 'acme', {
      about: 'record',
      target: { type: 'contact', id: 'c-ada' },
      basis: 'gdpr_art_17',
      by: { type: 'user', id: 'u-dpo', auth_method: 'sso' },
    });
    await again.trail.approve(String(two?.proposal), { by: sarah });
    await again.resume();
    expect([first.done, again.done]).toEqual([[ADA], [BOB]]);
    expect((await types(world)).filter((type) => RAN.includes(type))).toEqual([...RAN, ...RAN]);
  });

  it('is asked about in a chat of the AI SDK, although the history has both', async () => {
    const world = await newWorld();
    const desk = await ai.newDesk(world);
    let history: ModelMessage[] = await desk.run(ai.ASKED, [ai.call('call_1', { ...ADA, ...WHY })]);
    history = ai.answer(history, true);
    await desk.audit.decide(history, { by: sarah });
    history = await desk.run(history);
    history = await desk.run([...history, ...ai.ASKED], [ai.call('call_1', { ...BOB, ...WHY })]);
    const pending = await desk.audit.pending(history);
    expect(pending).toMatchObject([{ toolCallId: 'call_1', input: BOB }]);
    const answered = ai.answer(history, true, true);
    expect(await desk.audit.decide(answered, { by: sarah })).toMatchObject([{ status: 'approved' }]);
    await desk.run(answered);
    expect(desk.failures).toEqual([]);
    expect(desk.done).toEqual([ADA, BOB]);
    expect(await types(world)).toEqual([...RAN, ...RAN]);
  });

  it('is asked about in the next run of OpenAI Agents, after a rejection as well', async () => {
    const world = await newWorld();
    const call = (input: object) => ['call_1', 'update_contact', { ...input, ...WHY }] as const;
    const desk = await openai.newDesk(world, [[call(ADA)], 'Done.', [call(BOB)], 'Done.']);
    const { state } = await desk.run();
    const [one] = await desk.audit.pending(state);
    await desk.audit.reject(state, one!.item, { by: sarah });
    await desk.run(state);
    // Within one run the framework itself refuses it.
    const { state: next } = await desk.run();
    const [two] = await desk.audit.pending(next);
    expect(two).toMatchObject({ input: BOB });
    await desk.audit.approve(next, two!.item, { by: sarah });
    expect((await desk.run(next)).finalOutput).toBe('Done.');
    expect(desk.done).toEqual([['update_contact', BOB]]);
    expect(await types(world)).toEqual(['proposal.created', 'decision.rejected', ...RAN]);
  });
});
