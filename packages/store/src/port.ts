import type { AnchorRow, EntryRow, Hash, HeadRow } from '@sealtrail/format';
import type { LogSource } from '@sealtrail/verifier';

/** The last entry of a log, which the next one links to. */
export interface Tip {
  readonly seq: number;
  readonly hash: Hash;
  readonly time: string;
}

/**
 * Makes the rows that follow the tip. Called under the head lock, synchronously, possibly again with another tip when
 * somebody else was faster. `now` is the server's time.
 */
export type BuildRows = (tip: Tip, now: string) => readonly EntryRow[];

/** What became of the rows that a {@link BuildRows} returned. */
export interface CommitOutcome {
  /** The rows that are durable now, a prefix of those built. */
  readonly rows: readonly EntryRow[];
  /** Set when the row after that prefix was refused because its id is taken in this log. */
  readonly takenId?: string;
}

/** What a transaction sees of entries that were to be appended and are there already. */
export interface EntriesThere {
  /** By their ids. */
  readonly known: ReadonlyMap<string, EntryRow>;
  /** What stands at the position after each of them; nothing behind the last of the log. */
  readonly behind: readonly EntryRow[];
}

/** An anchor job's view of a log that has something to anchor. */
export interface UnanchoredTenant {
  readonly tenant: string;
  /** Number of entries after the newest anchor, as far as the head knows. */
  readonly entries: number;
}

/** Where an anchor stands. */
export interface AnchorPlace {
  readonly tenant: string;
  readonly number: number;
}

/** How a tenant's line changed from one directory to the next. Derived: the seal's root vouches for it. */
export interface DirectoryChange {
  /** The name that the seal's entry gives its directory. An attempt that came too late has one that no seal names. */
  readonly directory: string;
  /** Position of the seal in the operator's log. */
  readonly seal: number;
  readonly tenant: string;
  readonly anchors: number;
  readonly entries: number;
  readonly last: Hash;
}

/** Fields of one entry whose values shall not exist any more. */
export interface DestroyedValues {
  readonly seq: number;
  readonly fields: readonly string[];
}

/**
 * What Sealtrail needs of a database. Two adapters implement it, one conformance suite holds both to it:
 *
 * - rows of one tenant form one chain without fork, gap or duplicate, however many processes write;
 * - a row that {@link Store.commit} returned is durable; one that it did not return is wholly there or wholly absent;
 * - a crash at any point leaves nothing that needs a person: the next commit continues from what is stored.
 *
 * Errors are SealtrailErrors: `store_unavailable` when the outcome is known to be nothing or could not be learned (the
 * caller may retry with the same ids), `store_closed`, `store_layout`.
 */
export interface Store {
  readonly kind: 'sqlite' | 'mongodb';
  /** Adds a tenant to the registry and writes its genesis entry. Does nothing when both are there. */
  register(tenant: string): Promise<void>;
  /** Appends under the tenant's head lock. The lock may be kept for a short time for a commit that follows. */
  commit(tenant: string, build: BuildRows): Promise<CommitOutcome>;
  /**
   * Appends inside the caller's own transaction: rows become durable with it or not at all. Only stores that have
   * transactions across their caller's data implement it. `build` makes the rows that follow a tip; ids that are in the log
   * already are left out, and their rows are in `known`, with the rows that stand behind those in `behind`.
   *
   * @throws SealtrailError `transaction_busy` when somebody else holds the head lock: the transaction must be retried;
   *   `log_broken` when an id is there twice
   */
  commitInSession?(
    session: unknown,
    tenant: string,
    ids: readonly string[],
    build: (tip: Tip, now: string, there: EntriesThere) => readonly EntryRow[],
  ): Promise<void>;
  /** Gives the head lock back early: the caller has nothing more to write for now. */
  release(tenant: string): Promise<void>;
  /** The entry with this id. */
  findById(tenant: string, id: string): Promise<EntryRow | undefined>;
  /** Those of the ids that are in the log, with their entries. */
  findByIds(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, EntryRow>>;
  /** The entry with the greatest id from `from` up to and without `below`, by their bytes. */
  findLast(tenant: string, from: string, below: string): Promise<EntryRow | undefined>;
  /** Entries from a position on, in order, at most `limit` of them: what was hashed, without the openings. */
  readFrom(tenant: string, from: number, limit: number): Promise<readonly Omit<EntryRow, 'openings'>[]>;
  /** The entries at these positions, those that are there, in no particular order. */
  readAt(tenant: string, seqs: readonly number[]): Promise<readonly EntryRow[]>;
  head(tenant: string): Promise<HeadRow | undefined>;
  /** Tenants whose head is past their newest anchor. */
  unanchored(): AsyncIterable<UnanchoredTenant>;
  /** Every head, ordered by tenant. */
  heads(): AsyncIterable<HeadRow>;
  anchorAt(tenant: string, number: number): Promise<AnchorRow | undefined>;
  /** The anchors at these places, those that are there, in no particular order. */
  anchorsAt(places: readonly AnchorPlace[]): Promise<readonly AnchorRow[]>;
  /** Stores the changes of one directory. Durable when the promise resolves; they count once a seal names them. */
  addDirectoryChanges(changes: readonly DirectoryChange[]): Promise<void>;
  /** Stored changes from a seal's position on, ordered by seal. */
  directoryChanges(from: number): AsyncIterable<DirectoryChange>;
  lastAnchor(tenant: string): Promise<AnchorRow | undefined>;
  /**
   * Adds the next anchor and notes it in the head; false when this number is taken. The same anchor given again is noted
   * if that was still to be done.
   */
  addAnchor(row: AnchorRow): Promise<boolean>;
  /**
   * Destroys sealed values with their salts; what is not there is no error. Each entry's are destroyed at once, and durably when
   * the promise resolves.
   *
   * @returns number of values that were there
   */
  destroyOpenings(tenant: string, values: readonly DestroyedValues[]): Promise<number>;
  /** Removes the entries of one segment, all of them or none. */
  removeEntries(tenant: string, from: number, to: number): Promise<void>;
  /**
   * Leaves no copy of what was destroyed in the store's files, where the store has them. Cheap when there is none.
   *
   * @throws SealtrailError `store_unavailable` when somebody reads all the time what was there before
   */
  scrub?(): Promise<void>;
  /** Gives back the space of what was destroyed, and does what {@link scrub} does. @throws as it does */
  compact?(): Promise<void>;
  /** The same data, as a verifier reads it. */
  source(): LogSource;
  close(): Promise<void>;
}
