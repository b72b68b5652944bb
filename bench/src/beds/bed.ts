import type { EntryRow } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import type { Rows } from '../made-rows.ts';

/** A new, empty store. */
export interface Fresh {
  readonly store: Store;
  readonly location: string;
  /** Closes and removes it. */
  drop(): Promise<void>;
}

/** A kind of store, and raw access to the same database with the same tables, indexes and durability. */
export interface Bed {
  readonly name: 'sqlite' | 'mongodb';
  /** Where its stores are made: a directory, or the URL of a server. */
  readonly place: string;
  /** What is being measured, for the report: engine and version. */
  readonly engine: string;
  /** What one raw write is called in the report. */
  readonly rawName: (batch: number) => string;
  readonly lockName: string;
  fresh(): Promise<Fresh>;
  /**
   * Writes rows into empty tables of a store, so many in a transaction or call, with so many calls at once where
   * the driver has more than one; entries a second.
   */
  rawInsert(rows: Rows, batch: number, atOnce: number): Promise<number>;
  /**
   * The textbook way to keep a chain: for each entry take a lock on the head, insert, write the head and unlock, with that
   * many callers at once; entries a second.
   */
  lockPerEntry(rows: readonly EntryRow[], callers: number): Promise<number>;
  /** Takes the anchors away, so that a log can be anchored again. */
  dropAnchors(location: string): Promise<void>;
  close(): Promise<void>;
}
