import type { ProposalStatus } from '@sealtrail/events';

/** What the model is told instead of a result. It says nothing about who decided, or why: that is the host's to tell. */
export function refusal(action: string, status: ProposalStatus | 'grant_revoked' | 'grant_expired'): string {
  switch (status) {
    case 'rejected':
      return `${action} was not executed: the call was rejected.`;
    case 'expired':
      return `${action} was not executed: nobody approved the call in time.`;
    case 'superseded':
      return `${action} was not executed: another proposal took the place of this one.`;
    default:
      return `${action} was not executed: it is no longer allowed without approval.`;
  }
}

/** What the model is told when the tool threw, unless the host has words of its own. */
export function failure(action: string): string {
  return `${action} failed.`;
}
