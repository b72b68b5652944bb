import { SealtrailError } from '@sealtrail/format';
import { isReserved, type Role, type Scope, type Signed } from './identity.ts';

/** What a route needs. `record` is all that a scope of one record has. */
export type Right = 'record' | 'read' | 'coaching' | 'tokens';

const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  admin: ['record', 'read', 'coaching', 'tokens'],
  manager: ['record', 'read', 'coaching'],
  // How single people decide is their manager's business, not an auditor's.
  auditor: ['record', 'read'],
};

/**
 * Decided before anything is looked up, so that the answer says nothing about what is there.
 *
 * @throws SealtrailError `forbidden`
 */
export function requireRight(who: Pick<Signed, 'role' | 'scope'>, right: Right): void {
  if (!hasRight(who, right)) throw new SealtrailError('forbidden', 'this role or scope does not allow that');
}

export function hasRight({ role, scope }: Pick<Signed, 'role' | 'scope'>, right: Right): boolean {
  const isNarrow = scope.record !== undefined && right !== 'record';
  return !isNarrow && RIGHTS_OF[role].includes(right);
}

/** Whether a tenant's log is within somebody's scope, whether or not there is one. */
export function covers({ role, scope }: Pick<Signed, 'role' | 'scope'>, tenant: string): boolean {
  if (isReserved(tenant)) return role === 'admin' && scope.tenants === 'all';
  return scope.tenants === 'all' || scope.tenants.includes(tenant);
}

/** Whether a record is within somebody's scope, in a tenant that is. */
export function coversRecord({ record }: Scope, { type, id }: { type: string; id: string }): boolean {
  return record === undefined || (record.type === type && record.id === id);
}

/** Whether one scope lies within another, so that nobody gives away more than they have. */
export function isWithin(inner: Scope, outer: Scope): boolean {
  if (outer.record !== undefined) {
    const { record } = inner;
    if (record === undefined || !coversRecord(outer, record)) return false;
  }
  if (outer.tenants === 'all') return true;
  return inner.tenants !== 'all' && inner.tenants.every((tenant) => outer.tenants.includes(tenant));
}

/** The one answer for what is not there and for what is somebody else's. */
export function notFound(): SealtrailError {
  return new SealtrailError('not_found', 'there is no such thing here');
}
