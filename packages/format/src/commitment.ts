import { canonicalize, type JsonValue, MAX_DEPTH } from './canonical.ts';
import { SealtrailError } from './errors.ts';
import { commitmentHash, type Hash } from './hash.ts';
import { isFieldName } from './names.ts';
import { parseCanonical } from './parse.ts';
import { fitsUtf8 } from './text.ts';

export const SALT_BYTES = 16;
export const MAX_SEALED_VALUE_BYTES = 1_048_576;
export const MAX_OPENINGS_BYTES = 4_194_304;

/** A sealed value with the salt that its commitment was made with. Destroying it leaves the commitment meaningless. */
export interface Opening {
  readonly salt: string;
  readonly value: JsonValue;
}

export type Openings = { readonly [field: string]: Opening };

const SALT = /^[0-9a-f]{32}$/;

/**
 * The commitment to a value (SPEC 4).
 *
 * @param salt 16 random bytes in hex, fresh for each field of each entry
 * @throws SealtrailError `value_not_json`, `value_too_deep`, `value_too_large`, `opening_malformed` for a bad salt
 */
export function commit(salt: string, value: unknown): Hash {
  if (!SALT.test(salt)) throw new SealtrailError('opening_malformed', 'a salt is 32 hex digits');
  const text = canonicalize(value);
  if (!fitsUtf8(text, MAX_SEALED_VALUE_BYTES)) {
    throw new SealtrailError(
      'value_too_large',
      `a sealed value is larger than ${MAX_SEALED_VALUE_BYTES} bytes`,
    );
  }
  return commitmentHash(salt, text);
}

/** The text in which an entry's openings are stored. */
export function encodeOpenings(openings: Openings): string {
  const text = canonicalize(openings, MAX_DEPTH + 2);
  if (!fitsUtf8(text, MAX_OPENINGS_BYTES)) {
    throw new SealtrailError(
      'value_too_large',
      `the sealed values are larger than ${MAX_OPENINGS_BYTES} bytes together`,
    );
  }
  return text;
}

/**
 * Reads stored openings, which are attacker-controlled. Says nothing yet about whether they match.
 *
 * @throws SealtrailError `opening_malformed`
 */
export function readOpenings(text: string): Openings {
  if (!fitsUtf8(text, MAX_OPENINGS_BYTES)) throw malformed('too large');
  const value = parseCanonical(text, MAX_DEPTH + 2, 'opening_malformed');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('not an object');
  for (const [field, opening] of Object.entries(value)) {
    if (!isFieldName(field)) throw malformed('a field has no valid name');
    if (typeof opening !== 'object' || opening === null || Array.isArray(opening))
      throw malformed('not an opening');
    const { salt } = opening as Partial<Opening>;
    if (Object.keys(opening).length !== 2 || !Object.hasOwn(opening, 'value'))
      throw malformed('not {salt, value}');
    if (typeof salt !== 'string' || !SALT.test(salt)) throw malformed('a salt is not 32 hex digits');
  }
  return value as unknown as Openings;
}

/** Whether an opening belongs to a commitment. */
export function opens(opening: Opening, commitment: Hash): boolean {
  return commit(opening.salt, opening.value) === commitment;
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('opening_malformed', `the openings are malformed: ${why}`);
}
