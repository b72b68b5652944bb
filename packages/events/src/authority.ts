import type { EntryDraft } from '@sealtrail/format';
import { z } from 'zod';
import { grantCreatedId, grantName, grantRevokedId } from './ids.ts';
import { given, parseInput } from './parse.ts';
import { hash, reference, time, user } from './parts.ts';

const created = z.strictObject({
  grant: grantName,
  actor: user,
  /** The agent that may take the action from now on, and the action. */
  agent: reference,
  action: reference,
  /** Why. Sealed. */
  reason: z.string().optional(),
  expires_at: time.optional(),
});
/** What {@link grantCreated} takes. */
export type GrantCreated = z.input<typeof created>;

/** A person allows an agent an action once and for all, until revoked. Entry id: `<grant>:granted`. */
export function grantCreated(input: GrantCreated): EntryDraft {
  const { actor, reason, ...data } = parseInput(created, 'authority.grant_created', input);
  return {
    id: grantCreatedId(data.grant),
    type: 'authority.grant_created',
    actor: given(actor),
    data: given(data),
    sealed: given({ reason }),
  };
}

const revoked = z.strictObject({
  grant: grantName,
  grant_hash: hash.optional(),
  actor: user,
  /** Why. Sealed. */
  reason: z.string().optional(),
});
/** What {@link grantRevoked} takes. */
export type GrantRevoked = z.input<typeof revoked>;

/** A person takes a grant back. Entry id: `<grant>:revoked`. */
export function grantRevoked(input: GrantRevoked): EntryDraft {
  const { actor, reason, ...data } = parseInput(revoked, 'authority.grant_revoked', input);
  return {
    id: grantRevokedId(data.grant),
    type: 'authority.grant_revoked',
    actor: given(actor),
    data: given(data),
    sealed: given({ reason }),
  };
}
