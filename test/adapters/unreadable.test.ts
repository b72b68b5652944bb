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

type Given = Record<string, unknown>;
const NOTHING = 'the input is about a record whose id is not 1 to 256 bytes without control characters';
/** What a model gives, and what it is told of it. */
const INPUTS: [string, Given, string][] = [
  ['JSON cannot say', { id: 'c-1 \ud83d' }, 'id is no JSON (value_not_json)'],
  ['name no record', { id: '' }, NOTHING],
  ['name a record on two lines', { id: 'c-1\nc-2' }, NOTHING],
  ['no entry has room for', { id: 'c-1'.repeat(500_000) }, 'the input is larger than what can be recorded'],
];

/** Each gives what the model is told. */
const FRAMEWORKS: [string, (world: World, input: Given) => Promise<unknown>][] = [
  ['MCP', async (world, input) => (await (await mcp.newDesk(world)).call(input, 'read_contact')).text],
  [
    'LangChain',
    async (world, input) =>
      (await (await langchain.newDesk(world, [langchain.call('call-1', input, 'read_contact')])).start())
        .replies,
  ],
  [
    'the AI SDK',
    async (world, input) => {
      const desk = await aiSdk.newDesk(world);
      return aiSdk.outputs(await desk.run(aiSdk.ASKED, [aiSdk.call('call-1', input, 'read_contact')]));
    },
  ],
  [
    'the OpenAI Agents SDK',
    async (world, input) => {
      const desk = await openai.newDesk(world, [[['call-1', 'read_contact', input]], 'Done.']);
      await desk.run();
      return desk.model.told;
    },
  ],
];

describe.each(FRAMEWORKS)('by way of %s', (_, call) => {
  it.each(INPUTS)(
    'a call whose arguments %s is no proposal, and the model is told',
    async (_, input, told) => {
      const world = await newWorld();
      expect(JSON.stringify(await call(world, input))).toContain(`read_contact: ${told}`);
      expect(await verifiedEntries(world.location)).toEqual([]);
    },
  );
});

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
