import { canonicalize, isSealtrailError, MAX_SEALED_VALUE_BYTES, SealtrailError } from '@sealtrail/format';

/** What an action gave, in the form in which it can be recorded, or why it cannot. */
export type Recordable =
  | { readonly result: unknown }
  | { readonly result_omitted: 'too_large' | 'not_json' }
  | Record<never, never>;

/** A result as JSON says it: dates become text, undefined members go. The action's answer must never fail for being recorded. */
export function recordable(result: unknown): Recordable {
  if (result === undefined) return {};
  try {
    const json = JSON.stringify(result);
    if (json === undefined) return { result_omitted: 'not_json' };
    const value: unknown = JSON.parse(json);
    if (new TextEncoder().encode(canonicalize(value)).length > MAX_SEALED_VALUE_BYTES) {
      return { result_omitted: 'too_large' };
    }
    return { result: value };
  } catch (error) {
    return { result_omitted: isSealtrailError(error, 'value_too_large') ? 'too_large' : 'not_json' };
  }
}

/** What is recorded of a failure, whatever was thrown. */
export function errorOf(failure: unknown): { name: string; message: string } {
  try {
    return failure instanceof Error
      ? { name: failure.name, message: failure.message }
      : { name: 'Error', message: String(failure) };
  } catch {
    // An object without a prototype, for example.
    return { name: 'Error', message: 'what was thrown has no text' };
  }
}

/**
 * Refuses what cannot carry an action out, before its execution begins: the proposal would be used up. What only makes a generator would
 * be recorded as done before anything is.
 *
 * @throws SealtrailError `config_invalid`
 */
export function checkRun(action: string, run: unknown): void {
  const isGenerator = Object.prototype.toString.call(run).endsWith('GeneratorFunction]');
  if (typeof run === 'function' && !isGenerator) return;
  const what = isGenerator ? 'must not be a generator' : 'must be a function';
  throw new SealtrailError('config_invalid', `${action}: what carries it out ${what}`, { action });
}
