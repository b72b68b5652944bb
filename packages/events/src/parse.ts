import { SealtrailError } from '@sealtrail/format';
import type { z } from 'zod';

/** Parses an event's input. @throws SealtrailError `draft_invalid` that names the field */
export function parseInput<T extends z.ZodType>(schema: T, event: string, input: unknown): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue?.path.join('.') || 'the input';
  throw new SealtrailError('draft_invalid', `${event}: ${where}: ${issue?.message ?? 'is invalid'}`, {
    event,
    path: where,
  });
}

/** The members that have a value: an absent one is left out of the entry, not recorded as null. */
export function given<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
