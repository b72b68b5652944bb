export type { EntryDraft } from '@sealtrail/format';
export { anchorOver, prunedBefore } from './anchor/anchor-over.ts';
export { type AnchorOptions, type AnchorResult, anchorTenant } from './anchor/anchor-tenant.ts';
export { segmentRoot } from './anchor/segment-tree.ts';
export { closeAll } from './close-all.ts';
export { type EraseRequest, type EraseResult, erase, planErase } from './erase/erase.ts';
export type { EraseScope } from './erase/plan.ts';
export { type ExportOptions, type ExportResult, exportBundle } from './export.ts';
export type { Appended } from './log/appended.ts';
export { refuseUnlinked } from './log/linked.ts';
export { type AppendOptions, Log, type LogOptions } from './log/log.ts';
export { newId } from './log/new-id.ts';
export { prepare } from './log/prepare.ts';
export { isStore, type OpenOptions, openStore } from './open.ts';
export type {
  AnchorPlace,
  BuildRows,
  CommitOutcome,
  DestroyedValues,
  DirectoryChange,
  EntriesThere,
  Store,
  Tip,
  UnanchoredTenant,
} from './port.ts';
export { type EvidenceOptions, evidenceText, undisclosable, writeEvidence } from './prove/evidence.ts';
export { type ProveOptions, proveEntry, proveHistory } from './prove/prove.ts';
export { type RetentionChange, releaseHold, setHold, setRetention } from './retention/change.ts';
export { type PrunePlan, type PruneRequest, type PruneResult, planPrune, prune } from './retention/prune.ts';
export { Rules } from './retention/rules.ts';
export type { RefusedTenant } from './seal/changes.ts';
export { Directory, type SealEntry, type TenantLine } from './seal/directory.ts';
export {
  Sealer,
  type SealOptions,
  type SealResult,
  sealTenants,
} from './seal/seal-tenants.ts';
export { syncFolder } from './sync-folder.ts';
export { refusalOfSystem, unwritable } from './system-error.ts';
