import type { Entry, Hash, JsonObject } from '@sealtrail/format';
import type { ExportedEntry } from './exported.ts';

/** One line of an export as JSON Lines: the entry of SPEC 3 as it is, its position and its hash. */
export interface JsonLine {
  readonly seq: number;
  readonly hash: Hash;
  readonly entry: Entry;
  readonly values?: JsonObject;
}

/** Maps an entry to its line; `entry` in the form of RFC 8785 is what `hash` was made of. */
export function toJsonLine({ entry, hash, values }: ExportedEntry): JsonLine {
  return { seq: entry.seq, hash, entry, ...(values === undefined ? {} : { values }) };
}
