import {
  type Actor,
  type Entry,
  type EntryRow,
  type Hash,
  type JsonObject,
  type JsonValue,
  type Recorded,
  readEntry,
  readRecorded,
  SealtrailError,
  type Target,
} from '@sealtrail/format';

/** An entry as a view shows it: what is stored, read but not verified. */
export interface ViewEntry {
  readonly seq: number;
  readonly hash: Hash;
  /** When the log took the entry, UTC, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  readonly time: string;
  readonly id: string;
  readonly type: string;
  readonly actor: Actor;
  readonly targets: readonly Target[];
  readonly data: JsonObject;
  /** The commitments to sealed values, by field. */
  readonly sealed: Readonly<Record<string, Hash>>;
  /** The sealed values that still exist, by field. */
  readonly values: Readonly<Record<string, JsonValue>>;
  /** Fields whose value is gone. */
  readonly missing: readonly string[];
}

export function viewEntry({ entry, hash, openings }: Recorded): ViewEntry {
  const { seq, time, id, type, actor, targets, data, sealed } = entry;
  const fields = Object.keys(sealed);
  const missing = fields.filter((field) => !Object.hasOwn(openings, field));
  const values = Object.fromEntries(
    fields.flatMap((field) => {
      const opening = Object.hasOwn(openings, field) ? openings[field] : undefined;
      return opening === undefined ? [] : [[field, opening.value]];
    }),
  );
  return { seq, hash, time, id, type, actor, targets, data, sealed, values, missing };
}

/** @throws SealtrailError `log_broken` */
export function recordedFrom(row: EntryRow): Recorded {
  return readable(row, () => readRecorded(row));
}

/** What was hashed of an entry, without its sealed values. @throws SealtrailError `log_broken` */
export function entryFrom(row: Omit<EntryRow, 'openings'>): Entry {
  return readable(row, () => readEntry(row.entry));
}

/** A view over a log that cannot be read would be a guess. */
function readable<T>({ tenant, seq }: Omit<EntryRow, 'openings'>, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw broken(tenant, seq, 'the stored entry cannot be read', cause);
  }
}

export function broken(tenant: string, seq: number, why: string, cause?: unknown): SealtrailError {
  return new SealtrailError(
    'log_broken',
    `${why}: position ${seq} of ${tenant}; verify the log`,
    { tenant, seq },
    cause === undefined ? {} : { cause },
  );
}
