export { type Consistency, compareCheckpoints } from './checkpoints/compare.ts';
export type { PublishedFault } from './checkpoints/published-leaves.ts';
export { openPublishedLog, type PublishedLog } from './checkpoints/published-log.ts';
export type { CheckpointReport, Relation, Vouched } from './checkpoints/report.ts';
export { type CheckpointOptions, verifyCheckpoint } from './checkpoints/verify-checkpoint.ts';
export {
  type PublishedOptions,
  type PublishedReport,
  verifyPublished,
} from './checkpoints/verify-published.ts';
export type { CheckedRow } from './checks/entry.ts';
export { checkHeadAnchor } from './checks/head.ts';
export { type PrunedStart, readPruned } from './checks/pruned.ts';
export { type CheckedAnchor, checkAnchorRow } from './checks/segment.ts';
export { readEvidence } from './evidence/read-evidence.ts';
export { verifyEvidence } from './evidence/verify-evidence.ts';
export { DEFAULT_MAX_FINDINGS, Findings } from './findings.ts';
export { isMongodbUrl, kindOf, type LocationKind, pathOf } from './location.ts';
export { mergeAnchors } from './merge.ts';
export { openSource } from './open.ts';
export { defaultThreads, type Threads, verifyAll, verifyTenant } from './parallel/verify.ts';
export { prefetch } from './prefetch.ts';
export { type ProofReport, type ProofTrust, type TrustedSeal, verifyProof } from './proofs/verify-proof.ts';
export { type VouchedReport, type VouchOptions, vouchFor } from './proofs/vouch.ts';
export type {
  NotChecked,
  NotCheckedCode,
  Progress,
  SourceReport,
  Status,
  TenantReport,
  VerifyOptions,
} from './report.ts';
export type { LogBatch, LogReader, LogSource, RawRow, WalkRange } from './source.ts';
export type { VerifyAllOptions } from './verify-source.ts';
export { Walk, type WalkSetup } from './walk.ts';
