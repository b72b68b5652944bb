import { ToolMessage } from '@langchain/core/messages';
import type { ProposalState } from '@sealtrail/events';
import { textOf, withoutResult } from '../shared/results.ts';

/** The call as the framework knows it. */
export interface CallName {
  readonly name: string;
  readonly toolCallId: string;
}

/** What the model is told of a call that ran. */
export function success({ name, toolCallId }: CallName, result: unknown): ToolMessage {
  const content = textOf(name, result) ?? '';
  return new ToolMessage({ content, name, tool_call_id: toolCallId, status: 'success' });
}

/** What the model is told of a call that did not run, or failed. */
export function refusal({ name, toolCallId }: CallName, content: string): ToolMessage {
  return new ToolMessage({ content, name, tool_call_id: toolCallId, status: 'error' });
}

/**
 * The answer of a call that was executed before: LangGraph runs a node again after a crash, and when somebody goes back to an
 * older checkpoint. Undefined when the log does not have its end.
 */
export function recorded(call: CallName, { status, execution }: ProposalState): ToolMessage | undefined {
  const result = execution?.openings['result']?.value;
  if (status === 'executed' && execution !== undefined) {
    const omitted = execution.entry.data['result_omitted'] !== undefined;
    return success(call, omitted ? withoutResult(call.name) : (result ?? ''));
  }
  if (status !== 'failed') return undefined;
  const { message } = Object(result) as { message?: unknown };
  return refusal(call, `the tool failed: ${String(message ?? 'no reason is recorded')}`);
}

/** Why a proposal is not executed, for the model. */
export function denial({ status, decision }: ProposalState): string {
  const reason = decision?.openings['reason']?.value;
  const why = typeof reason === 'string' ? `: ${reason}` : '';
  return `the call was not executed, it is ${status}${why}`;
}
