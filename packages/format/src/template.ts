import { canonicalize, type JsonObject, MAX_DEPTH } from './canonical.ts';
import { GENESIS_ID, GENESIS_TYPE } from './entry.ts';
import { areActorAndTargets } from './entry-parts.ts';
import { explainEntry, isSealed } from './entry-rules.ts';
import { type Actor, FORMAT_VERSION, MAX_ENTRY_BYTES, type Target } from './entry-types.ts';
import { SealtrailError } from './errors.ts';
import { type Hash, ZERO_HASH } from './hash.ts';
import { isEntryType, isName } from './names.ts';
import { fitsUtf8 } from './text.ts';

/** Everything in an entry but its place in the log. */
export interface EntryContent {
  readonly tenant: string;
  readonly id: string;
  readonly type: string;
  readonly actor: Actor;
  readonly targets: readonly Target[];
  readonly data: JsonObject;
  readonly sealed: { readonly [field: string]: Hash };
}

/** An entry checked and encoded but for its place, so that the work under the head lock is to join strings and hash. */
export interface EntryTemplate {
  readonly content: EntryContent;
  /** How many characters the entry's text has at the most. */
  readonly size: number;
  /** The canonical text at a place. */
  at(seq: number, prev: Hash, time: string): string;
}

const SAMPLE_TIME = '9999-12-31T23:59:59.999Z';

/**
 * Checks and encodes an entry ahead of its place.
 *
 * @throws SealtrailError `value_not_json`, `value_too_deep`, `entry_malformed`, `entry_too_large`
 */
export function entryTemplate(content: EntryContent): EntryTemplate {
  const { tenant, id, type, sealed } = content;
  if (type === GENESIS_TYPE || id === GENESIS_ID) {
    throw new SealtrailError(
      'entry_malformed',
      `the type ${GENESIS_TYPE} and the id ${GENESIS_ID} are the log's own`,
    );
  }
  const actor = canonicalize(content.actor, MAX_DEPTH - 1);
  const data = canonicalize(content.data, MAX_DEPTH - 1);
  const targets = canonicalize(content.targets, MAX_DEPTH - 1);
  // Members in their canonical order; what is left open lies between these pieces.
  const beforePrev = `{"actor":${actor},"data":${data},"id":${canonicalize(id)},"prev":"`;
  const beforeSeq = `","sealed":${canonicalize(sealed)},"seq":`;
  const beforeTime = `,"targets":${targets},"tenant":${canonicalize(tenant)},"time":"`;
  const end = `","type":${canonicalize(type)},"v":${FORMAT_VERSION}}`;
  const at = (seq: number, prev: Hash, time: string): string =>
    beforePrev + prev + beforeSeq + seq + beforeTime + time + end;
  const longest = at(Number.MAX_SAFE_INTEGER, ZERO_HASH, SAMPLE_TIME);
  if (!fitsUtf8(longest, MAX_ENTRY_BYTES)) {
    throw new SealtrailError(
      'entry_too_large',
      `the entry is larger than ${MAX_ENTRY_BYTES} bytes; long texts belong in sealed values`,
    );
  }
  // What was just encoded is canonical: only the rules of its parts are left to check. A property test holds this against
  // reading the whole text.
  const wellFormed =
    isName(tenant) &&
    isName(id) &&
    isEntryType(type) &&
    data.startsWith('{') &&
    isSealed(sealed) &&
    areActorAndTargets(actor, targets);
  if (!wellFormed) throw explainEntry(longest);
  return { content, size: longest.length, at };
}
