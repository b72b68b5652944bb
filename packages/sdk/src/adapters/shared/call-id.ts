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
