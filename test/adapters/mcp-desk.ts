import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { type AuthenticatedUser, defineAction, type TrailOptions } from '@sealtrail/sdk';
import { auditServer } from '@sealtrail/sdk/mcp';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { MINUTE, readContact, type World } from '../sdk/trail/world.ts';

export const setPhone = defineAction({
  name: 'set_phone',
  description: 'Changes a phone number.',
  input: z.strictObject({ id: z.string(), phone: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  personal: ['phone'],
  expires_after_ms: 10 * MINUTE,
});

export const WHY = { _rationale: 'Her signature has a new number.', _confidence: 0.9 };
export const ADA = { id: 'c-ada', phone: '+44 20 7946 0112' };

export interface DeskOptions {
  readonly trail?: TrailOptions;
  /** Who is signed in at the client; absent when that is a program. */
  readonly signedIn?: AuthenticatedUser | undefined;
  /** What the person answers when asked; absent for a client that cannot ask. */
  readonly answers?: (message: string) => ElicitResult | Promise<ElicitResult>;
  readonly act?: () => unknown;
  readonly agent?: string;
}

/** A server with audited tools, and a real client that talks to it. */
export async function newDesk(world: World, options: DeskOptions = {}) {
  const { trail, sealtrail } = await world.plugin(options.trail);
  await sealtrail.store.register('acme');
  const done: unknown[] = [];
  const failures: unknown[] = [];
  const server = new McpServer({ name: 'crm', version: '1.0.0' });
  const audit = auditServer(server, {
    trail,
    agent: { id: options.agent ?? 'assistant' },
    signedIn: () => options.signedIn,
    onFailure: (error) => failures.push(error),
  });
  const act = (input: unknown) => {
    done.push(input);
    return options.act?.() ?? { ok: true };
  };
  audit.registerTool(setPhone, act, { annotations: { readOnlyHint: true, destructiveHint: false } });
  audit.registerTool(readContact, act);
  const client = new Client(
    { name: 'test', version: '1.0.0' },
    { capabilities: options.answers === undefined ? {} : { elicitation: {} } },
  );
  const asked: string[] = [];
  const { answers } = options;
  if (answers !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return answers(params.message);
    });
  }
  const [one, other] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(one), client.connect(other)]);
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  const call = async (args: Record<string, unknown>, name = 'set_phone') => {
    const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
    const [{ text }] = content as [{ text: string }];
    return {
      ...(structuredContent as { proposal: string; status: string; result?: unknown }),
      text,
      isError,
    };
  };
  return { trail, sealtrail, client, done, failures, asked, call };
}
