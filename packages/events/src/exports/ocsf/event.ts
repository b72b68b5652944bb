import { type Entry, encodeEntry, FORMAT_VERSION, type JsonObject } from '@sealtrail/format';
import { type Facts, factsOf } from '../../facts.ts';
import type { ExportedEntry } from '../exported.ts';
import { type Activity, activityOf } from './activity.ts';
import { type MappedActor, mapActor } from './actor.ts';
import { resourcesOf } from './resources.ts';
import { CATEGORY_UID, CLASS_UID, OCSF_VERSION, type OcsfApiActivity } from './types.ts';

const ACTIVITY_NAMES = { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete' } as const;
const STATUS_NAMES = { 0: 'Unknown', 1: 'Success', 2: 'Failure' } as const;
const SEVERITY_NAMES = { 0: 'Unknown', 1: 'Informational', 2: 'Low', 3: 'Medium' } as const;

/**
 * Maps an entry to an event of the class API Activity (OCSF 1.8.0, class 6003). All attributes that the class requires are
 * there. The exact text that was hashed is `raw_data`, and its entry hash `raw_data_hash`: the release has no attribute for a
 * link of a chain, so `prev` and the commitments are under `unmapped`, beside what else has no attribute.
 */
export function toOcsf(exported: ExportedEntry): OcsfApiActivity {
  const { entry, hash } = exported;
  const facts = factsOf(entry);
  const activity = activityOf(entry.type);
  const mapped = mapActor(entry.actor, facts.conversation);
  const resources = resourcesOf(entry, activity);
  const code = activity.status === 2 ? textOf(entry, 'reason') : undefined;
  return {
    category_uid: CATEGORY_UID,
    class_uid: CLASS_UID,
    activity_id: activity.activity,
    // Where the class has no activity for it, the name is the source's own.
    activity_name: activity.activity === 99 ? entry.type : ACTIVITY_NAMES[activity.activity],
    type_uid: CLASS_UID * 100 + activity.activity,
    time: Date.parse(entry.time),
    severity_id: activity.severity,
    severity: SEVERITY_NAMES[activity.severity],
    status_id: activity.status,
    status: STATUS_NAMES[activity.status],
    ...(code === undefined ? {} : { status_code: code }),
    message: `${entry.type} by ${entry.actor.type} ${entry.actor.id}`,
    metadata: metadataOf(entry, facts, mapped),
    actor: mapped.actor,
    ...mapped.ai,
    api: apiOf(entry, facts, activity),
    // Required, and no entry says from which network endpoint its actor came.
    src_endpoint: { name: 'Unknown' },
    ...(resources.length === 0 ? {} : { resources }),
    ...(facts.trace === undefined ? {} : { trace: { uid: facts.trace } }),
    raw_data: encodeEntry(entry),
    raw_data_hash: {
      // Not 3 (SHA-256): that would be the hash of the text alone (SPEC 3).
      algorithm_id: 99,
      algorithm: 'SHA-256 of a zero byte and raw_data in UTF-8',
      value: hash,
    },
    unmapped: unmappedOf(exported, mapped),
  };
}

function metadataOf(entry: Entry, facts: Facts, { ai }: MappedActor): OcsfApiActivity['metadata'] {
  const profiles = [
    ...(ai === undefined ? [] : ['ai_operation']),
    ...(facts.trace === undefined ? [] : ['trace']),
  ];
  const correlation = facts.proposal ?? facts.batch ?? textOf(entry, 'grant') ?? textOf(entry, 'execution');
  return {
    version: OCSF_VERSION,
    product: { name: 'Sealtrail', vendor_name: 'Sealtrail' },
    ...(profiles.length === 0 ? {} : { profiles }),
    // Unique together with `tenant_uid`.
    uid: entry.id,
    original_event_uid: entry.id,
    sequence: entry.seq,
    log_name: entry.tenant,
    tenant_uid: entry.tenant,
    log_version: `sealtrail/${FORMAT_VERSION}`,
    event_code: entry.type,
    original_time: entry.time,
    ...(correlation === undefined ? {} : { correlation_uid: correlation }),
  };
}

/**
 * The operation is the action only where the action itself was called: a search for an action with the status Success then
 * finds what was executed, and nothing that was only proposed or approved.
 */
function apiOf(entry: Entry, { action }: Facts, { calls }: Activity): OcsfApiActivity['api'] {
  const request = textOf(entry, 'tool_call_id');
  return {
    operation: (calls === true ? action : undefined) ?? entry.type,
    ...(request === undefined ? {} : { request: { uid: request } }),
  };
}

function unmappedOf({ entry, values }: ExportedEntry, { rest }: MappedActor): JsonObject {
  return {
    actor: rest,
    data: entry.data,
    prev: entry.prev,
    sealed: { ...entry.sealed },
    ...(values === undefined ? {} : { values }),
  };
}

function textOf({ data }: Entry, name: string): string | undefined {
  const value = Object.hasOwn(data, name) ? data[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
