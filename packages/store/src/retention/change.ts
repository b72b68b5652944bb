import {
  type Actor,
  type EntryDraft,
  type Hold,
  holdDraft,
  RETENTION_FLOORS,
  type RetentionPolicy,
  releaseDraft,
  retentionDraft,
  SealtrailError,
} from '@sealtrail/format';
import type { Appended } from '../log/appended.ts';
import type { Log } from '../log/log.ts';
import { checkPerson } from './person.ts';

/** Who changes a rule, and why in free words, which are sealed. */
export interface RetentionChange {
  readonly by: Actor;
  readonly reason?: string | undefined;
}

/**
 * Sets how long entries are kept at least.
 *
 * @throws SealtrailError `retention_invalid` below the floor of the preset; `actor_refused`; as `Log.append`
 */
export async function setRetention(
  log: Log,
  tenant: string,
  policy: RetentionPolicy,
  { by }: RetentionChange,
): Promise<Appended> {
  checkPerson(by);
  let draft: EntryDraft;
  try {
    draft = retentionDraft(by, policy);
  } catch (cause) {
    const floor = Object.hasOwn(RETENTION_FLOORS, policy.preset)
      ? RETENTION_FLOORS[policy.preset]
      : undefined;
    const why =
      floor === undefined
        ? 'there is no such rule'
        : `${policy.preset} asks for ${Math.max(1, floor)} days or more`;
    throw new SealtrailError('retention_invalid', why, {}, { cause });
  }
  return log.append(tenant, draft);
}

/** Holds a tenant, a record or everything about a person. @throws SealtrailError `actor_refused`; as `Log.append` */
export async function setHold(
  log: Log,
  tenant: string,
  hold: Hold,
  { by, reason }: RetentionChange,
): Promise<Appended> {
  checkPerson(by);
  return log.append(tenant, holdDraft(by, hold, reason));
}

/** Ends a hold. @throws SealtrailError `actor_refused`; as `Log.append` */
export async function releaseHold(
  log: Log,
  tenant: string,
  hold: string,
  { by, reason }: RetentionChange,
): Promise<Appended> {
  checkPerson(by);
  return log.append(tenant, releaseDraft(by, hold, reason));
}
