import { AIMessage, type BaseMessage, type ToolMessage } from '@langchain/core/messages';
import { Command, MemorySaver } from '@langchain/langgraph';
import { defineAction, type TrailOptions } from '@sealtrail/sdk';
import { type ApprovalRequest, type AuditedCall, auditTools } from '@sealtrail/sdk/langchain';
import { createAgent, fakeModel } from 'langchain';
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

export interface Call {
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly id: string;
}
export const call = (id: string, args: Record<string, unknown>, name = 'set_phone'): Call => ({
  id,
  args,
  name,
});

/** What a run came to: who waits, and what the tools told the model. */
export interface Ran {
  readonly waiting: readonly ApprovalRequest[];
  readonly replies: readonly string[];
}

export interface DeskOptions {
  readonly trail?: TrailOptions;
  readonly act?: (name: string) => unknown;
  readonly saver?: MemorySaver;
  readonly middleware?: boolean;
}

/** One process with an agent: its own connection to the log, and a CRM that remembers what was done to it. */
export async function newDesk(world: World, calls: readonly Call[], options: DeskOptions = {}) {
  const { trail, sealtrail } = await world.plugin(options.trail);
  await sealtrail.store.register('acme');
  const done: unknown[] = [];
  const seen: AuditedCall[] = [];
  const audit = auditTools({ trail, agent: { id: 'assistant', model: 'example-1' } });
  const act = (name: string) => (input: unknown, one: AuditedCall) => {
    done.push(input);
    seen.push(one);
    return options.act?.(name) ?? { ok: true };
  };
  const tools = [audit.tool(setPhone, act('set_phone')), audit.tool(readContact, act('read_contact'))];
  const model = fakeModel()
    .respondWithTools([...calls])
    .respond(new AIMessage('Done.'));
  const agent = createAgent({
    model,
    tools,
    checkpointer: options.saver ?? new MemorySaver(),
    middleware: options.middleware === false ? [] : [audit.middleware],
  });
  const config = { configurable: { thread_id: 'thread-1' } };
  const read = (result: { messages: BaseMessage[]; __interrupt__?: { value?: unknown }[] }): Ran => ({
    waiting: (result.__interrupt__ ?? []).map(({ value }) => value as ApprovalRequest),
    replies: result.messages
      .filter((message) => message.getType() === 'tool')
      .map((message) => `${(message as ToolMessage).status} ${message.text}`),
  });
  return {
    trail,
    sealtrail,
    done,
    seen,
    agent,
    config,
    start: async (): Promise<Ran> =>
      read((await agent.invoke({ messages: [{ role: 'user', content: 'Go.' }] }, config)) as never),
    resume: async (value: unknown = true): Promise<Ran> =>
      read((await agent.invoke(new Command({ resume: value }), config)) as never),
  };
}
