import { canonicalize, leafHash } from '@sealtrail/format';

/**
 * The proposal's id for a framework's tool call: the same call, seen again after a restart or on another server, is the same
 * proposal. Models repeat call ids from one conversation to the next, so they count only within one.
 *
 * @param scope the conversation, thread or run
 */
export function proposalIdOf(scope: string, toolCallId: string): string {
  return `call-${leafHash(canonicalize([scope, toolCallId])).slice(0, 40)}`;
}

/**
 * The id of a click that came by way of a framework: the same answer, brought again by a run that is repeated or by a history that
 * keeps it, is the same click. Another person's is another one.
 *
 * @param by the id of the person
 * @param answer what tells the answer from others
 */
export function clickOf(by: string, ...answer: readonly string[]): string {
  return leafHash(canonicalize([by, ...answer])).slice(0, 16);
}

/** The same for a bulk click, which has more room. */
export function batchOf(by: string, ...answer: readonly string[]): string {
  return `bulk-${leafHash(canonicalize([by, ...answer])).slice(0, 40)}`;
}
