import { isSealtrailError, isTime, SealtrailError } from '@sealtrail/format';
import { z } from 'zod';
import { ROLES, scopeSchema } from '../access/identity.ts';

const time = z.custom<string>(isTime, 'not a time');
const id = z.string().min(1).max(128);
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** A token as it is kept: without its secret. */
export const tokenRow = z.strictObject({
  id,
  hash,
  name: z.string(),
  role: z.enum(ROLES),
  scope: scopeSchema,
  created: time,
  /** Who made it: the id of an identity, or `command-line`. */
  created_by: z.string(),
  expires: time,
  revoked: time.nullable(),
});
export type TokenRow = z.output<typeof tokenRow>;

/** All tokens that there are. */
export interface TokenList<T = TokenRow> {
  /** Newest first. */
  readonly tokens: readonly T[];
  /** Ids of those whose row the service did not write: nothing is known of them, and they let nobody in. */
  readonly damaged: readonly string[];
}

/** A browser that was signed in with a token. It ends with the token, if not before. */
export const sessionRow = z.strictObject({ id, hash, token: id, created: time, expires: time });
export type SessionRow = z.output<typeof sessionRow>;

export const RUN_STATES = ['running', 'valid', 'broken', 'cancelled', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** One verification of one tenant. */
export const runRow = z.strictObject({
  id,
  tenant: z.string(),
  /** The id of whoever asked for it. */
  by: z.string(),
  started: time,
  finished: time.nullable(),
  state: z.enum(RUN_STATES),
  walked: z.number(),
  /** The last position that was walked; runs of earlier versions do not say. */
  position: z.number().nullable().default(null),
  total: z.number().nullable(),
  /** The verifier's `TenantReport`, as it gave it. */
  report: z.record(z.string(), z.unknown()).nullable(),
  error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  /** When the process that runs it was last heard of. */
  beat: time,
});
export type RunRow = z.output<typeof runRow>;

/** Runs of one tenant. */
export interface RunList<T = RunRow> {
  /** Newest first. */
  readonly runs: readonly T[];
  /** Ids of those whose row the service did not write. */
  readonly damaged: readonly string[];
}

/**
 * A row out of the JSON that it is kept as. Whatever lies there may have been written by anybody: it is parsed like everything from
 * outside.
 *
 * @throws SealtrailError `store_layout`
 */
export function keptRow<T extends z.ZodType>(schema: T, json: string): z.output<T> {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    throw new SealtrailError(
      'store_layout',
      'the data of the service has a row that it did not write',
      {},
      { cause },
    );
  }
}

/** A list out of its rows: one that is damaged keeps nobody from the others. */
export function readable<T extends { readonly id: string }, Row>(
  rows: readonly T[],
  read: (row: T) => Row,
): { readonly whole: readonly Row[]; readonly damaged: readonly string[] } {
  const whole: Row[] = [];
  const damaged: string[] = [];
  for (const row of rows) {
    try {
      whole.push(read(row));
    } catch (error) {
      if (!isSealtrailError(error, 'store_layout')) throw error;
      damaged.push(row.id);
    }
  }
  return { whole, damaged };
}

/**
 * What the service needs to remember beside the log: who may ask, and what was verified. None of it is evidence; the log
 * and its own `~access` are. Errors are SealtrailErrors: `store_unavailable`, `store_closed`, `store_layout` for a row that the service
 * did not write.
 */
export interface ServiceData {
  addToken(token: TokenRow): Promise<void>;
  token(id: string): Promise<TokenRow | undefined>;
  /** All tokens, revoked and expired ones included. */
  tokens(): Promise<TokenList>;
  /** Revokes a token for good. Does nothing to one that is revoked already. */
  revokeToken(id: string, time: string): Promise<void>;
  /** Takes away the row of a token in which nothing can be revoked, so that it holds in no state that somebody gives it back. */
  removeToken(id: string): Promise<void>;
  addSession(session: SessionRow): Promise<void>;
  session(id: string): Promise<SessionRow | undefined>;
  removeSession(id: string): Promise<void>;
  /** Forgets sessions that ended before a time. */
  removeSessionsBefore(time: string): Promise<void>;
  /** Adds a run that is under way; false when one of the same tenant is, in whichever process. */
  addRun(run: RunRow): Promise<boolean>;
  run(id: string): Promise<RunRow | undefined>;
  /** The run of a tenant that is under way. */
  runningRun(tenant: string): Promise<RunRow | undefined>;
  /** Makes room for another run where the row of the one under way is damaged. Its process, if it lives, finds out and stops. */
  endDamagedRun(tenant: string): Promise<void>;
  /** Past runs and the one under way, newest first. */
  runs(tenant: string, limit: number): Promise<RunList>;
  /** Stores what became of a run that is under way; false when it is not any more, and then nothing is stored. */
  saveRun(run: RunRow): Promise<boolean>;
  close(): Promise<void>;
}
