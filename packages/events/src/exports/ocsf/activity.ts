import type { OwnType } from '../../types.ts';
import type { ActivityId, SeverityId, StatusId } from './types.ts';

/** What an entry of some type means in terms of API Activity. */
export interface Activity {
  readonly activity: ActivityId;
  readonly status: StatusId;
  readonly severity: SeverityId;
  /**
   * Member of `data` that names what was created, read, updated or deleted: a proposal is, not the CRM's record that the
   * proposal is about. Absent where the records themselves are acted on.
   */
  readonly subject?: 'proposal' | 'batch' | 'grant';
  /** True where the action itself was begun, taken or refused. A proposed or approved action was not yet called. */
  readonly calls?: boolean;
}

const CREATE = 1;
const READ = 2;
const UPDATE = 3;
const DELETE = 4;
const OTHER = 99;

const UNKNOWN = 0;
const SUCCESS = 1;
const FAILURE = 2;

const INFORMATIONAL = 1;
const LOW = 2;
const MEDIUM = 3;

function done(activity: ActivityId, subject?: Activity['subject']): Activity {
  return {
    activity,
    status: SUCCESS,
    severity: INFORMATIONAL,
    ...(subject === undefined ? {} : { subject }),
  };
}

function call(status: StatusId, severity: SeverityId): Activity {
  return { activity: OTHER, status, severity, calls: true };
}

const ACTIVITIES: Readonly<Record<OwnType, Activity>> = {
  'log.started': done(CREATE),
  'log.sealed': done(CREATE),
  // These name records that they neither create nor delete.
  'log.erased': done(OTHER),
  'log.key_added': done(OTHER),
  'log.key_retired': done(OTHER),
  'retention.set': done(OTHER),
  'retention.pruned': done(OTHER),
  'hold.set': done(OTHER),
  'hold.released': done(OTHER),
  'access.viewed': done(READ),
  'access.exported': done(READ),
  'access.verified': done(READ),
  'access.signed_in': done(OTHER),
  'access.token_created': done(OTHER),
  'access.token_revoked': done(OTHER),
  'proposal.created': done(CREATE, 'proposal'),
  'proposal.presented': done(READ, 'proposal'),
  'proposal.expired': done(UPDATE, 'proposal'),
  'proposal.superseded': done(UPDATE, 'proposal'),
  'decision.approved': done(UPDATE, 'proposal'),
  'decision.edited_approved': done(UPDATE, 'proposal'),
  // The person's rejecting succeeded: `status` is about what the actor did.
  'decision.rejected': done(UPDATE, 'proposal'),
  'decision.auto_approved': done(UPDATE, 'proposal'),
  'decision.auto_denied': done(UPDATE, 'proposal'),
  'decision.stale': { ...done(UPDATE, 'proposal'), status: FAILURE },
  'batch.decided': done(UPDATE, 'batch'),
  // Whether the action was taken is not known until another entry says so.
  'execution.started': call(UNKNOWN, INFORMATIONAL),
  'execution.executed': call(SUCCESS, INFORMATIONAL),
  'execution.failed': call(FAILURE, LOW),
  'execution.not_executed': call(FAILURE, LOW),
  // Somebody tried to do other than what was approved.
  'execution.args_mismatch': call(FAILURE, MEDIUM),
  'record.changed': done(UPDATE),
  'authority.grant_created': done(CREATE, 'grant'),
  'authority.grant_revoked': done(DELETE, 'grant'),
};

const FOREIGN: Activity = { activity: OTHER, status: UNKNOWN, severity: UNKNOWN };

/** What an entry's type means; nothing is guessed about types that Sealtrail does not write. */
export function activityOf(type: string): { readonly known: boolean } & Activity {
  const activity = Object.hasOwn(ACTIVITIES, type) ? ACTIVITIES[type as OwnType] : undefined;
  return { ...(activity ?? FOREIGN), known: activity !== undefined };
}
