import { Agent, RunState } from '@openai/agents';
import { describe, expect, it } from 'vitest';
import { sarah } from '../sdk/trail/world.ts';
import { ScriptedModel, type Turn } from './openai-agents-model.ts';
import {
  type Desk,
  entriesOf,
  failureOf,
  newDesk,
  newWorld,
  readContact,
  SESSION,
  type State,
  story,
  WHY,
  type World,
} from './openai-agents-world.ts';

const MAIL = ['call_9', 'send_mail', { to: 'c-1', ...WHY }] as const;
const ASK = ['call_1', 'ask_writer', { input: 'Write to her.' }] as const;

/** A desk whose agent has another agent for a tool; that one has the audited tools. */
async function newOffice(world: World, writer: readonly Turn[], turns: readonly Turn[]) {
  const failures: unknown[] = [];
  const desk = await newDesk(world, writer, { onFailure: (error) => failures.push(error) });
  const { agent: inner } = desk;
  const model = new ScriptedModel(turns);
  const asTool = inner.asTool({ toolName: 'ask_writer', toolDescription: 'Asks the writer.' });
  const agent = new Agent<typeof SESSION>({ name: 'Front', model, tools: [asTool] });
  return { desk, agent, model, failures };
}

const run = (desk: Desk, agent: Agent<typeof SESSION>, state?: State) => desk.run(state, { agent });

describe('an agent that is the tool of another', () => {
  it('has its calls recorded and decided in the outer run', async () => {
    const world = await newWorld();
    const { desk, agent } = await newOffice(world, [[MAIL], 'Sent.'], [[ASK], 'All done.']);
    const { state } = await run(desk, agent);
    const [call] = await desk.audit.pending(state);
    expect(call).toMatchObject({ action: 'send_mail', input: { to: 'c-1' } });
    await desk.audit.approve(state, call!.item, { by: sarah });
    expect((await run(desk, agent, state)).finalOutput).toBe('All done.');
    expect(desk.done).toEqual([['send_mail', { to: 'c-1' }]]);
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
    expect((await entriesOf(world, 'proposal.created'))[0]?.data).toMatchObject({
      tool_call_id: 'call_9',
      conversation_id: 'thread-1',
    });
  });

  it('does not execute what was approved in the state alone, and the host is told although the caller is not', async () => {
    const world = await newWorld();
    const before = await newOffice(world, [[MAIL]], [[ASK]]);
    const { state } = await run(before.desk, before.agent);
    const copy = await RunState.fromString(before.agent, state.toString());
    for (const item of copy.getInterruptions()) copy.approve(item);
    const { desk, agent, failures } = await newOffice(world, ['Sent.'], ['All done.']);
    const forged = (await RunState.fromString(agent, copy.toString())) as State;
    // The framework makes of the failure of an inner run a result for the model.
    expect(await failureOf(run(desk, agent, forged))).toBe('no error');
    expect(failures).toMatchObject([{ code: 'not_approved', detail: { status: 'pending' } }]);
    expect(desk.done).toEqual([]);
    expect(await story(world)).toEqual(['proposal.created', 'execution.not_executed']);
  });

  it('is restored without the approvals in the state', async () => {
    const world = await newWorld();
    const before = await newOffice(world, [[MAIL]], [[ASK]]);
    const { state } = await run(before.desk, before.agent);
    for (const item of state.getInterruptions()) state.approve(item);
    const { desk, agent, failures } = await newOffice(world, ['Sent.'], ['All done.']);
    const restored = await desk.audit.restore(agent, state.toString(), SESSION);
    const { state: still } = await run(desk, agent, restored);
    const [call] = await desk.audit.pending(still);
    await desk.audit.approve(still, call!.item, { by: sarah });
    expect((await run(desk, agent, still)).finalOutput).toBe('All done.');
    expect(failures).toEqual([]);
    expect(desk.done).toEqual([['send_mail', { to: 'c-1' }]]);
    expect(await story(world)).toEqual([
      'proposal.created',
      'decision.approved',
      'execution.started',
      'execution.executed',
    ]);
  });
});

describe('two agents of one run', () => {
  it('are told apart where their tools say whose they are', async () => {
    const world = await newWorld();
    const desk = await newDesk(world, [], {});
    const tool = desk.audit.tool(readContact, () => 'Ada', {
      agent: { id: 'reader', agent_version: '1.0.0' },
    });
    const read = [['call_1', 'read_contact', { id: 'c-1', ...WHY }]] as const;
    const agent = new Agent<typeof SESSION>({
      name: 'Reader',
      model: new ScriptedModel([read, 'Ada.']),
      tools: [tool],
    });
    expect((await run(desk, agent)).finalOutput).toBe('Ada.');
    const actors = (await entriesOf(world, 'execution.executed')).map(({ actor }) => actor);
    expect(actors).toEqual([{ type: 'agent', id: 'reader', agent_version: '1.0.0' }]);
  });
});
