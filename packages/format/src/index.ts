export {
  type Anchor,
  anchorHash,
  DEFAULT_SEGMENT_ENTRIES,
  encodeAnchor,
  MAX_SEGMENT_ENTRIES,
  readAnchor,
} from './anchor.ts';
export {
  BUNDLE_FORMAT,
  type BundleEnd,
  type BundleHeader,
  type BundleLine,
  type BundleTenant,
  type EntryLine,
  encodeBundleLine,
  MAX_BUNDLE_LINE_BYTES,
  readBundleLine,
} from './bundle.ts';
export { canonicalize, type JsonObject, type JsonValue, MAX_DEPTH } from './canonical.ts';
export {
  commit,
  encodeOpenings,
  MAX_SEALED_VALUE_BYTES,
  type Opening,
  type Openings,
  opens,
  readOpenings,
  SALT_BYTES,
  type Sealing,
  type StoredOpening,
  scanOpenings,
  seal,
  withoutOpenings,
} from './commitment.ts';
export type { EntryDraft } from './draft.ts';
export { encodeEntry, entryHash, GENESIS_ID, GENESIS_TYPE, genesisEntry, readEntry } from './entry.ts';
export { isObject } from './entry-rules.ts';
export { type EntryFacts, scanEntry } from './entry-scan.ts';
export {
  ACTOR_TYPES,
  type Actor,
  type ActorType,
  type Entry,
  FORMAT_VERSION,
  MAX_TARGETS,
  type Target,
} from './entry-types.ts';
export { type ErrorCode, isSealtrailError, SealtrailError } from './errors.ts';
export { type Evidence, EvidenceCollector } from './evidence/collect.ts';
export { type EvidenceParts, evidenceLines } from './evidence/compose.ts';
export {
  EVIDENCE_FORMAT,
  type EvidenceLine,
  encodeEvidenceLine,
  readEvidenceLine,
} from './evidence/lines.ts';
export { FINDING_CODES, type Finding, type FindingCode } from './finding.ts';
export { type Hash, hashBytes, isHash, leafHash, nodeHash, ZERO_HASH } from './hash.ts';
export { CompactRange, EMPTY_ROOT, merkleRoot } from './merkle/compact-range.ts';
export {
  consistencyProof,
  consistencySpans,
  inclusionProof,
  inclusionSpans,
  type Span,
  verifyConsistency,
  verifyInclusion,
} from './merkle/proofs.ts';
export { rangeProof, verifyRange } from './merkle/range-proof.ts';
export { isEntryType, isName, isPosition, isReference, isTime, isWord } from './names.ts';
export { checkArgument, checkTenant, parseOptions, refuseUnknown } from './options.ts';
export { decodeUtf8, parseCanonical } from './parse.ts';
export { parseDistinct } from './parse-distinct.ts';
export { packHashes, unpackHashes } from './proof/base64.ts';
export { entryPathOf, sealedAnchorsOf, segmentProofOf } from './proof/build.ts';
export { isHistoryProof, provedTexts } from './proof/either-proof.ts';
export {
  ENTRY_PROOF_FORMAT,
  type EntryProof,
  entryProofSchema,
  type ProvedEntry,
  verifyEntryProof,
} from './proof/entry-proof.ts';
export {
  HISTORY_PROOF_FORMAT,
  type HistoryProof,
  historyProofSchema,
  type ProvedHistory,
  type SegmentProof,
  verifyHistoryProof,
} from './proof/history-proof.ts';
export { isUnderCheckpoint, type SealCheckpoint } from './proof/seal-checkpoint.ts';
export type { SealedAnchors } from './proof/sealed-anchors.ts';
export { isCanonical } from './recognise.ts';
export { type Recorded, readGenuine, readRecorded } from './recorded.ts';
export {
  MAX_SEGMENT_TARGETS,
  type RecordLeaf,
  recordKey,
  SegmentRecords,
  type Touch,
  touchDigest,
} from './records.ts';
export {
  ERASED_TYPE,
  type ErasedData,
  type ErasedValues,
  erasedDraft,
  isErasureName,
  LEGAL_BASES,
  type LegalBasis,
  MAX_ERASED_RUNS,
  MAX_ERASURE_NAME,
  readErased,
} from './retention/erased.ts';
export { erasedId, isRetentionId, releasedId } from './retention/ids.ts';
export {
  type Hold,
  holdDraft,
  isHoldName,
  MAX_CARRIED_HOLDS,
  MAX_HOLD_NAME,
  type PrunedData,
  prunedDraft,
  RETENTION_FLOORS,
  RETENTION_PRUNED,
  RETENTION_TYPES,
  type RetentionEvent,
  type RetentionPolicy,
  type RetentionPreset,
  readRetention,
  releaseDraft,
  retentionDraft,
} from './retention/retention.ts';
export { Runs } from './retention/runs.ts';
export {
  type AnchorRow,
  anchorRowSchema,
  type EntryRow,
  entryRowFault,
  type HeadRow,
  headRowSchema,
  REPEATED_COLUMNS,
  type RegistryRow,
  registryRowSchema,
  rowId,
  toAnchorRow,
  toEntryRow,
} from './rows.ts';
export { type DirectoryLine, directoryLeaf, isDirectoryLine, tenantKey } from './seal/directory.ts';
export { DirectoryTree } from './seal/directory-tree.ts';
export { readSeal, SEAL_TYPE, SEALS_TENANT, type Seal, sealDraft } from './seal/seal.ts';
export { type EntryContent, type EntryTemplate, entryTemplate } from './template.ts';
export { UNSEEN_RULE } from './unseen.ts';
export { fromUrlSegment, toUrlSegment } from './url-segment.ts';
