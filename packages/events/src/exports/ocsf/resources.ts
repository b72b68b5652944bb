import type { Entry } from '@sealtrail/format';
import type { Activity } from './activity.ts';
import type { OcsfResource } from './types.ts';

const ROLES = { unknown: [0, 'Unknown'], target: [1, 'Target'], related: [4, 'Related'] } as const;

/**
 * What an entry acts on (`Target`) and the records it is about (`Related`). That a contact is in a proposal's targets does not
 * make the proposal an event that created or updated the contact.
 */
export function resourcesOf(entry: Entry, { subject, known }: Activity & { known: boolean }): OcsfResource[] {
  const uid = subject === undefined ? undefined : entry.data[subject];
  const own = subject !== undefined && typeof uid === 'string' ? [resource(subject, uid, 'target')] : [];
  const role = !known ? 'unknown' : subject === undefined ? 'target' : 'related';
  return [...own, ...entry.targets.map(({ type, id }) => resource(type, id, role))];
}

function resource(type: string, uid: string, as: keyof typeof ROLES): OcsfResource {
  const [role_id, role] = ROLES[as];
  return { type, uid, role_id, role };
}
