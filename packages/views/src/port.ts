import type { Hash } from '@sealtrail/format';
import type { ProposalRow } from './proposal-row.ts';

/**
 * What the index holds, and how. It is raised whenever entries give other facets or rows, or these are stored in another
 * way: an index of another version is dropped and built again.
 */
export const LAYOUT_VERSION = 2;

/** Names one building of a tenant's index. A new one begins from nothing; what an older one wrote is not seen in it. */
export type Build = string;

/** How far a tenant's index reaches. */
export interface Progress {
  readonly tenant: string;
  readonly build: Build;
  readonly layout: number;
  /** The last entry that is indexed; -1 before the first. */
  readonly seq: number;
  /** Its hash; empty before the first. */
  readonly hash: Hash | '';
}

/** An entry of the log with what it can be found by. */
export interface IndexedEntry {
  readonly seq: number;
  readonly facets: readonly string[];
}

/** Positions, both inclusive. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

export type Order = 'newest' | 'oldest';

/** An entry that has the facet that was walked along. */
export interface Candidate {
  readonly seq: number;
  /** Whether it has the other facets too. */
  readonly matches: boolean;
}

/** A pending proposal's place in the order of expiry. */
export interface DuePlace {
  readonly expires_at: string;
  readonly proposal: string;
}

/**
 * What the views need of a database. It holds nothing that does not follow from entries, and nothing sealed. Errors are
 * SealtrailErrors: `store_unavailable`, `store_closed`, `store_layout` for what no index wrote.
 */
export interface Index {
  progress(tenant: string): Promise<Progress | undefined>;
  /**
   * Begins to build a tenant's index from nothing, in the place of an earlier one.
   *
   * @param before what {@link progress} said
   * @returns undefined when somebody else changed the progress meanwhile
   */
  begin(tenant: string, before: Progress | undefined): Promise<Progress | undefined>;
  /**
   * Adds entries and proposals and moves the progress to `to`, all at once or not at all.
   *
   * @returns the progress now, or undefined when it is no longer `from`: somebody else was faster
   */
  add(
    from: Progress,
    to: Pick<Progress, 'seq' | 'hash'>,
    entries: readonly IndexedEntry[],
    proposals: readonly ProposalRow[],
  ): Promise<Progress | undefined>;
  /** Those of the proposals that are in the index. */
  proposals(build: Build, ids: readonly string[]): Promise<readonly ProposalRow[]>;
  /** Number of entries with a facet, counted up to `cap`. */
  count(build: Build, facet: string, bounds: Bounds, cap: number): Promise<number>;
  /** The first entries, in this order, that have the facet `along`. */
  scan(
    build: Build,
    along: string,
    others: readonly string[],
    bounds: Bounds,
    order: Order,
    limit: number,
  ): Promise<readonly Candidate[]>;
  /** Proposals by the position of the entry that created them, ascending. */
  created(build: Build, bounds: Bounds, limit: number): Promise<readonly ProposalRow[]>;
  /** Pending proposals with an expiry before `before`, in the order of expiry. */
  due(
    build: Build,
    before: string,
    after: DuePlace | undefined,
    limit: number,
  ): Promise<readonly ProposalRow[]>;
  close(): Promise<void>;
}
