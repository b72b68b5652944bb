import { factsOf } from '@sealtrail/events';
import type { JsonValue, Recorded, Target } from '@sealtrail/format';

/** What a `record.changed` entry says. */
export interface RecordChange {
  /** The record that was written; absent when the entry names none. */
  readonly target?: Target;
  /** Names of the fields that changed. */
  readonly fields: readonly string[];
  /** Their values before and after; absent when the value is gone. */
  readonly before?: JsonValue;
  readonly after?: JsonValue;
  /** The proposal that explains the write. */
  readonly proposal?: string;
  /** True when no proposal does. */
  readonly unexplained: boolean;
}

/** Undefined for entries of other types. */
export function changeOf({ entry, openings }: Recorded): RecordChange | undefined {
  if (entry.type !== 'record.changed') return undefined;
  const [target] = entry.targets;
  const fields: unknown = entry.data['fields'];
  const { before, after } = openings;
  const { proposal } = factsOf(entry);
  return {
    ...(target === undefined ? {} : { target }),
    fields: Array.isArray(fields) ? fields.filter((name) => typeof name === 'string') : [],
    ...(before === undefined ? {} : { before: before.value }),
    ...(after === undefined ? {} : { after: after.value }),
    ...(proposal === undefined ? {} : { proposal }),
    unexplained: proposal === undefined,
  };
}
