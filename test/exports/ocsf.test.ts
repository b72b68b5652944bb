import { createHash } from 'node:crypto';
import type { OcsfApiActivity } from '@sealtrail/events';
import * as events from '@sealtrail/events';
import type { Entry } from '@sealtrail/format';
import { beforeAll, describe, expect, it } from 'vitest';
import { activityOf } from '../../packages/events/src/exports/ocsf/activity.ts';
import { apiActivity } from './helpers/ocsf-schema.ts';
import { SAMPLES } from './helpers/samples.ts';
import { ALL_DRAFTS, exportSamples, jsonLines } from './helpers/stored.ts';

let lines: OcsfApiActivity[];
let entries: Entry[];

/** The event of an entry, by its type or the end of its id. */
function eventOf(name: string): OcsfApiActivity {
  const found = lines.find(
    ({ metadata }) => metadata.event_code === name || metadata.uid.endsWith(`~${name}`),
  );
  if (found === undefined) throw new Error(`no event ${name}`);
  return found;
}

describe('a log with every entry type, as OCSF', () => {
  beforeAll(async () => {
    lines = jsonLines((await exportSamples({ format: 'ocsf', values: 'included' })).text);
    entries = lines.map(({ raw_data }) => JSON.parse(raw_data) as Entry);
  });

  it('holds one event for every constructor that makes an entry', () => {
    const makers = Object.keys(events).filter(
      (name) =>
        /^(proposal|decision|batch|execution|record|grant)[A-Z]/.test(name) && !/Id$|State$/.test(name),
    );
    expect(Object.keys(SAMPLES).sort()).toEqual(makers.sort());
    expect(lines).toHaveLength(ALL_DRAFTS.length + 1);
  });

  it('satisfies the released schema of the class in every line', () => {
    const faults = lines.flatMap((line) => {
      const parsed = apiActivity.safeParse(line);
      return parsed.success ? [] : [[line.metadata.uid, parsed.error.issues]];
    });
    expect(faults).toEqual([]);
  });

  it('can be traced back: tenant, position, id, time, and a hash that the raw text has', () => {
    for (const [seq, line] of lines.entries()) {
      const entry = entries[seq] as Entry;
      expect(line.metadata).toMatchObject({
        sequence: seq,
        log_name: 'acme',
        tenant_uid: 'acme',
        uid: entry.id,
      });
      expect(new Date(line.time).toISOString()).toBe(entry.time);
      const hash = createHash('sha256').update(Uint8Array.of(0)).update(line.raw_data).digest('hex');
      // Not 3, which would say that it is the hash of the raw text alone.
      expect(line.raw_data_hash).toMatchObject({ algorithm_id: 99, value: hash });
      expect(line.unmapped).toMatchObject({ prev: entry.prev, data: entry.data, sealed: entry.sealed });
    }
  });

  it.each([
    ['log.started', 1, 1, 'log.started'],
    ['proposal.created', 1, 1, 'proposal.created'],
    ['proposal.presented', 2, 1, 'proposal.presented'],
    ['proposal.expired', 3, 1, 'proposal.expired'],
    ['proposal.superseded', 3, 1, 'proposal.superseded'],
    ['decision.approved', 3, 1, 'decision.approved'],
    ['decision.edited_approved', 3, 1, 'decision.edited_approved'],
    ['decision.rejected', 3, 1, 'decision.rejected'],
    ['decision.auto_approved', 3, 1, 'decision.auto_approved'],
    ['decision.auto_denied', 3, 1, 'decision.auto_denied'],
    ['decision.stale', 3, 2, 'decision.stale'],
    ['batch.decided', 3, 1, 'batch.decided'],
    ['execution.started', 99, 0, 'set_discount'],
    ['execution.executed', 99, 1, 'set_discount'],
    ['execution.failed', 99, 2, 'set_discount'],
    ['execution.not_executed', 99, 2, 'set_discount'],
    ['execution.args_mismatch', 99, 2, 'set_discount'],
    ['record.changed', 3, 1, 'record.changed'],
    ['authority.grant_created', 1, 1, 'authority.grant_created'],
    ['authority.grant_revoked', 4, 1, 'authority.grant_revoked'],
    ['log.viewed', 99, 0, 'log.viewed'],
  ])('%s: activity %i, status %i, operation %s', (type, activity_id, status_id, operation) => {
    expect(eventOf(type)).toMatchObject({ activity_id, status_id, api: { operation } });
  });

  it('knows every type that Sealtrail writes, and no other', () => {
    for (const type of events.OWN_TYPES) expect([type, activityOf(type).known]).toEqual([type, true]);
    for (const type of ['log.viewed', 'toString', '']) expect(activityOf(type).known).toBe(false);
  });

  it('finds exactly what was executed under an action with the status Success', () => {
    const found = lines.filter(({ api, status_id }) => api.operation === 'set_discount' && status_id === 1);
    expect(found.map(({ metadata }) => metadata.event_code)).toEqual(['execution.executed']);
  });

  it('names the agent, its version, model and conversation, and the person it acted for', () => {
    expect(eventOf('proposal.created')).toMatchObject({
      actor: {
        app_uid: 'assistant',
        user: { uid: 'u-1', type_id: 1 },
        session: { uid: 's-9' },
      },
      ai_model: { name: 'example-1', ai_provider: 'Unknown' },
      message_context: { ai_role_id: 4, application: { uid: 'assistant', version: '2.1' }, uid: 'conv-1' },
      trace: { uid: 'trace-1' },
      metadata: { profiles: ['ai_operation', 'trace'], correlation_uid: 'p-1' },
      unmapped: { actor: { type: 'agent', prompt_hash: 'a'.repeat(64) } },
    });
  });

  it('names people and tokens as users, systems as applications; what has no attribute is unmapped', () => {
    const approved = eventOf('decision.approved');
    expect(approved.actor).toEqual({
      user: { uid: 'u-1', type_id: 1, type: 'User' },
      session: { uid: 's-1' },
    });
    expect(approved.unmapped['actor']).toEqual({ type: 'user', auth_method: 'sso', role: 'manager' });
    expect(eventOf('proposal.expired').actor).toEqual({ app_uid: 'sweeper' });
    expect(eventOf('foreign-1').actor.user).toEqual({ uid: '=1+1', type_id: 4, type: 'Service' });
    expect(eventOf('foreign-2').actor).toMatchObject({ app_uid: '@SUM(A1)', user: { uid: 'u-2' } });
    expect(eventOf('foreign-2').unmapped['actor']).toEqual({
      type: 'system',
      model: 'm',
      agent_version: '1',
    });
    expect(eventOf('foreign-3').actor).toEqual({ app_uid: '+agent' });
    expect(eventOf('foreign-3').unmapped['actor']).toMatchObject({ on_behalf_of: { id: 'boss' } });
  });

  it('acts on the proposal, and is only related to the records that the proposal is about', () => {
    expect(eventOf('decision.approved').resources).toEqual([
      { type: 'proposal', uid: 'p-4', role_id: 1, role: 'Target' },
      { type: 'deal', uid: 'd-1', role_id: 4, role: 'Related' },
      { type: 'contact', uid: 'c-7', role_id: 4, role: 'Related' },
    ]);
    expect(eventOf('execution.executed').resources?.map(({ role }) => role)).toEqual(['Target', 'Target']);
    expect(eventOf('record.changed').resources).toEqual([
      { type: 'deal', uid: 'd-1', role_id: 1, role: 'Target' },
    ]);
    expect(eventOf('foreign-2').resources?.map(({ role }) => role)).toEqual(['Unknown', 'Unknown']);
    expect(eventOf('log.started')).not.toHaveProperty('resources');
  });

  it('says why an action was refused, and that other arguments than the approved ones are worse', () => {
    expect(eventOf('execution.not_executed')).toMatchObject({ status_code: 'rejected', severity: 'Low' });
    expect(eventOf('execution.args_mismatch')).toMatchObject({ severity: 'Medium' });
    expect(eventOf('log.viewed')).toMatchObject({ severity: 'Unknown' });
  });

  it('has opened values under unmapped when they are included', () => {
    expect(eventOf('decision.approved').unmapped['values']).toEqual({ reason: 'SECRET reason' });
    expect(eventOf('decision.rejected').unmapped['values']).toEqual({});
  });
});
