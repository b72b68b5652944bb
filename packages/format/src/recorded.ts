import { type Openings, opens, readOpenings, scanOpenings } from './commitment.ts';
import { entryHash, readEntry } from './entry.ts';
import type { Entry } from './entry-types.ts';
import { SealtrailError } from './errors.ts';
import type { Hash } from './hash.ts';
import { type EntryRow, REPEATED_COLUMNS } from './rows.ts';

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

/**
 * Reads a stored row on which something is about to be done: its text has its hash and says what its columns say, and the values beside
 * it are those that were sealed. What was changed beside the hash could be put back later, and nobody would see on what was acted.
 *
 * @throws SealtrailError `log_broken`
 */
export function readGenuine(row: EntryRow): Recorded {
  const recorded = readable(row);
  const { entry } = recorded;
  const repeats = REPEATED_COLUMNS.every((name) => entry[name] === row[name]);
  if (!repeats || entryHash(row.entry) !== row.hash) throw altered(row, 'its text');
  for (const opening of scanOpenings(row.openings)) {
    const { field } = opening;
    const commitment = Object.hasOwn(entry.sealed, field) ? entry.sealed[field] : undefined;
    if (commitment === undefined || !opens(opening, commitment)) throw altered(row, `its value "${field}"`);
  }
  return recorded;
}

function readable(row: EntryRow): Recorded {
  try {
    return readRecorded(row);
    // A database without types may have anything there.
  } catch (cause) {
    const { tenant, seq, id } = row;
    const message = `entry ${seq} of ${tenant} cannot be read: verify the log`;
    throw new SealtrailError('log_broken', message, { tenant, seq, id }, { cause });
  }
}

function altered({ tenant, seq, id }: EntryRow, what: string): SealtrailError {
  const message = `entry ${seq} of ${tenant} was altered (${what}): verify the log`;
  return new SealtrailError('log_broken', message, { tenant, seq, id });
}
