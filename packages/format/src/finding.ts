/** What a verifier can find (SPEC 9.2). The list is closed. */
export const FINDING_CODES = [
  'entry_malformed',
  'entry_version',
  'row_malformed',
  'column_mismatch',
  'hash_mismatch',
  'link_mismatch',
  'gap',
  'duplicate',
  'time_decreasing',
  'genesis_invalid',
  'opening_malformed',
  'opening_mismatch',
  'opening_missing',
  'opening_unexpected',
  'head_malformed',
  'head_missing',
  'head_mismatch',
  'truncated',
  'registry_malformed',
  'tenant_missing',
  'tenant_unregistered',
  'anchor_malformed',
  'anchor_hash_mismatch',
  'anchor_link_mismatch',
  'anchor_gap',
  'anchor_root_mismatch',
  'anchor_records_mismatch',
  'anchor_last_mismatch',
  'anchor_missing',
  'trusted_mismatch',
  'seal_malformed',
  'seals_broken',
  'directory_mismatch',
  'sealed_tenant_missing',
  'sealed_anchor_missing',
  'sealed_anchor_mismatch',
  'checkpoint_mismatch',
  'checkpoint_missing',
  'index_mismatch',
  'bundle_malformed',
  'bundle_truncated',
] as const;

/** One of {@link FINDING_CODES}. */
export type FindingCode = (typeof FINDING_CODES)[number];

/** One thing that is wrong with a log. */
export interface Finding {
  readonly code: FindingCode;
  /** The position of the entry at fault; null when none can be named. */
  readonly position: number | null;
  /** What is wrong, in plain words. Never contains a sealed value. */
  readonly message: string;
  /** The anchor at fault, or whose segment is. */
  readonly anchor?: number;
  /** The positions between which the fault lies, when it cannot be pinned to one. */
  readonly range?: { readonly from: number; readonly to: number };
}
