import { defineAction, type TrailOptions } from '@sealtrail/sdk';
import { auditTools, type ToolAudit } from '@sealtrail/sdk/ai-sdk';
import { generateText, isStepCount, type ModelMessage, type ToolApprovalResponse } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
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

/** One tool call of the scripted model. */
export interface Call {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: object;
}
export const call = (toolCallId: string, input: object, toolName = 'set_phone'): Call => ({
  toolCallId,
  toolName,
  input,
});

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that makes the calls of its script in its first step, and then only talks. */
function scripted(calls: readonly Call[]): MockLanguageModelV4 {
  let turns = calls.length === 0 ? 1 : 0;
  return new MockLanguageModelV4({
    doGenerate: async () => {
      const first = turns++ === 0;
      return {
        content: first
          ? calls.map((one) => ({ type: 'tool-call' as const, ...one, input: JSON.stringify(one.input) }))
          : [{ type: 'text' as const, text: 'Done.' }],
        finishReason: { unified: first ? ('tool-calls' as const) : ('stop' as const), raw: undefined },
        usage: USAGE,
        warnings: [],
      };
    },
  });
}

/** One server of a chat: its own connection to the log, tools under audit, and a CRM that remembers what was done to it. */
export interface Desk {
  readonly audit: ToolAudit;
  readonly done: unknown[];
  readonly failures: unknown[];
  readonly trail: Awaited<ReturnType<World['plugin']>>['trail'];
  readonly sealtrail: Awaited<ReturnType<World['plugin']>>['sealtrail'];
  /** Runs the model on a history, and gives the history that came of it. */
  run(messages: readonly ModelMessage[], calls?: readonly Call[]): Promise<ModelMessage[]>;
}

export const ASKED: ModelMessage[] = [{ role: 'user', content: 'Bring Ada up to date.' }];

export async function newDesk(
  world: World,
  options: TrailOptions = {},
  act: (name: string, input: unknown) => unknown = () => ({ ok: true }),
  conversation = 'chat-1',
): Promise<Desk> {
  const { trail, sealtrail } = await world.plugin(options);
  await sealtrail.store.register('acme');
  const done: unknown[] = [];
  const failures: unknown[] = [];
  const audit = auditTools({
    trail,
    agent: { id: 'assistant', agent_version: '2', model: 'example-1' },
    conversation,
    trace_id: 'trace-1',
    onFailure: (error) => failures.push(error),
  });
  const tools = {
    set_phone: audit.tool(setPhone, (input) => {
      done.push(input);
      return act('set_phone', input);
    }),
    read_contact: audit.tool(readContact, (input) => {
      done.push(input);
      return act('read_contact', input);
    }),
  };
  return {
    audit,
    done,
    failures,
    trail,
    sealtrail,
    run: async (messages, calls = []) => {
      const { responseMessages } = await generateText({
        model: scripted(calls),
        tools,
        messages: [...messages],
        toolApproval: audit.approval,
        stopWhen: isStepCount(3),
        maxRetries: 0,
      });
      return [...messages, ...responseMessages];
    },
  };
}

/** The history as a client sends it back: with an answer to each request. */
export function answer(
  messages: readonly ModelMessage[],
  ...answers: (boolean | { approved: boolean; reason: string })[]
): ModelMessage[] {
  const requests = messages.flatMap((message) =>
    message.role === 'assistant' && typeof message.content !== 'string'
      ? message.content.flatMap((part) => (part.type === 'tool-approval-request' ? [part] : []))
      : [],
  );
  const content: ToolApprovalResponse[] = requests.map(({ approvalId }, i) => {
    const one = answers[i] ?? false;
    const said = typeof one === 'boolean' ? { approved: one } : one;
    return { type: 'tool-approval-response', approvalId, ...said };
  });
  return [...messages, { role: 'tool', content }];
}

/** The results and refusals that the history has for the model. */
export function outputs(messages: readonly ModelMessage[]): unknown[] {
  return messages.flatMap((message) =>
    message.role === 'tool'
      ? message.content.flatMap((part) => (part.type === 'tool-result' ? [part.output] : []))
      : [],
  );
}
