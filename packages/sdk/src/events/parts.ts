import { isHash, isName, isReference, isTime, isWord, SealtrailError } from '@sealtrail/format';
import { z } from 'zod';

// What the inputs of all events are made of. Every schema is strict: a misspelt field is an error, not a loss.

export const reference = z.custom<string>(isReference, '1 to 256 bytes without control characters');
const hash = z.custom<string>(isHash, '64 lower-case hex digits');
export const time = z.custom<string>(isTime, 'a UTC time such as 2026-01-31T12:00:00.000Z');
export const word = z.custom<string>(isWord, 'a word such as update_contact');

/** Room for the suffix that makes an entry's id out of a proposal's. */
const MAX_ID = 100;
/** The host's id of a proposal, batch, execution or change; entry ids are made from it. */
export const id = z.custom<string>(
  (value) => isName(value) && value.length <= MAX_ID,
  `1 to ${MAX_ID} characters of A-Z a-z 0-9 . _ : ~ -`,
);

export const targets = z.array(z.strictObject({ type: word, id: reference })).max(256);

/** Any JSON value: what JSON cannot say is refused when it is sealed. */
export const json = z.unknown().refine((value) => value !== undefined, 'a JSON value; null for none');

const onBehalfOf = z.strictObject({ type: z.enum(['user', 'agent', 'system', 'api_token']), id: reference });

/** An agent, with what it takes to know which one it was. */
export const agent = z.strictObject({
  type: z.literal('agent'),
  id: reference,
  agent_version: reference.optional(),
  model: reference.optional(),
  prompt_hash: hash.optional(),
  session_id: reference.optional(),
  on_behalf_of: onBehalfOf.optional(),
});
export type AgentActor = z.input<typeof agent>;

/** A person, as the host authenticated them. An agent cannot stand here, and neither can a person without sign-in. */
export const user = z.strictObject({
  type: z.literal('user'),
  id: reference,
  /** How the person signed in, such as `sso` or `password+totp`. */
  auth_method: reference,
  role: reference.optional(),
  session_id: reference.optional(),
  on_behalf_of: onBehalfOf.optional(),
});
export type UserActor = z.input<typeof user>;

/** The host's own software: sweeps, policies, integrations. */
export const system = z.strictObject({ type: z.enum(['system', 'api_token']), id: reference });
export type SystemActor = z.input<typeof system>;

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
