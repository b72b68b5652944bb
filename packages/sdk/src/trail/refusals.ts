import type { ProposalState } from '@sealtrail/events';
import { SealtrailError } from '@sealtrail/format';

// What a caller is told who may not execute a proposal, by the log and while it is away.

/** Why nothing allows an execution. */
export type Reason = 'pending' | 'rejected' | 'expired' | 'superseded' | 'grant_revoked' | 'grant_expired';

export function notApproved(proposal: string, reason: Reason): SealtrailError {
  return new SealtrailError('not_approved', `${proposal} may not be executed: ${reason}`, {
    proposal,
    status: reason,
  });
}

/** @param which the arguments that these should have been, such as `approved ones` */
export function otherArgs(proposal: string, which: string): SealtrailError {
  return new SealtrailError('args_mismatch', `the arguments for ${proposal} are not the ${which}`, {
    proposal,
  });
}

export function otherAction(proposal: string, action: string | undefined): SealtrailError {
  return new SealtrailError('input_invalid', `the proposal ${proposal} is about another action`, {
    action: action ?? null,
  });
}

export function alreadyExecuted({
  proposal,
  status,
}: Pick<ProposalState, 'proposal' | 'status'>): SealtrailError {
  return new SealtrailError('already_executed', `${proposal} was executed before, or is being executed`, {
    proposal,
    status,
  });
}
