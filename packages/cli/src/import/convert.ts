import {
  decisionApproved,
  decisionRejected,
  executionExecuted,
  executionFailed,
  proposalCreated,
} from '@sealtrail/events';
import type { EntryDraft } from '@sealtrail/format';
import { type Conversation, type Message, type ToolCall, wordsOf } from './conversation.ts';
import { changesData, isFailure, readAnswer, type ToolRules, targetsOf } from './rules.ts';

/** What one tool call becomes. */
export interface ConvertedCall {
  readonly drafts: readonly EntryDraft[];
  readonly tool: string;
  readonly write: boolean;
  readonly decision: 'approved' | 'rejected' | 'none';
  readonly execution: 'executed' | 'failed' | 'none';
  readonly unreadableArguments: boolean;
}

/** Turns each tool call of a conversation into entries; the same conversation always gives the same ids. */
export function* convert(
  conversation: Conversation,
  rules: ToolRules,
  agent: string,
): Generator<ConvertedCall> {
  for (const [at, message] of conversation.messages.entries()) {
    if (message.role !== 'assistant') continue;
    const results = new Results(conversation.messages, at);
    for (const [number, call] of (message.tool_calls ?? []).entries()) {
      yield convertCall({ conversation, at, number, call, result: results.take(call), rules, agent });
    }
  }
}

/** The tool messages that answer one assistant message. Recordings repeat call ids, so each answer is used once. */
class Results {
  readonly #answers: (Message & { role: 'tool' })[] = [];

  constructor(messages: readonly Message[], at: number) {
    for (let i = at + 1; i < messages.length; i++) {
      const message = messages[i] as Message;
      if (message.role !== 'tool') break;
      this.#answers.push(message);
    }
  }

  take(call: ToolCall): string | undefined {
    const found = this.#answers.findIndex((answer) => answer.tool_call_id === call.id);
    if (found === -1) return undefined;
    return wordsOf(this.#answers.splice(found, 1)[0]);
  }
}

interface Call {
  readonly conversation: Conversation;
  readonly at: number;
  readonly number: number;
  readonly call: ToolCall;
  readonly result: string | undefined;
  readonly rules: ToolRules;
  readonly agent: string;
}

function convertCall({ conversation, at, number, call, result, rules, agent }: Call): ConvertedCall {
  const tool = call.function.name;
  const { args, unreadable } = readArguments(call.function.arguments);
  const targets = targetsOf(args);
  const key = `${conversation.id}:${at}.${number}`;
  const common = {
    actor: { type: 'agent', id: agent } as const,
    action: tool,
    targets,
    tool_call_id: call.id,
    conversation_id: conversation.id,
  };
  const write = changesData(tool, rules);
  const drafts: EntryDraft[] = [];
  let decision: ConvertedCall['decision'] = 'none';
  // A read whose result is not recorded was asked for, and nothing more is known of it: a proposal too.
  if (write || result === undefined) {
    drafts.push(
      proposalCreated({
        ...common,
        proposal: key,
        args,
        rationale: rationaleOf(conversation, at),
        confidence: null,
      }),
    );
    if (write) {
      const decided = decisionOf(conversation, at, key, targets);
      if (decided !== undefined) {
        drafts.push(decided.draft);
        decision = decided.decision;
      }
    }
  }
  let execution: ConvertedCall['execution'] = 'none';
  if (result !== undefined) {
    const failed = isFailure(result);
    execution = failed ? 'failed' : 'executed';
    const approval = !write ? 'not_required' : decision === 'approved' ? 'decided' : 'not_recorded';
    const of = write ? { proposal: key } : { execution: key };
    drafts.push((failed ? executionFailed : executionExecuted)({ ...common, ...of, args, result, approval }));
  }
  return { drafts, tool, write, decision, execution, unreadableArguments: unreadable };
}

function readArguments(text: string): { args: unknown; unreadable: boolean } {
  try {
    return { args: JSON.parse(text), unreadable: false };
  } catch {
    // What the model wrote is kept as it is.
    return { args: { unreadable: text }, unreadable: true };
  }
}

/** What the agent said last before the call, or with it. */
function rationaleOf({ messages }: Conversation, at: number): string | null {
  for (let i = at; i >= 0; i--) {
    const message = messages[i] as Message;
    if (message.role === 'assistant' && wordsOf(message) !== '') return wordsOf(message);
  }
  return null;
}

/** The user's last words before the call, if they answer the agent and say yes or no. */
function decisionOf(
  { id, messages }: Conversation,
  at: number,
  proposal: string,
  targets: { type: string; id: string }[],
): { draft: EntryDraft; decision: 'approved' | 'rejected' } | undefined {
  const answered = messages.slice(0, at).findLastIndex((message) => message.role === 'user');
  const asked = messages
    .slice(0, Math.max(0, answered))
    .some((m) => m.role === 'assistant' && wordsOf(m) !== '');
  if (answered === -1 || !asked) return undefined;
  const reason = wordsOf(messages[answered]);
  const answer = readAnswer(reason);
  if (answer === 'unclear') return undefined;
  const input = {
    proposal,
    actor: { type: 'user', id: `conversation:${id}`, auth_method: 'recorded_conversation' } as const,
    targets,
    reason,
    channel: 'conversation',
  };
  return answer === 'consent'
    ? { draft: decisionApproved(input), decision: 'approved' }
    : { draft: decisionRejected(input), decision: 'rejected' };
}
