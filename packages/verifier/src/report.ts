import type { Finding, FindingCode, Hash } from '@sealtrail/format';

/** `valid`: every check that ran passed. `broken`: one failed. `unverifiable`: nothing could be checked. */
export type Status = 'valid' | 'broken' | 'unverifiable';

/** What a verification did not look at, so that nobody takes it for checked. */
export type NotCheckedCode =
  | 'positions_before'
  | 'pruned'
  | 'openings_missing'
  | 'positions_after'
  | 'segments_partial'
  | 'segments_unselected'
  | 'other_logs'
  | 'indexes'
  | 'openings_withheld'
  | 'head'
  | 'registry'
  | 'outside_witness'
  | 'built'
  | 'checkpoint_key'
  | 'consistency'
  | 'leaves'
  | 'witnesses'
  | 'timestamps'
  | 'summary'
  | 'newer_entries'
  | 'since_when'
  | 'unknown_version';

/** One thing that a verification did not look at. */
export interface NotChecked {
  readonly code: NotCheckedCode;
  readonly message: string;
}

/** The verdict on one tenant's log. */
export interface TenantReport {
  readonly tenant: string;
  readonly status: Status;
  /** Entries whose hash was recomputed from the stored text. */
  readonly walked: number;
  /** First and last position walked; null when none was. */
  readonly range: { readonly from: number; readonly to: number } | null;
  /** The first broken position; null when nothing is broken, or when what is broken has no position. */
  readonly position: number | null;
  /** The verdict in one plain sentence. */
  readonly summary: string;
  /** In the order in which they were met, at most `maxFindings`. */
  readonly findings: readonly Finding[];
  /** The exact number of findings, also of those not listed. */
  readonly findingCount: number;
  readonly findingCodes: Readonly<Partial<Record<FindingCode, number>>>;
  /** The last entry walked: note it down, and give it as the trusted position next time. */
  readonly last: { readonly seq: number; readonly hash: Hash; readonly time: string } | null;
  readonly anchors: {
    /** Anchors whose roots were recomputed from entries walked. */
    readonly checked: number;
    /** The last position under a checked anchor; null when there is none. */
    readonly through: number | null;
  };
  /** Entries walked that no anchor covers yet. */
  readonly unanchored: { readonly from: number; readonly to: number; readonly count: number } | null;
  /** Sealed values: those that match, those whose destruction the log accounts for, and those of them that are still there. */
  readonly openings: {
    readonly checked: number;
    readonly erased: number;
    readonly unfinished: number;
  };
  /** The last position that was removed and is accounted for; null when nothing was. */
  readonly pruned: { readonly to: number } | null;
  readonly notChecked: readonly NotChecked[];
}

/** The verdict on everything in a source. */
export interface SourceReport {
  readonly format: 'sealtrail-report/1';
  readonly status: Status;
  readonly tenants: number;
  readonly valid: number;
  readonly broken: number;
  readonly unverifiable: number;
  readonly walked: number;
  readonly summary: string;
  /** The newest seal, and how many tenants of its directory still have what was sealed; null when nothing was sealed. */
  readonly seal: {
    readonly number: number;
    readonly hash: Hash;
    readonly time: string;
    readonly tenants: number;
  } | null;
  /** The checkpoint that was held against the log of seals, and by how many of its entries; null when none was given. */
  readonly checkpoint: { readonly size: number } | null;
  /** What is wrong outside any one tenant's log, such as a bundle that was cut. */
  readonly findings: readonly Finding[];
  /** What was not looked at outside any one tenant's log. */
  readonly notChecked: readonly NotChecked[];
}

/** How far a walk is. */
export interface Progress {
  readonly tenant: string;
  readonly walked: number;
  /** The last position that was walked, which is not their number where a log was pruned or walked in part; null before the first. */
  readonly position: number | null;
  /** Entries expected, as far as the head says; null when it does not. */
  readonly total: number | null;
}

/** Which part of a log is verified, and against what. */
export interface VerifyOptions {
  /** Walk only from here. What lies before, and the link to it, is reported as not checked. */
  readonly from?: number | undefined;
  /** Walk only up to here, inclusive. */
  readonly to?: number | undefined;
  /** A position and hash noted earlier. The log must still have it. With `since: true`, the walk starts there. */
  readonly trusted?: { readonly seq: number; readonly hash: Hash } | undefined;
  readonly since?: boolean | undefined;
  /** Check the chain of anchors, and the entries of only these segments (anchor numbers). */
  readonly segments?: readonly number[] | undefined;
  /**
   * Whether the newest seal's line about this tenant is held against it as well; default false. `verifyAll` does that for all
   * tenants together.
   */
  readonly sealed?: boolean | undefined;
  /** How many findings a report lists; default 100. */
  readonly maxFindings?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
