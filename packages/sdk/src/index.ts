// The entries that a trail writes, for what writes or reads them without one, such as an import. Everything else about entries is in
// @sealtrail/events.
export {
  type AgentActor,
  approvedArgs,
  type BatchDecided,
  batchDecided,
  type DecisionApproved,
  type DecisionAutoApproved,
  type DecisionAutoDenied,
  type DecisionEditedApproved,
  type DecisionRejected,
  type DecisionStale,
  decisionApproved,
  decisionAutoApproved,
  decisionAutoDenied,
  decisionEditedApproved,
  decisionRejected,
  decisionStale,
  type Executed,
  type ExecutionArgsMismatch,
  type ExecutionNotExecuted,
  type ExecutionStarted,
  executionArgsMismatch,
  executionExecuted,
  executionFailed,
  executionNotExecuted,
  executionStarted,
  type GrantCreated,
  type GrantRevoked,
  grantCreated,
  grantRevoked,
  OWN_TYPES,
  type OwnType,
  type ProposalCreated,
  type ProposalExpired,
  type ProposalPresented,
  type ProposalState,
  type ProposalStatus,
  type ProposalSuperseded,
  proposalCreated,
  proposalExpired,
  proposalPresented,
  proposalSuperseded,
  proposedArgs,
  type RecordChanged,
  recordChanged,
  type SystemActor,
  type UserActor,
} from '@sealtrail/events';
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
