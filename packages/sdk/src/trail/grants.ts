import {
  factsOf,
  grantCreated,
  grantCreatedId,
  grantRevoked,
  grantRevokedId,
  grantsOf,
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
// lag, and two people who grant at the same moment make one grant. Earlier ones may have been pruned: the newest has the greatest
// id that is there, so numbers are written in such a way that their texts have their order: 0 to 9, a10 to a99, b100 and so on.

function grantId(scope: GrantScope, number: number): string {
  const digits = String(number);
  const length = digits.length === 1 ? '' : String.fromCharCode('a'.charCodeAt(0) + digits.length - 2);
  return `${prefixOf(scope)}${length}${digits}`;
}

function prefixOf({ agent, action }: GrantScope): string {
  return grantsOf(leafHash(canonicalize([agent, action])).slice(0, 32));
}

/** The number of the grant that an entry has the id of, if it has. */
function numberIn(id: string, scope: GrantScope): number | undefined {
  const number = Number(/(\d+):[a-z]+$/.exec(id)?.[1]);
  const grant = grantId(scope, number);
  return [grantCreatedId(grant), grantRevokedId(grant)].includes(id) ? number : undefined;
}

/** The newest grant of a scope, and the number that the next one gets. */
async function newest(
  ledger: Ledger,
  scope: GrantScope,
): Promise<{ readonly last: Found | undefined; readonly next: number }> {
  const prefix = prefixOf(scope);
  let next: number | undefined;
  // The character after the colon that the prefix ends with, which is in no id.
  let below = `${prefix.slice(0, -1)};`;
  for (;;) {
    const id = await ledger.lastId(prefix, below);
    if (id === undefined) return { last: undefined, next: next ?? 0 };
    below = id;
    const number = numberIn(id, scope);
    if (number === undefined) continue;
    next ??= number + 1;
    const found = await look(ledger, grantId(scope, number));
    if (found.created !== undefined || found.revoked !== undefined) return { last: found, next };
  }
}

async function look(ledger: Ledger, grant: string): Promise<Found> {
  const [createdId, revokedId] = [grantCreatedId(grant), grantRevokedId(grant)];
  const entries = await ledger.find([createdId, revokedId]);
  const created = entries.get(createdId);
  return {
    grant,
    // What only has the id of a grant was said by nobody who may grant. What has the id of its revocation stands in the way of
    // one for ever, and ends the grant as well.
    created: created?.entry.type === 'authority.grant_created' ? created : undefined,
    revoked: entries.get(revokedId),
  };
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
  if (created === undefined || revoked !== undefined) return false;
  const expires = factsOf(created.entry).expires_at;
  return expires === undefined || now <= Date.parse(expires);
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
  if (last?.revoked !== undefined) return;
  if (last?.created === undefined) {
    throw new SealtrailError('grant_unknown', `the log has no grant of ${scope.action} to ${scope.agent}`, {
      ...scope,
    });
  }
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
  const { created, revoked } = await look(ledger, grant);
  // Who takes a grant back means also what was not executed yet.
  if (revoked !== undefined && revoked.entry.seq < before) return 'grant_revoked';
  // Pruned, and maybe its number was used again since: nobody can take it back any more, so it has ended.
  if (created === undefined || created.entry.seq > entry.seq) return 'grant_expired';
  const until = factsOf(created.entry).expires_at;
  return until !== undefined && entry.time > until ? 'grant_expired' : undefined;
}
