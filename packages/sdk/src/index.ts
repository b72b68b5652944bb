export * from '@sealtrail/events';
export { isSealtrailError, type Recorded, SealtrailError } from '@sealtrail/format';
export type { Appended, EntryDraft, Store } from '@sealtrail/store';
export {
  type Action,
  type ActionDefinition,
  type Approval,
  defineAction,
  type InputOf,
  type ParsedInputOf,
  type Risk,
} from './action.ts';
export { type FailurePolicy, openSealtrail, type Sealtrail, type SealtrailOptions } from './open.ts';
export { AuthenticatedUser, authenticatedUser, type SignedIn } from './person.ts';
export type { Replay } from './spool/replay.ts';
export type { DecideOptions, Decision } from './trail/decide.ts';
export type { BatchOutcome, DecideManyOptions } from './trail/decide-many.ts';
export type { ExecuteOptions } from './trail/execute.ts';
export type { GrantScope } from './trail/find-grant.ts';
export type { Grant } from './trail/grants.ts';
export type { Receipt } from './trail/ledger.ts';
export type { Policy, PolicyInput } from './trail/policy.ts';
export type { Presentation, PresentOptions } from './trail/present.ts';
export type { Agent, Proposal, ProposeOptions } from './trail/propose.ts';
export type { SettleOptions } from './trail/settle.ts';
export { type ProposalRef, Trail, type TrailOptions } from './trail/trail.ts';
export { type Audited, type CallOptions, withAudit } from './with-audit.ts';
