import { type Entry, type Hash, type Openings, readEntry, readOpenings } from '@sealtrail/format';

/** An entry as it was read back from a store: what was hashed, and the sealed values that still exist. */
export interface Recorded {
  readonly entry: Entry;
  readonly hash: Hash;
  readonly openings: Openings;
}

/**
 * Reads a stored row. Says nothing about the chain around it: that is the verifier's.
 *
 * @throws SealtrailError `entry_malformed`, `entry_version`, `entry_too_large`, `not_canonical`, `opening_malformed`
 */
export function readRecorded(row: {
  readonly entry: string;
  readonly hash: Hash;
  readonly openings: string;
}): Recorded {
  return { entry: readEntry(row.entry), hash: row.hash, openings: readOpenings(row.openings) };
}
