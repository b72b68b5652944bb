import { isName, isReference, isTime, isWord } from '@sealtrail/format';
import { z } from 'zod';

const name = z.custom<string>(isName, 'a name: 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -');
const reference = z.custom<string>(isReference, '1 to 256 bytes without control characters');
const time = z.custom<string>(isTime, 'a UTC time such as 2026-01-31T12:00:00.000Z');

/** What somebody may do. Each may read entries, verify and export within the scope. */
export const ROLES = ['admin', 'manager', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/** Tenants in one scope; whoever needs more of them has `all`. */
const MAX_TENANTS = 1_000;

/**
 * Whose logs somebody may see. Names that begin with `~` are the operator's own logs: they are seen by admins whose scope is
 * `all`, and cannot be named.
 */
export const scopeSchema = z
  .strictObject({
    tenants: z.union([
      z.literal('all'),
      z
        .array(name.refine((one) => !isReserved(one), "a log of the operator's own cannot be named"))
        .min(1)
        .max(MAX_TENANTS),
    ]),
    /** Only this record of the one tenant. */
    record: z
      .strictObject({ type: z.custom<string>(isWord, 'a word such as contact'), id: reference })
      .optional(),
  })
  .refine(
    ({ tenants, record }) => record === undefined || (tenants !== 'all' && tenants.length === 1),
    'a record is one tenant’s: name that tenant alone',
  );
export type Scope = z.output<typeof scopeSchema>;

/** Somebody who is signed in. */
export const identitySchema = z.strictObject({
  /** Who it is in the access log: an id, not a person's name. */
  id: reference,
  /** What the console shows. */
  name: reference,
  role: z.enum(ROLES),
  scope: scopeSchema,
  /** How it was found out who this is, for example `sso`. */
  method: reference,
  /** Until when this holds; the host's own sign-in may leave it out. */
  expires: time.nullable().default(null),
});
/** What a host's own sign-in says about whoever asks. */
export type Identity = z.input<typeof identitySchema>;

/** A signed-in identity, and by which door it came in. */
export interface Signed extends z.output<typeof identitySchema> {
  readonly by: 'token' | 'session' | 'host';
  /** The token, for those that came in by one. */
  readonly token?: string;
  readonly session?: string;
}

/** What is counted for one token or person, in every browser and program that uses it, is counted under this. */
export function keyOf({ by, id }: Pick<Signed, 'by' | 'id'>): string {
  return `${by === 'host' ? 'host' : 'token'} ${id}`;
}

export function isReserved(tenant: string): boolean {
  return tenant.startsWith('~');
}
