import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Trail } from '@sealtrail/sdk';
import * as ai from '@sealtrail/sdk/ai-sdk';
import * as langchain from '@sealtrail/sdk/langchain';
import * as mcp from '@sealtrail/sdk/mcp';
import { expect, it } from 'vitest';
import { openWorld } from '../sdk/trail/spool-world.ts';
import { codeOf, readContact, updateContact, verifiedEntries } from '../sdk/trail/world.ts';

type Call = (action: typeof readContact | typeof updateContact, id: string) => Promise<unknown>;
const agent = { id: 'assistant' };

/** One tool call of each framework, as it comes to the adapter, and what the model is told. */
const FRAMEWORKS: Record<string, (trail: Trail, run: (input: unknown) => unknown) => Call> = {
  'the AI SDK': (trail, run) => {
    const audit = ai.auditTools({ trail, agent, conversation: 'thread-1' });
    return async (action, toolCallId) => {
      const input = { id: 'c-1' };
      const tool = audit.tool(action as typeof readContact, run);
      await audit.approval({ toolCall: { toolName: action.name, toolCallId, input } });
      return tool.execute?.(input, { toolCallId, messages: [] } as never);
    };
  },
  LangChain: (trail, run) => {
    const audit = langchain.auditTools({ trail, agent });
    return async (action, id) => {
      const call = { type: 'tool_call' as const, name: action.name, id, args: { id: 'c-1' } };
      const tool = audit.tool(action as typeof readContact, run);
      const { text } = await tool.invoke(call, { configurable: { thread_id: 'thread-1' } });
      return JSON.parse(text);
    };
  },
  MCP: (trail, run) => {
    const server = new McpServer({ name: 'crm', version: '1.0.0' });
    let handler: ((given: object, extra: object) => Promise<CallToolResult>) | undefined;
    server.registerTool = ((_name: string, _config: unknown, given: typeof handler) => {
      handler = given;
    }) as never;
    const audit = mcp.auditServer(server, { trail, agent });
    return async (action, requestId) => {
      audit.registerTool(action as typeof readContact, run);
      const told = await handler?.({ id: 'c-1' }, { sessionId: 's-1', requestId });
      return told?.structuredContent?.['result'];
    };
  },
};

it.each(Object.keys(FRAMEWORKS))(
  'a call of %s that needs no approval goes on while the log is away, if the host says so; others wait',
  async (name) => {
    const { world, cut, sealtrail, trail } = await openWorld();
    const done: unknown[] = [];
    const call = FRAMEWORKS[name]?.(trail, (input) => {
      done.push(input);
      return { done: done.length };
    }) as Call;
    cut(true);
    expect(await call(readContact, 'call_1')).toEqual({ done: 1 });
    expect(await codeOf(call(readContact, 'call_1'))).toBe('already_executed');
    expect(await codeOf(call(updateContact, 'call_2'))).toBe('store_unavailable');
    cut(false);
    expect(await sealtrail.replay()).toMatchObject({ replayed: 4, refused: [] });
    if (name !== 'the AI SDK') expect(await call(readContact, 'call_1')).toEqual({ done: 1 });
    expect(done).toEqual([{ id: 'c-1' }]);
    expect((await verifiedEntries(world.location)).map(({ type }) => type)).toEqual([
      'proposal.created',
      'execution.started',
      'execution.executed',
      'proposal.created',
    ]);
  },
);
