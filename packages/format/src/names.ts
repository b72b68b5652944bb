import { fitsUtf8 } from './text.ts';

// The lexical rules of SPEC 3, each in one place.

/** The rules as regular expressions to build larger ones from. Types and field names have a length limit besides. */
export const NAME_CHARACTER = '[A-Za-z0-9._:~-]';
export const MAX_NAME_LENGTH = 128;
export const WORD_RULE = '[a-z][a-z0-9_]{0,63}';
export const TYPE_RULE = '[a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*){1,3}';
export const FIELD_RULE = '[a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*){0,3}';
export const TIME_RULE = '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z';
/** References that hold only printable ASCII without quotes and backslashes; others are read the long way. */
export const PLAIN_REFERENCE_RULE = '[ !#-[\\]-~]{1,256}';
export const MAX_WORDS_LENGTH = 64;

const NAME = new RegExp(`^${NAME_CHARACTER}{1,${MAX_NAME_LENGTH}}$`);
const WORD = new RegExp(`^${WORD_RULE}$`);
const TYPE = new RegExp(`^${TYPE_RULE}$`);
const FIELD = new RegExp(`^${FIELD_RULE}$`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const TIME = new RegExp(`^${TIME_RULE}$`);

/** A tenant or an entry id: 1 to 128 characters of `A-Z a-z 0-9 . _ : ~ -`. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

/** A word such as a record's type. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && WORD.test(value);
}

/** An entry type such as `proposal.created`. */
export function isEntryType(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_WORDS_LENGTH && TYPE.test(value);
}

/** The name of a sealed field. */
export function isFieldName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_WORDS_LENGTH && FIELD.test(value);
}

/** An identifier from outside: 1 to 256 bytes of UTF-8 without control characters. */
export function isReference(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && fitsUtf8(value, 256) && !CONTROL.test(value);
}

/** A position in a log: a whole number from 0 to 2^53 - 1. */
export function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

// Consecutive entries mostly share their minute, and turning a date into a number and back is what costs.
let knownMinute = '1970-01-01T00:00';

/** A time of SPEC 3: `YYYY-MM-DDTHH:MM:SS.sssZ`, a real instant from 1970 to 9999. */
export function isTime(value: unknown): value is string {
  return typeof value === 'string' && value.length === 24 && TIME.test(value) && isInstant(value);
}

/** Whether a text of the form of a time is one. */
export function isInstant(value: string): boolean {
  if (value.charCodeAt(17) > 0x35) return false; // seconds 00 to 59
  if (value.startsWith(knownMinute)) return true;
  const at = Date.parse(value);
  if (Number.isNaN(at) || at < 0 || new Date(at).toISOString() !== value) return false;
  knownMinute = value.slice(0, 16);
  return true;
}
