import {
  batchDecided,
  decisionApproved,
  decisionAutoApproved,
  decisionEditedApproved,
  decisionRejected,
  executionExecuted,
  executionFailed,
  proposalCreated,
  proposalExpired,
  recordChanged,
} from '@sealtrail/events';
import { describe, expect, it } from 'vitest';
import { agent, refusal, system, targets, user } from './samples.ts';

const time = '2026-04-01T09:30:00.000Z';
const base = { proposal: 'p-1', targets };
/** A good input for each event. */
const good = {
  proposalCreated: { ...base, actor: agent, action: 't', args: {}, rationale: null, confidence: null },
  proposalExpired: { ...base, actor: system, expires_at: time },
  decisionApproved: { ...base, actor: user },
  decisionRejected: { ...base, actor: user },
  decisionEditedApproved: { ...base, actor: user, original: {}, final: {} },
  decisionAutoApproved: { ...base, actor: system, policy: 'x' },
  batchDecided: { batch: 'b-1', actor: user, decision: 'approved', proposals: ['p-1'] },
  executionExecuted: { ...base, actor: agent, action: 't', approval: 'decided' },
  executionFailed: { ...base, actor: agent, action: 't', approval: 'decided' },
  recordChanged: { change: 'w', actor: user, target: targets[0], fields: [], before: null, after: null },
} as const;
type Event = keyof typeof good;
/** The constructors as plain JavaScript sees them. */
const events = {
  proposalCreated,
  proposalExpired,
  decisionApproved,
  decisionRejected,
  decisionEditedApproved,
  decisionAutoApproved,
  batchDecided,
  executionExecuted,
  executionFailed,
  recordChanged,
} as unknown as Record<Event, (input: unknown) => object>;
const all = Object.keys(good) as Event[];
const withChange = (event: Event, change: object) =>
  refusal(() => events[event]({ ...good[event], ...change }));

describe('every event', () => {
  it.each(all)('%s takes its good input', (event) => {
    expect(events[event](good[event])).toHaveProperty('id');
  });

  it.each(all)('%s refuses a field that it does not know, also inside the actor', (event) => {
    expect(withChange(event, { reasn: 'x' })).toEqual({ code: 'draft_invalid', path: 'the input' });
    const actor = { ...good[event].actor, email: 'a@example.com' };
    expect(withChange(event, { actor })).toEqual({ code: 'draft_invalid', path: 'actor' });
  });

  it.each(all)('%s refuses each missing field by its name', (event) => {
    for (const field of Object.keys(good[event])) {
      if (field === 'proposal' && event.startsWith('execution')) continue;
      const path = expect.stringMatching(new RegExp(`^${field}`));
      expect(withChange(event, { [field]: undefined }), field).toEqual({ code: 'draft_invalid', path });
    }
  });

  it.each([undefined, null, 'text', 7, []])('refuses %j as an input', (input) => {
    for (const event of all) {
      expect(refusal(() => events[event](input))).toEqual({ code: 'draft_invalid', path: 'the input' });
    }
  });
});

describe('who may do what', () => {
  const decisions = [
    'decisionApproved',
    'decisionRejected',
    'decisionEditedApproved',
    'batchDecided',
  ] as const;

  it.each(decisions)('%s refuses everybody but a person', (event) => {
    for (const actor of [agent, system, { type: 'api_token', id: 'k' }, { ...agent, auth_method: 'sso' }]) {
      expect(withChange(event, { actor })).toEqual({ code: 'draft_invalid', path: 'actor.type' });
    }
  });

  it.each([...decisions, 'recordChanged'] as const)('%s refuses a person without sign-in', (event) => {
    const path = 'actor.auth_method';
    expect(withChange(event, { actor: { type: 'user', id: 'u' } })).toEqual({ code: 'draft_invalid', path });
    expect(withChange(event, { actor: { ...user, auth_method: '' } })).toEqual({
      code: 'draft_invalid',
      path,
    });
  });

  it('only an agent proposes, only software expires and auto-approves, a person executes nothing', () => {
    for (const event of [
      'proposalCreated',
      'proposalExpired',
      'decisionAutoApproved',
      'executionExecuted',
      'executionFailed',
    ] as const) {
      expect(withChange(event, { actor: user }), event).toEqual({
        code: 'draft_invalid',
        path: 'actor.type',
      });
    }
    expect(withChange('proposalCreated', { actor: system })?.path).toBe('actor.type');
    expect(withChange('decisionAutoApproved', { actor: agent })?.path).toBe('actor.type');
  });
});

describe('values out of their range are refused by their path', () => {
  it.each<[Event, object, string]>([
    ['proposalCreated', { confidence: 1.01 }, 'confidence'],
    ['proposalCreated', { confidence: -0.01 }, 'confidence'],
    ['proposalCreated', { confidence: Number.NaN }, 'confidence'],
    ['proposalCreated', { confidence: '0.5' }, 'confidence'],
    ['proposalCreated', { confidence_source: 'gut' }, 'confidence_source'],
    ['proposalCreated', { risk: 'extreme' }, 'risk'],
    ['proposalCreated', { rationale: 7 }, 'rationale'],
    ['proposalCreated', { proposal: 'p 1' }, 'proposal'],
    ['proposalCreated', { proposal: 'p'.repeat(101) }, 'proposal'],
    ['proposalCreated', { expires_at: '2026-04-01' }, 'expires_at'],
    ['proposalCreated', { action: 'a\nb' }, 'action'],
    ['proposalCreated', { targets: [{ type: 'Deal', id: 'd' }] }, 'targets.0.type'],
    ['proposalCreated', { targets: [{ type: 'deal', id: '' }] }, 'targets.0.id'],
    ['proposalCreated', { targets: Array(257).fill({ type: 'deal', id: 'd' }) }, 'targets'],
    ['proposalCreated', { actor: { ...agent, prompt_hash: 'abc' } }, 'actor.prompt_hash'],
    ['proposalCreated', { facts: { nested: {} } }, 'facts.nested'],
    ['decisionApproved', { batch: { id: 'b', size: 0 } }, 'batch.size'],
    ['decisionApproved', { batch: { id: 'b' } }, 'batch.size'],
    ['decisionApproved', { presented_at: '2026-02-30T00:00:00.000Z' }, 'presented_at'],
    ['batchDecided', { proposals: [] }, 'proposals'],
    ['batchDecided', { proposals: ['p-1', 'p 2'] }, 'proposals.1'],
    ['batchDecided', { decision: 'edited' }, 'decision'],
    ['executionExecuted', { approval: 'yes' }, 'approval'],
    ['executionExecuted', { execution: 'x-1' }, 'the input'],
    ['executionFailed', { proposal: undefined }, 'the input'],
    ['recordChanged', { fields: [''] }, 'fields.0'],
  ])('%s %j', (event, change, path) => {
    expect(withChange(event, change)).toEqual({ code: 'draft_invalid', path });
  });

  it('takes the ends of a range', () => {
    for (const confidence of [0, 1]) expect(withChange('proposalCreated', { confidence })).toBeUndefined();
    expect(withChange('proposalCreated', { proposal: 'p'.repeat(100) })).toBeUndefined();
  });
});
