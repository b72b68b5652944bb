import type { z } from 'zod';
import { type ErrorCode, SealtrailError } from './errors.ts';

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
 * @throws SealtrailError `code` that names the member
 */
export function refuseUnknown(
  call: string,
  options: object,
  members: readonly string[],
  code: ErrorCode,
): void {
  const unknown = Object.entries(options).find(
    ([member, value]) => value !== undefined && !members.includes(member),
  );
  if (unknown === undefined) return;
  throw new SealtrailError(code, `${call}: there is no option ${JSON.stringify(unknown[0])}`);
}
