/** Every type of entry that Sealtrail writes itself. */
export const OWN_TYPES = [
  // what happens to a proposal
  'proposal.created',
  'proposal.presented',
  'proposal.expired',
  'proposal.superseded',
  'decision.approved',
  'decision.edited_approved',
  'decision.rejected',
  'decision.auto_approved',
  'decision.auto_denied',
  'decision.stale',
  'batch.decided',
  'execution.started',
  'execution.executed',
  'execution.failed',
  'execution.not_executed',
  'execution.args_mismatch',
  'authority.grant_created',
  'authority.grant_revoked',
  'record.changed',
  // how a log accounts for itself
  'log.started',
  'log.sealed',
  'log.erased',
  'log.key_added',
  'log.key_retired',
  'retention.set',
  'retention.pruned',
  'hold.set',
  'hold.released',
  // who saw what
  'access.viewed',
  'access.exported',
  'access.verified',
  'access.signed_in',
  'access.token_created',
  'access.token_revoked',
] as const;
/** One of {@link OWN_TYPES}. */
export type OwnType = (typeof OWN_TYPES)[number];

/** What a CRM wrote is the host's to say, also within a transaction of its own. It decides and allows nothing. */
const HOSTS: readonly OwnType[] = ['record.changed'];

const familyOf = (type: string): string => type.slice(0, type.indexOf('.') + 1);
const RESERVED = new Set(OWN_TYPES.filter((type) => !HOSTS.includes(type)).map(familyOf));

/**
 * Whether entries of a type are written only by Sealtrail, where it is known who acts: whoever could append one under another's
 * name could approve in it. Whole families, so that a type which a later version writes is not taken before.
 */
export function isReservedType(type: string): boolean {
  return RESERVED.has(familyOf(type));
}
