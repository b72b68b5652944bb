import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { Action, Trail } from '@sealtrail/sdk';
import { auditTools as auditAiSdk } from '@sealtrail/sdk/ai-sdk';
import { auditTools as auditLangchain } from '@sealtrail/sdk/langchain';
import { auditServer } from '@sealtrail/sdk/mcp';
import { auditTools as auditOpenai } from '@sealtrail/sdk/openai-agents';
import { describe, expect, it } from 'vitest';
import { newWorld, readContact, verifiedEntries, type World } from '../sdk/trail/world.ts';
import * as aiSdk from './ai-sdk-desk.ts';
import * as langchain from './langchain-desk.ts';
import * as mcp from './mcp-desk.ts';
import * as openai from './openai-agents-world.ts';

const HALF = { id: 'c-1 \ud83d' };
const TOLD = 'read_contact: id is no JSON (value_not_json)';

/** Each gives what the model is told. */
const FRAMEWORKS: [string, (world: World) => Promise<unknown>][] = [
  ['MCP', async (world) => (await (await mcp.newDesk(world)).call(HALF, 'read_contact')).text],
  [
    'LangChain',
    async (world) =>
      (await (await langchain.newDesk(world, [langchain.call('call-1', HALF, 'read_contact')])).start())
        .replies,
  ],
  [
    'the AI SDK',
    async (world) => {
      const desk = await aiSdk.newDesk(world);
      return aiSdk.outputs(await desk.run(aiSdk.ASKED, [aiSdk.call('call-1', HALF, 'read_contact')]));
    },
  ],
  [
    'the OpenAI Agents SDK',
    async (world) => {
      const desk = await openai.newDesk(world, [[['call-1', 'read_contact', HALF]], 'Done.']);
      await desk.run();
      return desk.model.told;
    },
  ],
];

it.each(FRAMEWORKS)(
  'a call whose arguments JSON cannot say is no proposal, and the model is told: %s',
  async (_, call) => {
    const world = await newWorld();
    expect(JSON.stringify(await call(world))).toContain(TOLD);
    expect(await verifiedEntries(world.location)).toEqual([]);
  },
);

describe('a tool that only makes a generator, or has no function', () => {
  async function* generator(): AsyncGenerator<number> {
    yield 1;
  }
  const agent = { id: 'assistant' };

  it.each<[string, (trail: Trail, action: Action, act: () => unknown) => unknown]>([
    [
      'MCP',
      (trail, action, act) =>
        auditServer(new McpServer({ name: 'crm', version: '1' }), { trail, agent }).registerTool(action, act),
    ],
    ['LangChain', (trail, action, act) => auditLangchain({ trail, agent }).tool(action, act)],
    [
      'the AI SDK',
      (trail, action, act) => auditAiSdk({ trail, agent, conversation: 'chat-1' }).tool(action, act),
    ],
    [
      'the OpenAI Agents SDK',
      (trail, action, act) => auditOpenai({ trail, agent, conversation: 'thread-1' }).tool(action, act),
    ],
  ])('is refused: it would be recorded as executed when nothing was done: %s', async (_, make) => {
    const { trail } = await (await newWorld()).plugin();
    for (const act of [generator, undefined])
      expect(() => make(trail, readContact, act as never)).toThrow(
        expect.objectContaining({ code: 'config_invalid' }),
      );
  });
});
