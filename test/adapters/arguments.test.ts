import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { auditRuns, withReasonsJson } from '@sealtrail/sdk/ag-ui';
import { auditTools as auditAiSdk } from '@sealtrail/sdk/ai-sdk';
import { auditTools as auditLangchain } from '@sealtrail/sdk/langchain';
import { auditServer } from '@sealtrail/sdk/mcp';
import { auditTools as auditOpenai } from '@sealtrail/sdk/openai-agents';
import { expect, it } from 'vitest';
import { newWorld, readContact, sarah, updateContact, verifiedEntries } from '../sdk/trail/world.ts';
import * as agUi from './ag-ui-desk.ts';
import * as aiSdk from './ai-sdk-desk.ts';

// biome-ignore lint/suspicious/noExplicitAny: plain JavaScript
type Loose = any;

/** What no compiler looked at: an argument that is missing, another one, or a promise that nobody waited for. */
it('a call of an adapter without what it needs is told what that is, and nothing is recorded', async () => {
  const world = await newWorld();
  const { trail, sealtrail } = await world.plugin();
  await sealtrail.append('acme', { type: 'note.added', actor: { type: 'system', id: 'x' } });
  const agent = { id: 'assistant' };
  const server = new McpServer({ name: 'crm', version: '1' });
  const aiSdk: Loose = auditAiSdk({ trail, agent, conversation: 'chat-1' });
  const openai: Loose = auditOpenai({ trail, agent, conversation: 'thread-1' });
  const agUi: Loose = auditRuns({ trail, agent, actions: [readContact] });
  const mcp: Loose = auditServer(server, { trail, agent });
  const langchain: Loose = auditLangchain({ trail, agent });
  const run = { threadId: 't-1', runId: 'r-1' };
  const state = { getInterruptions: () => [] };
  const item = { rawItem: { type: 'function_call', name: 'x', callId: 'c', arguments: '{}' } };
  const tool = () => 'ran';
  const calls: readonly [string, () => unknown, string, string][] = [
    ['config_invalid', () => aiSdk.tool(), 'an action', 'nothing'],
    ['draft_invalid', () => aiSdk.pending(), 'a list of messages', 'nothing'],
    ['draft_invalid', () => aiSdk.decide({ by: sarah }), 'a list of messages', 'another object'],
    ['draft_invalid', () => aiSdk.decide([]), 'options (by', 'nothing'],
    ['draft_invalid', () => aiSdk.approveEdited(updateContact), 'the id of a tool call', 'nothing'],
    ['config_invalid', () => openai.tool(), 'an action', 'nothing'],
    ['config_invalid', () => openai.tool(readContact, tool, null), 'options (agent', 'null'],
    ['draft_invalid', () => openai.pending(), 'the state of a run', 'nothing'],
    ['draft_invalid', () => openai.pending(Promise.resolve(state)), 'the state of a run', 'a promise'],
    ['draft_invalid', () => openai.approve({}, item, { by: sarah }), 'the state of a run', 'another object'],
    ['draft_invalid', () => openai.approve(state), 'an interruption', 'nothing'],
    ['draft_invalid', () => openai.approve(state, item), 'options (by', 'nothing'],
    ['draft_invalid', () => openai.approveEdited(readContact, state, item), 'options (by', 'nothing'],
    ['draft_invalid', () => openai.reject(state, item), 'options (by', 'nothing'],
    ['draft_invalid', () => openai.decideMany(state, item, {}), 'a list of interruptions', 'another object'],
    ['draft_invalid', () => openai.decideMany(state, [item]), 'options (by', 'nothing'],
    ['draft_invalid', () => agUi.propose(), 'a run', 'nothing'],
    ['draft_invalid', () => agUi.propose({ threadId: 't-1' }, {}), 'a run', 'another object'],
    ['draft_invalid', () => agUi.propose(run), 'a tool call', 'nothing'],
    ['draft_invalid', () => agUi.outcome(), 'a list of interrupts', 'nothing'],
    ['draft_invalid', () => agUi.resume(), 'a run', 'nothing'],
    [
      'input_invalid',
      () => agUi.resume({ ...run, resume: {} }, sarah),
      'a list of answers',
      'another object',
    ],
    ['input_invalid', () => agUi.resume({ ...run, resume: [null] }, sarah), 'a list of answers', 'a list'],
    ['draft_invalid', () => agUi.execute(), 'a run', 'nothing'],
    ['config_invalid', () => (withReasonsJson as Loose)(), 'the JSON schema', 'nothing'],
    ['config_invalid', () => mcp.registerTool(), 'an action', 'nothing'],
    ['config_invalid', () => mcp.registerTool(readContact, tool, null), 'options (title', 'null'],
    ['config_invalid', () => auditServer(undefined as never, { trail, agent }), 'an McpServer', 'nothing'],
    ['config_invalid', () => langchain.tool(), 'an action', 'nothing'],
  ];
  for (const [code, call, needs, got] of calls) {
    const told = await toldOf(call);
    expect(told, call.toString()).toMatchObject({ name: 'SealtrailError', code });
    expect(String(told), call.toString()).toContain(needs);
    expect(String(told), call.toString()).toContain(`, and got ${got}`);
  }
  expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual(['note.added']);
});

it('answers of nobody are refused, by the AI SDK and AG-UI, where there are any', async () => {
  const world = await newWorld();
  const desk = await aiSdk.newDesk(world);
  const history = await desk.run(aiSdk.ASKED, [aiSdk.call('call_1', aiSdk.ADA)]);
  const nobody = { by: undefined } as never;
  expect(await desk.audit.decide(history, nobody)).toEqual([]);
  await expect(desk.audit.decide(aiSdk.answer(history, true), nobody)).rejects.toMatchObject({
    code: 'actor_refused',
  });
  const runs = auditRuns({ trail: desk.trail, agent: { id: 'assistant' }, actions: [agUi.setPhone] });
  const run = { threadId: 't-1', runId: 'r-1' };
  const call = { id: 'call_1', name: 'set_phone', args: aiSdk.ADA };
  const { proposal } = await runs.propose(run, call);
  const resume = [{ interruptId: proposal.id, status: 'resolved' as const, payload: { approved: true } }];
  expect(await runs.resume(run, undefined as never)).toEqual([]);
  await expect(runs.resume({ ...run, resume }, undefined as never)).rejects.toMatchObject({
    code: 'actor_refused',
  });
  const types = (await verifiedEntries(world.location)).map(({ type }) => type);
  expect(types).toEqual(['proposal.created', 'proposal.created']);
});

async function toldOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}
