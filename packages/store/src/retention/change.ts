import {
  type Actor,
  type Hold,
  holdDraft,
  isHoldName,
  MAX_HOLD_NAME,
  RETENTION_FLOORS,
  type RetentionPolicy,
  releaseDraft,
  releasedId,
  retentionDraft,
  SealtrailError,
} from '@sealtrail/format';
import type { Appended } from '../log/appended.ts';
import type { Log } from '../log/log.ts';
import { checked } from './checked.ts';
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
  { by, reason }: RetentionChange,
): Promise<Appended> {
  checkPerson(by);
  const floor = Object.hasOwn(RETENTION_FLOORS, policy.preset) ? RETENTION_FLOORS[policy.preset] : undefined;
  const why =
    floor === undefined
      ? 'there is no such rule'
      : `${policy.preset} asks for ${Math.max(1, floor)} days or more`;
  return log.append(
    tenant,
    checked('retention_invalid', () => retentionDraft(by, policy, reason), why),
  );
}

/**
 * Holds a tenant, a record or everything about a person. A hold that was released does not stand again: its name is part of the
 * log's history, and another one needs another.
 *
 * @throws SealtrailError `actor_refused`; `retention_invalid` for a hold that nobody could read or release; `id_conflict` for
 *   one that was released, or is about something else; as `Log.append`
 */
export async function setHold(
  log: Log,
  tenant: string,
  hold: Hold,
  { by, reason }: RetentionChange,
): Promise<Appended> {
  checkPerson(by);
  if (!isHoldName(hold.hold)) {
    throw new SealtrailError(
      'retention_invalid',
      `the name of a hold is 1 to ${MAX_HOLD_NAME} characters of A-Z a-z 0-9 . _ : ~ -, and does not end in :released`,
    );
  }
  const draft = checked('retention_invalid', () => holdDraft(by, hold, reason));
  await refuseReleased(log, tenant, hold.hold);
  const appended = await log.append(tenant, draft);
  // Set before: it may have been released since it was looked for.
  if (appended.duplicate) await refuseReleased(log, tenant, hold.hold);
  return appended;
}

async function refuseReleased(log: Log, tenant: string, hold: string): Promise<void> {
  const row = await log.find(tenant, releasedId(hold));
  if (row === undefined) return;
  throw new SealtrailError(
    'id_conflict',
    `${hold} was released at position ${row.seq} and does not stand: give another id`,
    { tenant, id: row.id, seq: row.seq },
  );
}

/** Ends a hold. @throws SealtrailError `actor_refused`, `retention_invalid`; as `Log.append` */
export async function releaseHold(
  log: Log,
  tenant: string,
  hold: string,
  { by, reason }: RetentionChange,
): Promise<Appended> {
  checkPerson(by);
  return log.append(
    tenant,
    checked('retention_invalid', () => releaseDraft(by, hold, reason)),
  );
}
