// What a plugin needs. Of the entries themselves only those that a host writes or reads: the rest is in @sealtrail/events.
export {
  type AgentActor,
  approvedArgs,
  type ProposalState,
  type ProposalStatus,
  proposedArgs,
  type RecordChanged,
  recordChanged,
  type SystemActor,
  type UserActor,
} from '@sealtrail/events';
export {
  type ErrorCode,
  isSealtrailError,
  type JsonValue,
  type Recorded,
  SealtrailError,
  type Target,
} from '@sealtrail/format';
export type { Appended, AppendOptions, EntryDraft, Store } from '@sealtrail/store';
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
// The classes as types alone: only `authenticatedUser` makes the one, and only `Sealtrail.trail` the other.
export { type AuthenticatedUser, authenticatedUser, type SignedIn } from './person.ts';
export type { Replay } from './spool/replay.ts';
export type { DecideOptions, Decision } from './trail/decide.ts';
export type { BatchOutcome, DecideManyOptions } from './trail/decide-many.ts';
export type { ExecuteOptions } from './trail/execute.ts';
export type { GrantScope } from './trail/find-grant.ts';
export type { Grant } from './trail/grants.ts';
export type { Receipt } from './trail/ledger.ts';
export type { TrailOptions } from './trail/options.ts';
export type { Policy, PolicyInput } from './trail/policy.ts';
export type { Presentation, PresentOptions } from './trail/present.ts';
export type { Agent, Proposal, ProposeOptions } from './trail/propose.ts';
export type { SettleOptions } from './trail/settle.ts';
export type { ProposalRef, Trail } from './trail/trail.ts';
export { type Audited, type CallOptions, withAudit } from './with-audit.ts';
