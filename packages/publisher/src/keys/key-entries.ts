import {
  type EntryDraft,
  isSealtrailError,
  readEntry,
  SEALS_TENANT,
  SealtrailError,
} from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import { encodeVkey, type NoteKey, readVkey } from '@sealtrail/tlog';

// Which keys sign for the log is said in the log (SPEC 14.3), so that a change of keys is seen by everybody.

const KEY_ADDED = 'log.key_added';
const KEY_RETIRED = 'log.key_retired';

/** Entries of the operator's log that are read together. */
const CHUNK = 500;

/** What an entry of the operator's log says about a key. */
export interface KeyChange {
  readonly kind: 'added' | 'retired';
  readonly vkey: string;
}

/** The entry that adds or retires a key. Its id makes the same change once. */
export function keyDraft(kind: KeyChange['kind'], key: NoteKey): EntryDraft {
  return {
    id: `key_${kind}:${key.id}`,
    type: kind === 'added' ? KEY_ADDED : KEY_RETIRED,
    actor: { type: 'system', id: 'sealtrail' },
    data: { vkey: encodeVkey(key) },
  };
}

/**
 * What an entry says about a key; undefined for one about something else.
 *
 * @throws SealtrailError `log_broken` for an entry of such a type that says nothing of the kind
 */
export function readKeyChange(text: string): KeyChange | undefined {
  const { type, data, tenant } = readEntry(text);
  if (tenant !== SEALS_TENANT || (type !== KEY_ADDED && type !== KEY_RETIRED)) return undefined;
  const vkey = Object(data).vkey;
  try {
    return { kind: type === KEY_ADDED ? 'added' : 'retired', vkey: encodeVkey(readVkey(String(vkey))) };
  } catch (cause) {
    if (!isSealtrailError(cause)) throw cause;
    throw new SealtrailError('log_broken', `an entry of type ${type} names no key`, {}, { cause });
  }
}

/** What the operator's log says about keys from a position on; throws as {@link readKeyChange}. */
export async function* keyChanges(store: Store, from: number): AsyncGenerator<KeyChange> {
  for (let at = from; ; at += CHUNK) {
    const rows = await store.readFrom(SEALS_TENANT, at, CHUNK);
    for (const { entry } of rows) {
      const change = readKeyChange(entry);
      if (change !== undefined) yield change;
    }
    if (rows.length < CHUNK) return;
  }
}
