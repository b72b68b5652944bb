import {
  factsOf,
  grantCreated,
  grantCreatedId,
  grantRevoked,
  grantRevokedId,
  type Recorded,
  type UserActor,
} from '@sealtrail/events';
import { canonicalize, isSealtrailError, leafHash, SealtrailError } from '@sealtrail/format';
import type { Context } from './context.ts';
import type { Ledger } from './ledger.ts';

/** What a grant allows: one agent, one action. */
export interface GrantScope {
  readonly agent: string;
  readonly action: string;
}

export interface Grant extends GrantScope {
  readonly grant: string;
  readonly expires_at: string | undefined;
}

interface Found {
  readonly grant: string;
  readonly created: Recorded | undefined;
  readonly revoked: Recorded | undefined;
}

// Grants of one scope are numbered, and a number is used once. So the newest one is found by its id, with no index that could
// lag, and two people who grant at the same moment make one grant.
const PAGE = 8;

function grantId({ agent, action }: GrantScope, number: number): string {
  return `grant:${leafHash(canonicalize([agent, action])).slice(0, 32)}:${number}`;
}

/** The newest grant of a scope, and the number that the next one gets. */
async function newest(
  ledger: Ledger,
  scope: GrantScope,
): Promise<{ readonly last: Found | undefined; readonly next: number }> {
  let last: Found | undefined;
  for (let from = 0; ; from += PAGE) {
    const ids = Array.from({ length: PAGE }, (_, i) => grantId(scope, from + i));
    const entries = await ledger.find(ids.flatMap((grant) => [grantCreatedId(grant), grantRevokedId(grant)]));
    for (const [i, grant] of ids.entries()) {
      const created = entries.get(grantCreatedId(grant));
      if (created === undefined) return { last, next: from + i };
      last = { grant, created, revoked: entries.get(grantRevokedId(grant)) };
    }
  }
}

/** The grant of a scope that holds at a time. */
export async function activeGrant(
  ledger: Ledger,
  scope: GrantScope,
  now: number,
): Promise<Grant | undefined> {
  const { last } = await newest(ledger, scope);
  return last !== undefined && isActive(last, now) ? grantOf(last, scope) : undefined;
}

function isActive({ created, revoked }: Found, now: number): boolean {
  const expires = created && factsOf(created.entry).expires_at;
  return revoked === undefined && (expires === undefined || now <= Date.parse(expires));
}

function grantOf({ grant, created }: Found, scope: GrantScope): Grant {
  return { grant, ...scope, expires_at: created && factsOf(created.entry).expires_at };
}

/** Grants, unless a grant of this scope holds already: then that one is given back. */
export async function createGrant(
  { ledger, now }: Context,
  scope: GrantScope,
  actor: UserActor,
  options: { readonly reason?: string | undefined; readonly expires_at?: string | undefined },
): Promise<Grant> {
  for (;;) {
    const { last, next } = await newest(ledger, scope);
    if (last !== undefined && isActive(last, now())) return grantOf(last, scope);
    const grant = grantId(scope, next);
    try {
      await ledger.append([grantCreated({ grant, actor, ...scope, ...options })]);
      return { grant, ...scope, expires_at: options.expires_at };
    } catch (error) {
      if (!isSealtrailError(error, 'id_conflict')) throw error;
    }
  }
}

/** Takes the grant of a scope back. Does nothing when it was taken back before. @throws SealtrailError `grant_unknown` */
export async function revokeGrant(
  { ledger }: Context,
  scope: GrantScope,
  actor: UserActor,
  options: { readonly reason?: string | undefined },
): Promise<void> {
  const { last } = await newest(ledger, scope);
  if (last?.created === undefined) {
    throw new SealtrailError('grant_unknown', `${scope.agent} was never granted ${scope.action}`, {
      ...scope,
    });
  }
  if (last.revoked !== undefined) return;
  try {
    await ledger.append([
      grantRevoked({ grant: last.grant, grant_hash: last.created.hash, actor, ...options }),
    ]);
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
  }
}

/**
 * Why a decision that rests on a grant no longer allows anything; undefined when it does, or rests on none. By the log's own
 * order and time: a host whose clock is behind took the grant for one that still held.
 *
 * @param before a position: what was revoked after it counts as still granted
 */
export async function grantObstacle(
  ledger: Ledger,
  { entry }: Recorded,
  before = Number.POSITIVE_INFINITY,
): Promise<'grant_revoked' | 'grant_expired' | undefined> {
  const grant = entry.data['grant'];
  if (entry.type !== 'decision.auto_approved' || typeof grant !== 'string') return undefined;
  const [createdId, revokedId] = [grantCreatedId(grant), grantRevokedId(grant)];
  const found = await ledger.find([createdId, revokedId]);
  // Who takes a grant back means also what was not executed yet.
  const revoked = found.get(revokedId);
  if (revoked !== undefined && revoked.entry.seq < before) return 'grant_revoked';
  const created = found.get(createdId);
  const until = created && factsOf(created.entry).expires_at;
  return until !== undefined && entry.time > until ? 'grant_expired' : undefined;
}
