import { canonicalize } from './canonical.ts';
import { scanEntry } from './entry-scan.ts';
import { type Entry, FORMAT_VERSION, MAX_ENTRY_BYTES } from './entry-types.ts';
import { SealtrailError } from './errors.ts';
import { type Hash, leafHash, ZERO_HASH } from './hash.ts';
import { fitsUtf8 } from './text.ts';

/** Type of the entry at position 0, and of no other. */
export const GENESIS_TYPE = 'log.started';
/** Id of the entry at position 0, and of no other. */
export const GENESIS_ID = 'genesis';

/** The entry at position 0: it follows from tenant and registration time, so every process makes the same. */
export function genesisEntry(tenant: string, time: string): Entry {
  return {
    v: FORMAT_VERSION,
    tenant,
    seq: 0,
    prev: ZERO_HASH,
    time,
    id: GENESIS_ID,
    type: GENESIS_TYPE,
    actor: { type: 'system', id: 'sealtrail' },
    targets: [],
    data: { format: 'sealtrail/1' },
    sealed: {},
  };
}

/** Hash of an entry's canonical text: the chain's link and the leaf of its segment's tree. */
export const entryHash: (text: string) => Hash = leafHash;

/**
 * The canonical text of an entry, checked by the rules that a reader applies.
 *
 * @throws SealtrailError `value_not_json`, `value_too_deep`, `entry_malformed`, `entry_too_large`
 */
export function encodeEntry(entry: Entry): string {
  const text = canonicalize(entry);
  if (!fitsUtf8(text, MAX_ENTRY_BYTES)) {
    throw new SealtrailError('entry_too_large', `the entry is larger than ${MAX_ENTRY_BYTES} bytes`);
  }
  scanEntry(text);
  return text;
}

/**
 * Reads an entry from its stored text, which is attacker-controlled.
 *
 * @throws SealtrailError `entry_malformed`, or `entry_version` for a version that this package does not know
 */
export function readEntry(text: string): Entry {
  scanEntry(text);
  return JSON.parse(text) as Entry;
}
