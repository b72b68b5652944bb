import { canonicalize, leafHash } from '@sealtrail/format';

/** A framework's tool call. */
export interface CallKey {
  /** The conversation, thread or run in which the id counts: models repeat ids from one to the next. */
  readonly scope: string;
  readonly toolCallId: string;
}

/**
 * The id of a proposal for a framework's tool call: the same call, seen again after a restart or on another server, is the same
 * proposal. Models repeat ids within a conversation, too: the calls that are others are numbered. They are not told apart by a hash
 * of their arguments, which would stay in the log when these are erased, for whoever likes to guess them.
 *
 * @param nth how many other calls had the id before
 */
export function proposalIdOf({ scope, toolCallId }: CallKey, nth = 0): string {
  const first = `call-${leafHash(canonicalize([scope, toolCallId])).slice(0, 40)}`;
  return nth === 0 ? first : `${first}.${nth}`;
}

/** Whether a proposal's id is one of those that the calls with an id have. */
export function isIdOf(call: CallKey, proposal: string): boolean {
  return proposal.replace(/\.[1-9]\d*$/, '') === proposalIdOf(call);
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
