/** What an entry made of a proposal or of an action, by its type. */
const BY_TYPE = {
  'decision.approved': 'approved',
  'decision.edited_approved': 'edited',
  'decision.rejected': 'rejected',
  'decision.auto_approved': 'auto_approved',
  'decision.auto_denied': 'auto_denied',
  'decision.stale': 'stale',
  'proposal.expired': 'expired',
  'proposal.superseded': 'superseded',
  'execution.executed': 'executed',
  'execution.failed': 'failed',
  'execution.not_executed': 'not_executed',
  'execution.args_mismatch': 'args_mismatch',
} as const;

export type Outcome = (typeof BY_TYPE)[keyof typeof BY_TYPE];

export const OUTCOMES = Object.values(BY_TYPE);

/** Undefined for types that make nothing of a proposal, and for types that are not known. */
export function outcomeOf(type: string): Outcome | undefined {
  return Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type as keyof typeof BY_TYPE] : undefined;
}
