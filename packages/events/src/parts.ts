import { isHash, isReference, isTime, isWord } from '@sealtrail/format';
import { z } from 'zod';

// What the inputs of all events are made of. Every schema is strict: a misspelt field is an error, not a loss.

export const reference = z.custom<string>(isReference, '1 to 256 bytes without control characters');
export const hash = z.custom<string>(isHash, '64 lower-case hex digits');
export const time = z.custom<string>(isTime, 'a UTC time such as 2026-01-31T12:00:00.000Z');
export const word = z.custom<string>(isWord, 'a word such as update_contact');

const target = z.strictObject({ type: word, id: reference });
export const targets = z.array(target).max(256);
export { target };

/** Any JSON value: what JSON cannot say is refused when it is sealed. */
export const json = z.unknown().refine((value) => value !== undefined, 'a JSON value; null for none');

/** Names of members of an action's input that hold personal data: they are sealed apart, so that they can be erased alone. */
export const personal = z.array(z.string().max(256)).max(256);

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
/** An agent, as an entry names it. */
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
/** A signed-in person, as an entry names them. */
export type UserActor = z.input<typeof user>;

/** The host's own software: sweeps, policies, integrations. */
export const system = z.strictObject({ type: z.enum(['system', 'api_token']), id: reference });
/** The host's own software, as an entry names it. */
export type SystemActor = z.input<typeof system>;
