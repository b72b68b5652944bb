import { factsOf, grantCreated, grantRevoked, type UserActor } from '@sealtrail/events';
import { isReference, isSealtrailError, type Recorded, SealtrailError } from '@sealtrail/format';
import type { Appended } from '@sealtrail/store';
import type { Context } from './context.ts';
import { type FoundGrant, findGrant, type GrantScope, grantId, newestGrant } from './find-grant.ts';
import type { Ledger } from './ledger.ts';

/** What a person allowed once and for all, until it ends or is revoked. */
export interface Grant extends GrantScope {
  readonly grant: string;
  readonly expires_at: string | undefined;
}

/** The grant of a scope that holds at a time. */
export async function activeGrant(
  ledger: Ledger,
  scope: GrantScope,
  now: number,
): Promise<Grant | undefined> {
  const { last } = await newestGrant(ledger, scope);
  return last !== undefined && isActive(last, now) ? grantOf(last, scope) : undefined;
}

function isActive({ created, revoked }: FoundGrant, now: number): boolean {
  if (created === undefined || revoked !== undefined) return false;
  const expires = factsOf(created.entry).expires_at;
  if (expires === undefined) return true;
  // One that was over when it was given never held, whatever this host's clock says.
  return now <= Date.parse(expires) && created.entry.time <= expires;
}

function grantOf({ grant, created }: FoundGrant, scope: GrantScope): Grant {
  return { ...scope, grant, expires_at: created && factsOf(created.entry).expires_at };
}

/**
 * Grants, unless a grant of this scope holds already: then that one is given back. Whether its end had passed is said by the log's
 * clock, by which alone a grant ends: a host whose clock is ahead would refuse one that holds.
 *
 * @throws SealtrailError `grant_expired` for one that was over when it was given: it is in the log, and allows nothing
 */
export async function createGrant(
  { ledger, now }: Context,
  scope: GrantScope,
  actor: UserActor,
  options: { readonly reason?: string | undefined; readonly expires_at?: string | undefined },
): Promise<Grant> {
  refuseNoScope(scope);
  for (;;) {
    const { last, next } = await newestGrant(ledger, scope);
    if (last !== undefined && isActive(last, now())) return grantOf(last, scope);
    const grant = grantId(scope, next);
    try {
      // Last what is not the caller's to say: in a scope or options that came with a request may be anything.
      const draft = grantCreated({ ...scope, ...options, grant, actor });
      const [appended] = await ledger.append([draft]);
      const { expires_at } = options;
      if (expires_at === undefined || (appended as Appended).time <= expires_at)
        return { ...scope, grant, expires_at };
      const { agent, action } = scope;
      const why = `the grant of ${action} to ${agent} ended at ${expires_at}, before it was given: it allows nothing`;
      throw new SealtrailError('grant_expired', why, { agent, action, grant, expires_at });
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
  refuseNoScope(scope);
  const { last } = await newestGrant(ledger, scope);
  if (last?.revoked !== undefined) return;
  if (last?.created === undefined) {
    throw new SealtrailError('grant_unknown', `the log has no grant of ${scope.action} to ${scope.agent}`, {
      ...scope,
    });
  }
  try {
    await ledger.append([
      grantRevoked({ ...options, grant: last.grant, grant_hash: last.created.hash, actor }),
    ]);
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
  }
}

function refuseNoScope({ agent, action }: GrantScope): void {
  if (isReference(agent) && isReference(action)) return;
  throw new SealtrailError('draft_invalid', 'a grant is for an agent, by its id, and an action, by its name');
}

/**
 * Why a decision that rests on a grant no longer allows anything; undefined when it does, or rests on none. By the log's own
 * order and time: a host whose clock is behind took the grant for one that still held.
 *
 * @param before a position that is in the log: what was revoked after it counts as still granted
 */
export async function grantObstacle(
  ledger: Ledger,
  { entry }: Recorded,
  before = Number.POSITIVE_INFINITY,
): Promise<'grant_revoked' | 'grant_expired' | undefined> {
  const grant = entry.data['grant'];
  if (entry.type !== 'decision.auto_approved' || typeof grant !== 'string') return undefined;
  const { created, revoked } = await findGrant(ledger, grant);
  // Who takes a grant back means also what was not executed yet.
  if (revoked !== undefined && revoked.entry.seq < before) return 'grant_revoked';
  // Pruned, and maybe its number was used again since: nobody can take it back any more, so it has ended.
  if (created === undefined || created.entry.seq > entry.seq) return 'grant_expired';
  if (Number.isFinite(before)) await ledger.refuseUnlinked([created]);
  const until = factsOf(created.entry).expires_at;
  return until !== undefined && entry.time > until ? 'grant_expired' : undefined;
}
