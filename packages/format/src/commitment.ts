import { canonicalize, type JsonValue, MAX_DEPTH } from './canonical.ts';
import { SealtrailError } from './errors.ts';
import { commitmentHash, type Hash } from './hash.ts';
import { isFieldName } from './names.ts';
import { scanValue } from './recognise.ts';
import { fitsUtf8, fitsUtf8Between } from './text.ts';

/** Random bytes in a salt: nobody can guess a value by its commitment. */
export const SALT_BYTES = 16;
/** The longest value, as canonical text. */
export const MAX_SEALED_VALUE_BYTES = 1_048_576;
/** The longest text of all openings of an entry. */
const MAX_OPENINGS_BYTES = 4_194_304;

/** A sealed value with the salt that its commitment was made with. Destroying it leaves the commitment meaningless. */
export interface Opening {
  readonly salt: string;
  readonly value: JsonValue;
}

/** The openings of one entry, by the names of its sealed fields. */
export type Openings = { readonly [field: string]: Opening };

const SALT = /^[0-9a-f]{32}$/;

/**
 * The commitment to a value (SPEC 4).
 *
 * @param salt 16 random bytes in hex, fresh for each field of each entry
 * @throws SealtrailError `value_not_json`, `value_too_deep`, `value_too_large`, `opening_malformed` for a bad salt
 */
export function commit(salt: string, value: unknown): Hash {
  return commitmentHash(salt, valueText(salt, value));
}

/** A value to seal, with a fresh salt of 16 random bytes in hex. */
export interface Sealing {
  readonly field: string;
  readonly salt: string;
  readonly value: unknown;
}

/**
 * Seals the values of one entry: their commitments, and the text in which the openings are stored. Each value is encoded
 * once, so that what is committed to is what is stored.
 *
 * @throws SealtrailError `value_not_json`, `value_too_deep`, `value_too_large`, `opening_malformed` for a bad salt
 */
export function seal(values: readonly Sealing[]): {
  readonly sealed: { readonly [field: string]: Hash };
  readonly openings: string;
} {
  const sealed: Record<string, Hash> = {};
  const parts: string[] = [];
  for (const { field, salt, value } of values.toSorted((a, b) => (a.field < b.field ? -1 : 1))) {
    const text = valueText(salt, value);
    sealed[field] = commitmentHash(salt, text);
    parts.push(`${canonicalize(field)}:{"salt":"${salt}","value":${text}}`);
  }
  const openings = `{${parts.join(',')}}`;
  if (!fitsUtf8(openings, MAX_OPENINGS_BYTES)) {
    throw new SealtrailError(
      'value_too_large',
      `the sealed values are larger than ${MAX_OPENINGS_BYTES} bytes together`,
    );
  }
  return { sealed, openings };
}

function valueText(salt: string, value: unknown): string {
  if (!SALT.test(salt)) throw new SealtrailError('opening_malformed', 'a salt is 32 hex digits');
  const text = canonicalize(value);
  if (!fitsUtf8(text, MAX_SEALED_VALUE_BYTES)) {
    throw new SealtrailError(
      'value_too_large',
      `a sealed value is larger than ${MAX_SEALED_VALUE_BYTES} bytes`,
    );
  }
  return text;
}

/** The text in which openings are stored. @throws SealtrailError `value_not_json`, `value_too_large` */
export function encodeOpenings(openings: Openings): string {
  return seal(Object.entries(openings).map(([field, opening]) => ({ field, ...opening }))).openings;
}

/** One opening as it lies in the stored text. */
export interface StoredOpening {
  readonly field: string;
  readonly salt: string;
  /** Canonical text of the value. */
  readonly text: string;
}

/**
 * Reads stored openings, which are attacker-controlled, from left to right. The values stay text: that is what the
 * commitment is over. Says nothing yet about whether they match.
 *
 * @throws SealtrailError `opening_malformed`
 */
export function scanOpenings(text: string): StoredOpening[] {
  if (text === '{}') return [];
  if (!fitsUtf8(text, MAX_OPENINGS_BYTES)) throw malformed('too large');
  const scanned = scanMembers(text, 0);
  if (typeof scanned === 'string') throw malformed(scanned);
  if (scanned.end !== text.length) throw malformed(NOT_CANONICAL);
  return scanned.openings;
}

/**
 * Reads openings that begin at `at` inside a longer text.
 *
 * @returns them and the index after them; undefined when what begins there are no openings. {@link scanOpenings} of the text alone
 *   then says why.
 */
export function scanOpeningsAt(s: string, at: number): ScannedOpenings | undefined {
  if (s.startsWith('{}', at)) return { openings: [], end: at + 2 };
  const scanned = scanMembers(s, at);
  if (typeof scanned === 'string') return undefined;
  return fitsUtf8Between(s, at, scanned.end, MAX_OPENINGS_BYTES) ? scanned : undefined;
}

interface ScannedOpenings {
  readonly openings: StoredOpening[];
  readonly end: number;
}

/** At least one opening, or what is wrong with what begins at `begin`. */
function scanMembers(s: string, begin: number): ScannedOpenings | string {
  const openings: StoredOpening[] = [];
  let at = begin;
  let last = '';
  do {
    OPENING.lastIndex = at;
    // The first member follows the brace, every other a comma and a smaller name.
    if (!OPENING.test(s) || (s.charCodeAt(at) === BRACE) !== (at === begin)) return NOT_CANONICAL;
    const from = OPENING.lastIndex;
    const saltAt = from - VALUE.length - SALT_LENGTH;
    const salt = s.slice(saltAt, saltAt + SALT_LENGTH);
    const field = s.slice(at + 2, saltAt - SALT_MEMBER.length);
    if (field <= last || !isFieldName(field)) return NOT_CANONICAL;
    const to = scanValue(s, from, MAX_DEPTH);
    if (to === -1 || s.charCodeAt(to) !== BRACE_END) return 'a value is not canonical JSON';
    openings.push({ field, salt, text: s.slice(from, to) });
    last = field;
    at = to + 1;
  } while (s.charCodeAt(at) !== BRACE_END);
  return { openings, end: at + 1 };
}

const NOT_CANONICAL = 'not canonical openings';

const OPENING = /[{,]"[a-z0-9_.]+":\{"salt":"[0-9a-f]{32}","value":/y;
const SALT_MEMBER = '":{"salt":"';
const SALT_LENGTH = 2 * SALT_BYTES;
const VALUE = '","value":';
const BRACE = 0x7b;
const BRACE_END = 0x7d;

/**
 * Stored openings without some of them.
 *
 * @returns the text that is left, and which of the fields were there
 * @throws SealtrailError `opening_malformed`
 */
export function withoutOpenings(
  text: string,
  fields: readonly string[],
): { readonly text: string; readonly removed: readonly string[] } {
  const all = scanOpenings(text);
  const kept = all.filter(({ field }) => !fields.includes(field));
  const parts = kept.map(({ field, salt, text: value }) => `"${field}":{"salt":"${salt}","value":${value}}`);
  const removed = all.filter(({ field }) => fields.includes(field)).map(({ field }) => field);
  return { text: `{${parts.join(',')}}`, removed };
}

/** Reads stored openings with their values. @throws SealtrailError `opening_malformed` */
export function readOpenings(text: string): Openings {
  scanOpenings(text);
  return JSON.parse(text) as Openings;
}

/** Whether a stored opening belongs to a commitment. */
export function opens(opening: StoredOpening, commitment: Hash): boolean {
  // A larger value cannot have been committed to.
  return (
    fitsUtf8(opening.text, MAX_SEALED_VALUE_BYTES) &&
    commitmentHash(opening.salt, opening.text) === commitment
  );
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('opening_malformed', `the openings are malformed: ${why}`);
}
