import { describe, expect, it } from 'vitest';
import { newWorld, verifiedEntries, type World } from '../sdk/trail/world.ts';
import * as aiSdk from './ai-sdk-desk.ts';
import * as langchain from './langchain-desk.ts';
import * as mcp from './mcp-desk.ts';
import * as openai from './openai-agents-world.ts';

type Given = Record<string, unknown>;

const FRAMEWORKS: [string, (world: World, input: Given) => Promise<unknown>][] = [
  ['MCP', async (world, input) => (await mcp.newDesk(world)).call(input, 'read_contact')],
  [
    'LangChain',
    async (world, input) =>
      (await langchain.newDesk(world, [langchain.call('call-1', input, 'read_contact')])).start(),
  ],
  [
    'the AI SDK',
    async (world, input) =>
      (await aiSdk.newDesk(world)).run(aiSdk.ASKED, [aiSdk.call('call-1', input, 'read_contact')]),
  ],
  [
    'the OpenAI Agents SDK',
    async (world, input) =>
      (await openai.newDesk(world, [[['call-1', 'read_contact', input]], 'Done.'])).run(),
  ],
];

describe.each(FRAMEWORKS)('a call by way of %s', (_, call) => {
  it.each<[string, Given, string | null, number | null]>([
    ['null for both', { _rationale: null, _confidence: null }, null, null],
    ['a word for a number', { _rationale: 'A new number.', _confidence: 'high' }, 'A new number.', null],
    ['half a character', { _rationale: 'New number \ud83d', _confidence: 0.5 }, 'New number \ufffd', 0.5],
    ['more than can be kept', { _rationale: 'x'.repeat(2_000_000) }, null, null],
  ])('does not fail for the reasons that a model gives: %s', async (_, reasons, rationale, confidence) => {
    const world = await newWorld();
    await call(world, { id: 'c-1', ...reasons });
    const entries = await verifiedEntries(world.location);
    expect(entries.map(({ type }) => type)).toEqual([
      'proposal.created',
      'execution.started',
      'execution.executed',
    ]);
    expect(entries[0]?.data['confidence']).toBe(confidence);
    const { trail } = await world.plugin();
    const { created } = await trail.state(String(entries[0]?.data['proposal']));
    expect(created.openings['rationale']?.value).toBe(rationale);
  });
});
