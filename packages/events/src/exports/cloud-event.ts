import type { Entry, Hash, JsonObject } from '@sealtrail/format';
import type { ExportedEntry } from './exported.ts';

/** Before an entry's type, as CloudEvents wants it for types: a reverse domain name. */
const CLOUD_EVENT_TYPE_PREFIX = 'dev.sealtrail.';

/** An entry as a CloudEvent in the JSON event format. `tenant`, `sequence` and `hash` are extension attributes. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly subject?: string;
  readonly datacontenttype: 'application/json';
  readonly tenant: string;
  readonly sequence: string;
  readonly hash: Hash;
  readonly data: Entry & { readonly values?: JsonObject };
}

/** Digits of the largest position, 2^53 - 1. */
const SEQUENCE_DIGITS = 16;

/**
 * Maps an entry to a CloudEvent (CloudEvents 1.0.2, sections 3.1 and 3.2; JSON event format 1.0.2, section 2; the sequence
 * extension). `source` and `id` together are unique, as section 3.1 demands: an entry's id is unique in its tenant's log.
 */
export function toCloudEvent({ entry, hash, values }: ExportedEntry): CloudEvent {
  const subject = subjectOf(entry);
  return {
    specversion: '1.0',
    id: entry.id,
    source: `/sealtrail/${entry.tenant}`,
    type: `${CLOUD_EVENT_TYPE_PREFIX}${entry.type}`,
    time: entry.time,
    ...(subject === undefined ? {} : { subject }),
    datacontenttype: 'application/json',
    tenant: entry.tenant,
    // The extension orders events by comparing strings, and an integer attribute has only 32 bits: hence the leading zeros.
    sequence: String(entry.seq).padStart(SEQUENCE_DIGITS, '0'),
    hash,
    data: values === undefined ? entry : { ...entry, values },
  };
}

// The type String of CloudEvents excludes Unicode's noncharacters, which an entry's references may hold.
const NONCHARACTER = /\p{Noncharacter_Code_Point}/u;

/** The first record that the entry is about; the type is a word, so the first slash ends it. The others are in `data`. */
function subjectOf({ targets }: Entry): string | undefined {
  const first = targets[0];
  if (first === undefined || NONCHARACTER.test(first.id)) return undefined;
  return `${first.type}/${first.id}`;
}
