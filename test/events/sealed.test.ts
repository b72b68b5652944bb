import {
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
import { agent, system, targets, user } from './samples.ts';

const time = '2026-04-01T09:30:00.000Z';

describe('what goes into the entry, and what is only sealed', () => {
  it('proposalCreated: arguments and rationale are sealed', () => {
    expect(
      proposalCreated({
        proposal: 'p-1',
        actor: agent,
        action: 'set_discount',
        targets,
        args: { percent: 10 },
        rationale: 'They asked.',
        confidence: 0.5,
        confidence_source: 'self_reported',
        risk: 'high',
        tool_call_id: 'call-1',
        conversation_id: 'c-1',
        trace_id: 't-1',
        expires_at: time,
        facts: { tokens: 812, cached: false, region: 'eu' },
      }),
    ).toStrictEqual({
      id: 'p-1:created',
      type: 'proposal.created',
      actor: agent,
      targets,
      data: {
        proposal: 'p-1',
        action: 'set_discount',
        confidence: 0.5,
        confidence_source: 'self_reported',
        risk: 'high',
        tool_call_id: 'call-1',
        conversation_id: 'c-1',
        trace_id: 't-1',
        expires_at: time,
        facts: { tokens: 812, cached: false, region: 'eu' },
      },
      sealed: { args: { percent: 10 }, rationale: 'They asked.' },
    });
  });

  it('proposalCreated: no reason and no confidence are recorded as null, what is absent not at all', () => {
    const draft = proposalCreated({
      proposal: 'p-1',
      actor: { ...agent, model: undefined },
      action: 't',
      targets: [],
      args: null,
      rationale: null,
      confidence: null,
      risk: undefined,
    });
    expect(draft.data).toStrictEqual({ proposal: 'p-1', action: 't', confidence: null });
    expect(draft.sealed).toStrictEqual({ args: null, rationale: null });
    expect(draft.actor).toStrictEqual({ type: 'agent', id: 'assistant', agent_version: '2.1' });
  });

  it('proposalExpired: nothing is sealed', () => {
    expect(proposalExpired({ proposal: 'p-1', actor: system, targets, expires_at: time })).toStrictEqual({
      id: 'p-1:decision',
      type: 'proposal.expired',
      actor: system,
      targets,
      data: { proposal: 'p-1', expires_at: time },
    });
  });

  it.each([
    ['decision.approved', decisionApproved],
    ['decision.rejected', decisionRejected],
  ] as const)('%s: the reason is sealed, alone or in bulk', (type, make) => {
    expect(
      make({
        proposal: 'p-1',
        actor: user,
        targets,
        reason: 'I know them.',
        presented_at: time,
        channel: 'inbox',
      }),
    ).toStrictEqual({
      id: 'p-1:decision',
      type,
      actor: user,
      targets,
      data: { proposal: 'p-1', presented_at: time, channel: 'inbox', mode: 'individual' },
      sealed: { reason: 'I know them.' },
    });
    const bulk = make({ proposal: 'p-1', actor: user, targets, batch: { id: 'b-1', size: 40 } });
    expect(bulk.data).toStrictEqual({ proposal: 'p-1', mode: 'bulk', batch: 'b-1', batch_size: 40 });
    expect(bulk.sealed).toStrictEqual({});
  });

  it('decisionEditedApproved: final arguments, patch and reason are sealed; the number of changes is not', () => {
    expect(
      decisionEditedApproved({
        proposal: 'p-1',
        actor: user,
        targets,
        original: { percent: 25 },
        final: { percent: 10 },
        reason: 'Too much.',
      }),
    ).toStrictEqual({
      id: 'p-1:decision',
      type: 'decision.edited_approved',
      actor: user,
      targets,
      data: { proposal: 'p-1', mode: 'edit', changes: 1 },
      sealed: {
        final_args: { percent: 10 },
        patch: [{ op: 'replace', path: '/percent', value: 10 }],
        reason: 'Too much.',
      },
    });
  });

  it('decisionAutoApproved: a rule decided, nothing is sealed', () => {
    expect(
      decisionAutoApproved({ proposal: 'p-1', actor: system, targets, policy: 'harmless' }),
    ).toStrictEqual({
      id: 'p-1:decision',
      type: 'decision.auto_approved',
      actor: system,
      targets,
      data: { mode: 'policy', proposal: 'p-1', policy: 'harmless' },
    });
  });

  it.each([
    ['execution.executed', executionExecuted],
    ['execution.failed', executionFailed],
  ] as const)('%s: arguments and result are sealed', (type, make) => {
    expect(
      make({
        proposal: 'p-1',
        actor: agent,
        action: 'refund',
        targets,
        args: { cents: 100 },
        result: 'done',
        approval: 'decided',
        trace_id: 't-1',
      }),
    ).toStrictEqual({
      id: 'p-1:execution',
      type,
      actor: agent,
      targets,
      data: { proposal: 'p-1', action: 'refund', approval: 'decided', trace_id: 't-1' },
      sealed: { args: { cents: 100 }, result: 'done' },
    });
    const read = make({
      execution: 'x-1',
      actor: system,
      action: 'get',
      targets: [],
      approval: 'not_required',
    });
    expect([read.id, read.sealed]).toStrictEqual(['x-1:execution', {}]);
  });

  it('recordChanged: values before and after are sealed, the names of the fields are not', () => {
    expect(
      recordChanged({
        change: 'w-1',
        actor: user,
        target: { type: 'contact', id: 'c-1' },
        fields: ['phone'],
        before: { phone: '1' },
        after: { phone: '2' },
        proposal: 'p-1',
      }),
    ).toStrictEqual({
      id: 'w-1:change',
      type: 'record.changed',
      actor: user,
      targets: [{ type: 'contact', id: 'c-1' }],
      data: { change: 'w-1', fields: ['phone'], proposal: 'p-1' },
      sealed: { before: { phone: '1' }, after: { phone: '2' } },
    });
  });
});
