import { grantCreatedId, grantRevokedId, grantsOf } from '@sealtrail/events';
import { canonicalize, leafHash, type Recorded } from '@sealtrail/format';
import type { Ledger } from './ledger.ts';

/** What a grant allows: one agent, one action. */
export interface GrantScope {
  readonly agent: string;
  readonly action: string;
}

/** A grant that is in the log, or what is left of it. */
export interface FoundGrant {
  readonly grant: string;
  readonly created: Recorded | undefined;
  readonly revoked: Recorded | undefined;
}

// Grants of one scope are numbered, and a number is used once. So the newest one is found by its id, with no index that could
// lag, and two people who grant at the same moment make one grant. Earlier ones may have been pruned: the newest has the greatest
// id that is there, so numbers are written in such a way that their texts have their order: 0 to 9, a10 to a99, b100 and so on.

export function grantId(scope: GrantScope, number: number): string {
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
export async function newestGrant(
  ledger: Ledger,
  scope: GrantScope,
): Promise<{ readonly last: FoundGrant | undefined; readonly next: number }> {
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
    const found = await findGrant(ledger, grantId(scope, number));
    if (found.created !== undefined || found.revoked !== undefined) return { last: found, next };
  }
}

export async function findGrant(ledger: Ledger, grant: string): Promise<FoundGrant> {
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
