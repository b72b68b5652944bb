export type { CheckedRow } from './checks/entry.ts';
export { type CheckedAnchor, checkAnchorRow } from './checks/segment.ts';
export { DEFAULT_MAX_FINDINGS, Findings } from './findings.ts';
export { mergeAnchors } from './merge.ts';
export { kindOf, openSource } from './open.ts';
export { prefetch } from './prefetch.ts';
export { type ProofReport, type TrustedSeal, verifyProof } from './proofs/verify-proof.ts';
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
export { type VerifyAllOptions, verifyAll } from './verify-source.ts';
export { verifyTenant } from './verify-tenant.ts';
export { Walk, type WalkSetup } from './walk.ts';
