import { SealtrailError } from '@sealtrail/format';
import type { ModelMessage, ToolCallPart } from 'ai';

/** A tool call that the framework asks a person about. */
export interface ApprovalRequest {
  readonly approvalId: string;
  readonly toolCallId: string;
  readonly toolName: string;
}

/** A request with the answer that came back. Both travel through the client, which can write what it likes. */
export interface ApprovalAnswer extends ApprovalRequest {
  readonly approved: boolean;
  readonly reason: string | undefined;
}

/** Every request in a history that asks for a person, in order. */
export function requestsIn(messages: readonly ModelMessage[]): ApprovalRequest[] {
  return partsOf(messages)
    .flat()
    .flatMap((part) => {
      if (part.type !== 'tool-approval-request' || part.isAutomatic === true) return [];
      const { approvalId, toolCallId } = part;
      const toolName = callsOf(messages, { approvalId, toolCallId }).at(-1)?.toolName;
      return toolName === undefined ? [] : [{ approvalId, toolCallId, toolName }];
    });
}

/**
 * The calls that a request is about: those with its id in its own message, else those anywhere in the history, which may have the id
 * more than once.
 */
export function callsOf(
  messages: readonly ModelMessage[],
  { approvalId, toolCallId }: Omit<ApprovalRequest, 'toolName'>,
): ToolCallPart[] {
  const all = partsOf(messages);
  const beside = all.filter((parts) =>
    parts.some((part) => part.type === 'tool-approval-request' && part.approvalId === approvalId),
  );
  const callsIn = (parts: ReturnType<typeof partsOf>) =>
    parts.flat().filter((part) => part.type === 'tool-call' && part.toolCallId === toolCallId);
  const calls = callsIn(beside);
  return (calls.length > 0 ? calls : callsIn(all)) as ToolCallPart[];
}

/** What is in each message of the model. */
function partsOf(messages: readonly ModelMessage[]) {
  return messages.map((message) =>
    message.role === 'assistant' && typeof message.content !== 'string' ? message.content : [],
  );
}

/**
 * The answers in a history, each joined to its request by the framework's own id; the last answer to a request counts.
 *
 * @throws SealtrailError `input_invalid` for a request that is for two calls: nobody knows which of them the person was shown
 */
export function answersIn(messages: readonly ModelMessage[]): ApprovalAnswer[] {
  const answers = new Map<string, ApprovalAnswer>();
  const requests = new Map<string, ApprovalRequest>();
  for (const request of requestsIn(messages)) {
    const { approvalId, toolCallId } = request;
    if ((requests.get(approvalId)?.toolCallId ?? toolCallId) !== toolCallId) {
      throw new SealtrailError('input_invalid', `the request ${approvalId} is for more than one call`);
    }
    requests.set(approvalId, request);
  }
  for (const message of messages) {
    if (message.role !== 'tool') continue;
    for (const part of message.content) {
      if (part.type !== 'tool-approval-response') continue;
      const request = requests.get(part.approvalId);
      if (request === undefined) continue;
      answers.set(part.approvalId, { ...request, approved: part.approved, reason: part.reason });
    }
  }
  return [...answers.values()];
}
