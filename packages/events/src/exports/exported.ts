import type { Entry, Hash, JsonObject, Recorded } from '@sealtrail/format';

/** Whether what an entry sealed leaves the log with it. */
export type ExportedValues = 'included' | 'withheld';

/** An entry on its way into another tool. That it is here says nothing about whether its log verifies. */
export interface ExportedEntry {
  readonly entry: Entry;
  readonly hash: Hash;
  /** The sealed values that still exist, by field name. Absent when they are withheld, so that it cannot be mistaken for none. */
  readonly values?: JsonObject;
}

/** What of an entry is exported: without its sealed values, unless they are asked for. Salts never are. */
export function exportedEntry(
  { entry, hash, openings }: Recorded,
  values: ExportedValues = 'withheld',
): ExportedEntry {
  if (values === 'withheld') return { entry, hash };
  const opened = Object.entries(openings).map(([field, { value }]) => [field, value]);
  return { entry, hash, values: Object.fromEntries(opened) };
}
