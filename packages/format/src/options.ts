import type { z } from 'zod';
import { isObject } from './entry-rules.ts';
import { type ErrorCode, SealtrailError } from './errors.ts';
import { isName } from './names.ts';

/**
 * Reads the options of a call. From plain JavaScript and from environments anything may come, and one that nobody looks at, because
 * its name is misspelt, must not pass for one that has an effect.
 *
 * @param call the name of the function that they were given to
 * @throws SealtrailError `config_invalid` that names the option
 */
export function parseOptions<T extends z.ZodType>(call: string, schema: T, options: unknown): z.output<T> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  const what = `${where === '' ? '' : `${where}: `}${issue?.message}`;
  throw new SealtrailError('config_invalid', `${call}: ${what}`);
}

/**
 * Refuses what a caller said and nobody would look at, where nothing else about the options has to be checked.
 *
 * @throws SealtrailError `code` that names the member, or says that there are no options
 */
export function refuseUnknown(
  call: string,
  options: object,
  members: readonly string[],
  code: ErrorCode,
): void {
  // Put into words only where it is said: each append comes by here.
  if (!isObject(options)) {
    const what = members.length === 0 ? 'options' : `options (${members.join(', ')})`;
    throw other(call, what, options, code);
  }
  const unknown = Object.entries(options).find(
    ([member, value]) => value !== undefined && !members.includes(member),
  );
  if (unknown === undefined) return;
  throw new SealtrailError(code, `${call}: there is no option ${JSON.stringify(unknown[0])}`);
}

/**
 * Refuses an argument that is none of its kind: from plain JavaScript it may be missing, or be the promise of one that nobody waited for.
 *
 * @param what it has to be, with an article
 * @throws SealtrailError `code` that says what is needed and, but for its value, what was given
 */
export function checkArgument(
  call: string,
  what: string,
  value: unknown,
  isIt: (value: unknown) => boolean,
  code: ErrorCode,
): void {
  if (!isIt(value)) throw other(call, what, value, code);
}

function other(call: string, what: string, value: unknown, code: ErrorCode): SealtrailError {
  return new SealtrailError(code, `${call} needs ${what}, and got ${kindOf(value)}`);
}

/** @throws SealtrailError `draft_invalid` for what is no tenant's name */
export function checkTenant(tenant: unknown): asserts tenant is string {
  if (isName(tenant)) return;
  throw new SealtrailError('draft_invalid', 'a tenant is 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -');
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof Object(value).then === 'function') return 'a promise: wait for it first';
  return KINDS[typeof value] ?? 'something else';
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'a truth value',
  function: 'a function',
  object: 'another object',
};
