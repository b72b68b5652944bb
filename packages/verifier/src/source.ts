import type { Finding } from '@sealtrail/format';

/** A row as it lies in a store, attacker-controlled: nothing about its columns is known yet. */
export type RawRow = Readonly<Record<string, unknown>>;

/** A run of a log: anchors first, then the entries after them. An anchor comes before the entries of its segment. */
export interface LogBatch {
  readonly anchors: readonly RawRow[];
  readonly entries: readonly RawRow[];
}

/** Positions, both inclusive; without `to`, up to the end. */
export interface WalkRange {
  readonly from: number;
  readonly to?: number | undefined;
}

/** A run of a log that can be walked without the rest. */
export interface Part extends WalkRange {
  /** Where it lies in a file: offset of its first byte, and of the first byte after it. */
  readonly bytes?: { readonly start: number; readonly end: number } | undefined;
}

/** Read access to one tenant's log. */
export interface LogReader {
  readonly tenant: string;
  /** The tenant's row in the registry; undefined when it is not registered. */
  readonly registry: RawRow | undefined;
  /** Position at which the stored log starts: 0, or where a bundle was cut out. */
  readonly start: number;
  head(): Promise<RawRow | undefined>;
  /** Until the result is called, everything is read of one state of the store. Only where a store can. */
  hold?(): Promise<() => void>;
  /** Entries of a range that readers are told otherwise who ask for one by its id or position, as no walk does. */
  indexFaults?(range: WalkRange): AsyncIterable<Finding>;
  /** Entries that such readers are told of, and that no walk meets; an id that two have, where nothing else keeps it from that. */
  hiddenFaults?(): AsyncIterable<Finding>;
  /** The lowest position that is stored; undefined for none. A file does not tell. */
  firstPosition?(): Promise<number | undefined>;
  /**
   * All rows of the range, ordered by position, with the anchors of every segment that reaches into it; from 0 without end
   * also rows whose position is no number.
   */
  walk(range: WalkRange): AsyncIterable<LogBatch>;
  /** All anchors, ordered by number. */
  anchors(): AsyncIterable<readonly RawRow[]>;
  /**
   * Cuts a walk into runs of about `size` entries, which together are the whole of it. They end where segments do, as far as
   * the stored anchors can be believed; whoever walks them must compare what meets where they were cut.
   *
   * @returns the runs in their order, found while the first are walked already; none when it is better walked in one
   * @throws SealtrailError in the midst of them when it must be walked in one
   */
  parts?(range: WalkRange, head: number, size: number): AsyncIterable<Part>;
  /** Goes past entries and anchors that were walked elsewhere. Files are read forward only. */
  pass?(counts: { readonly entries: number; readonly anchors: number }): Promise<void>;
}

/** Where a source lies. */
export interface Location {
  readonly path: string;
  readonly database?: string | undefined;
}

/**
 * Where a verifier reads: a store or a bundle. Implementations only read, convert nothing and leave nothing out: a column
 * that they do not know is passed on, so that it can be refused.
 */
export interface LogSource {
  /** Whether rows have columns beside the texts. A bundle has texts only: an entry is `{entry, openings}`. */
  readonly columns: boolean;
  readonly openings: 'included' | 'withheld';
  /** What `openSource` takes to open it once more, in another thread; without it, that cannot be done. */
  readonly location?: Location | undefined;
  /**
   * Every registered tenant, ordered by name, then every tenant that only has rows. Use a reader before taking the next.
   *
   * @param after registered tenants up to this name are not needed, and may be left out
   */
  logs(after?: string): AsyncIterable<LogReader>;
  /** Stored changes between the directories of seals, ordered by seal. A bundle has none. */
  directoryChanges?(): AsyncIterable<readonly RawRow[]>;
  /** Rows that no log of {@link logs} has, but that a reader may be given who asks otherwise. */
  indexFaults?(): AsyncIterable<Finding>;
  /** One tenant, registered or not. */
  log(tenant: string): Promise<LogReader>;
  close(): Promise<void>;
}
