import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { type Action, defineAction, type Trail } from '@sealtrail/sdk';
import { auditRuns } from '@sealtrail/sdk/ag-ui';
import { auditTools as auditAiSdk } from '@sealtrail/sdk/ai-sdk';
import { auditTools as auditLangchain } from '@sealtrail/sdk/langchain';
import { auditServer } from '@sealtrail/sdk/mcp';
import { auditTools as auditOpenai } from '@sealtrail/sdk/openai-agents';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newWorld, readContact, sarah } from '../sdk/trail/world.ts';

const server = () => new McpServer({ name: 'crm', version: '1' });
type Make = (options: never) => unknown;
const ADAPTERS: readonly [string, Make, object][] = [
  ['the AI SDK', auditAiSdk, { conversation: 'chat-1' }],
  ['the OpenAI Agents SDK', auditOpenai, { conversation: 'thread-1' }],
  ['LangChain', auditLangchain, {}],
  ['MCP', (options) => auditServer(server(), options), {}],
  ['AG-UI', auditRuns, { actions: [readContact] }],
];
const agent = { id: 'assistant' };
const refused = (named: string) =>
  expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(named) });

describe.each(ADAPTERS)('the adapter for %s', (_, make, own) => {
  it('refuses options that are none, by their names', async () => {
    const { trail, sealtrail } = await (await newWorld()).plugin();
    const good = { trail, agent, ...own };
    make(good as never);
    const wrong: readonly [object | undefined, string][] = [
      [undefined, 'Invalid input'],
      [{ ...good, onFailre: () => {} }, '"onFailre"'],
      [{ ...good, trail: undefined }, 'trail'],
      [{ ...good, trail: sealtrail }, 'trail'],
      [{ ...good, trail: 'acme' }, 'trail'],
      [{ ...good, agent: undefined }, 'agent'],
      [{ ...good, agent: 'assistant' }, 'agent'],
      [{ ...good, agent: { id: 'assistant', modell: 'example-1' } }, 'agent'],
      ...Object.keys(own).map((option): [object, string] => [{ ...good, [option]: 7 }, option]),
      ...Object.keys(own).map((option): [object, string] => [{ ...good, [option]: undefined }, option]),
    ];
    for (const [options, named] of wrong)
      expect(() => make(options as never), JSON.stringify(options)).toThrow(refused(named));
  });
});

/** Of two, each would be executed, and allowed once and for all, as the other. */
describe.each<[string, (trail: Trail) => (...actions: Action[]) => unknown]>([
  ['the AI SDK', (trail) => each(auditAiSdk({ trail, agent, conversation: 'chat-1' }))],
  ['the OpenAI Agents SDK', (trail) => each(auditOpenai({ trail, agent, conversation: 'thread-1' }))],
  ['LangChain', (trail) => each(auditLangchain({ trail, agent }))],
  [
    'MCP',
    (trail) => {
      const audit = auditServer(server(), { trail, agent });
      return (...actions) => actions.map((action) => audit.registerTool(action, () => 1));
    },
  ],
  [
    'AG-UI',
    (trail) =>
      (...actions) =>
        auditRuns({ trail, agent, actions }),
  ],
])('two actions of one name in %s', (name, audit) => {
  it('are refused', async () => {
    const { trail } = await (await newWorld()).plugin();
    const other = defineAction({ name: readContact.name, input: z.strictObject({}), targets: () => [] });
    const add = audit(trail);
    expect(() => add(readContact, other)).toThrow(refused('another action behind the tool read_contact'));
    // The same action is no other one; an MCP server itself takes a tool once.
    if (name !== 'MCP') audit(trail)(readContact, readContact);
  });
});

/** Makes a tool of each action. */
function each(audit: { tool(action: Action, execute: () => unknown): unknown }) {
  return (...actions: Action[]) => actions.map((action) => audit.tool(action, () => 1));
}

it.each<[string, (trail: Trail, action: Action, settings: never) => unknown]>([
  ['MCP', (trail, action, own) => auditServer(server(), { trail, agent }).registerTool(action, () => 1, own)],
  [
    'the OpenAI Agents SDK',
    (trail, action, own) =>
      auditOpenai({ trail, agent, conversation: 'thread-1' }).tool(action, () => 1, own),
  ],
])('settings of a tool that are none are refused: %s', async (_, tool) => {
  const { trail } = await (await newWorld()).plugin();
  expect(() => tool(trail, readContact, { needsApproval: false } as never)).toThrow(
    refused('"needsApproval"'),
  );
});

it('the AI SDK: what goes with answers and is misspelt is refused, also where there are none', async () => {
  const { trail } = await (await newWorld()).plugin();
  const audit = auditAiSdk({ trail, agent, conversation: 'chat-1' });
  await expect(audit.decide([], { by: sarah, chanel: 'web' } as never)).rejects.toMatchObject({
    code: 'draft_invalid',
  });
});
