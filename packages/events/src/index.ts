export { openArgs, split } from './args.ts';
export {
  type GrantCreated,
  type GrantRevoked,
  grantCreated,
  grantRevoked,
} from './authority.ts';
export {
  type DecisionAutoApproved,
  type DecisionAutoDenied,
  decisionAutoApproved,
  decisionAutoDenied,
} from './auto.ts';
export { type BatchDecided, batchDecided, MAX_BATCH } from './batch.ts';
export {
  type DecisionApproved,
  type DecisionEditedApproved,
  type DecisionRejected,
  decisionApproved,
  decisionEditedApproved,
  decisionRejected,
} from './decision.ts';
export {
  type Executed,
  type ExecutionArgsMismatch,
  type ExecutionNotExecuted,
  type ExecutionStarted,
  executionArgsMismatch,
  executionExecuted,
  executionFailed,
  executionNotExecuted,
  executionStarted,
} from './execution.ts';
export {
  type CloudEvent,
  CSV_COLUMNS,
  type ExportedEntry,
  type ExportedValues,
  exportedEntry,
  guardCell,
  type JsonLine,
  type OcsfActor,
  type OcsfAiOperation,
  type OcsfApiActivity,
  type OcsfResource,
  type OcsfUser,
  toCloudEvent,
  toCsvRow,
  toJsonLine,
  toOcsf,
} from './exports/index.ts';
export { type Facts, factsOf } from './facts.ts';
export {
  changeId,
  createdId,
  decisionId,
  executionId,
  grantCreatedId,
  grantRevokedId,
  grantsOf,
  isId,
  isReservedId,
  presentedId,
  refusedId,
  startedId,
} from './ids.ts';
export { parseInput } from './parse.ts';
export {
  type AgentActor,
  agent as agentActor,
  type SystemActor,
  system as systemActor,
  type UserActor,
  user as userActor,
} from './parts.ts';
export {
  type ProposalCreated,
  type ProposalExpired,
  type ProposalPresented,
  type ProposalSuperseded,
  proposalCreated,
  proposalExpired,
  proposalPresented,
  proposalSuperseded,
  RISKS,
} from './proposal.ts';
export { type RecordChanged, recordChanged } from './record.ts';
export { type DecisionStale, decisionStale } from './stale.ts';
export {
  approvedArgs,
  isLate,
  type ProposalState,
  type ProposalStatus,
  proposalState,
  proposedArgs,
  STATUS_BY_TYPE,
  stateIds,
} from './state.ts';
export { isReservedType, OWN_TYPES, type OwnType } from './types.ts';
