export { isSealtrailError, SealtrailError } from '@sealtrail/format';
export type { Appended, EntryDraft, Store } from '@sealtrail/store';
export {
  type BatchDecided,
  batchDecided,
  type DecisionApproved,
  type DecisionAutoApproved,
  type DecisionEditedApproved,
  type DecisionRejected,
  decisionApproved,
  decisionAutoApproved,
  decisionEditedApproved,
  decisionRejected,
} from './events/decision.ts';
export { type Executed, executionExecuted, executionFailed } from './events/execution.ts';
export type { AgentActor, SystemActor, UserActor } from './events/parts.ts';
export {
  type ProposalCreated,
  type ProposalExpired,
  proposalCreated,
  proposalExpired,
} from './events/proposal.ts';
export { type RecordChanged, recordChanged } from './events/record.ts';
export { openSealtrail, type Sealtrail, type SealtrailOptions } from './open.ts';
