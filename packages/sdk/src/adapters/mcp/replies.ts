import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ProposalState } from '@sealtrail/events';
import { sayable, textOf, withoutResult } from '../shared/results.ts';

/** What the client is told of a call: for a model to read, and for a program. */
function reply(text: string, content: Record<string, unknown>, isError = false): CallToolResult {
  return {
    content: [{ type: 'text', text }],
    structuredContent: content,
    ...(isError ? { isError } : {}),
  };
}

export function executed(proposal: string, action: string, given: unknown): CallToolResult {
  const result = sayable(action, given);
  const text = textOf(action, result) ?? 'done';
  return reply(text, { proposal, status: 'executed', ...(result === undefined ? {} : { result }) });
}

export function failed(proposal: string, message: string): CallToolResult {
  return reply(`the tool failed: ${message}`, { proposal, status: 'failed' }, true);
}

/** A person has to decide. The same call with the proposal's id goes on when somebody has. */
export function waits(proposal: string, member: string): CallToolResult {
  const text = `This call waits for a person's approval. To go on, call again with "${member}": "${proposal}".`;
  return reply(text, { proposal, status: 'pending' });
}

export function denied({ proposal, status, decision }: ProposalState): CallToolResult {
  const reason = decision?.openings['reason']?.value;
  const why = typeof reason === 'string' ? `: ${reason}` : '';
  return reply(`the call was not executed, it is ${status}${why}`, { proposal, status }, true);
}

/** The recorded end of a call that was executed before; undefined when the log does not have it. */
export function recorded(
  { proposal, status, execution }: ProposalState,
  action: string,
): CallToolResult | undefined {
  const result = execution?.openings['result']?.value;
  if (status === 'executed') {
    const omitted = execution?.entry.data['result_omitted'] !== undefined;
    return executed(proposal, action, omitted ? withoutResult(action) : result);
  }
  if (status !== 'failed') return undefined;
  const { message } = Object(result) as { message?: unknown };
  return failed(proposal, String(message ?? 'no reason is recorded'));
}
