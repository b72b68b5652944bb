import {
  batchDecided,
  decisionApproved,
  decisionEditedApproved,
  decisionStale,
  executionExecuted,
  executionNotExecuted,
  executionStarted,
  type ProposalCreated,
  proposalCreated,
  proposalPresented,
  recordChanged,
} from '@sealtrail/events';
import { type EntryDraft, ZERO_HASH } from '@sealtrail/format';

export const agent = {
  type: 'agent',
  id: 'sales-assistant',
  agent_version: '2.3.0',
  model: 'example-1',
  prompt_hash: 'ab'.repeat(32),
} as const;
export const sarah = { type: 'user', id: 'u-17', auth_method: 'sso' } as const;
export const tom = { type: 'user', id: 'u-18', auth_method: 'sso' } as const;
export const system = { type: 'system', id: 'crm' } as const;
export const contact = { type: 'contact', id: 'c-104' };
export const targets = [contact];

export function proposed(proposal: string, change: Partial<ProposalCreated> = {}): EntryDraft {
  return proposalCreated({
    proposal,
    actor: agent,
    action: 'update_contact',
    targets,
    args: { phone: '+44 20 7946 0112', note: 'new' },
    personal: ['phone'],
    rationale: 'The signature of her mail has a new number.',
    confidence: 0.94,
    trace_id: 't-1',
    ...change,
  });
}

export const approved = (proposal: string, change: object = {}) =>
  decisionApproved({ proposal, actor: sarah, targets, ...change });

/** The life of `p-1`: shown, edited and approved, clicked again, refused once, carried out. */
export const LIFE: readonly EntryDraft[] = [
  proposed('p-1', { expires_at: '9000-01-01T00:00:00.000Z', risk: 'low' }),
  proposalPresented({
    proposal: 'p-1',
    presentation: 's-1',
    actor: sarah,
    targets,
    shown: { phone: '+44 20 7946 0112' },
  }),
  executionNotExecuted({
    proposal: 'p-1',
    actor: system,
    action: 'update_contact',
    targets,
    attempt: 'a-1',
    reason: 'pending',
  }),
  decisionEditedApproved({
    proposal: 'p-1',
    actor: sarah,
    targets,
    original: { phone: '+44 20 7946 0112', note: 'new' },
    final: { phone: '+44 20 7946 0113', note: 'newer' },
    personal: ['phone'],
    edited_fields: ['phone', 'note'],
    reason: 'A digit was wrong.',
  }),
  decisionStale({
    proposal: 'p-1',
    actor: tom,
    targets,
    click: 'k-1',
    decision: 'approved',
    decided_by: ZERO_HASH,
  }),
  executionStarted({ proposal: 'p-1', actor: system, action: 'update_contact', targets, attempt: 'a-2' }),
  recordChanged({
    change: 'w-1',
    actor: system,
    target: contact,
    fields: ['phone', 'note'],
    before: { phone: '1', note: '' },
    after: { phone: '+44 20 7946 0113', note: 'newer' },
    proposal: 'p-1',
  }),
  executionExecuted({
    proposal: 'p-1',
    actor: system,
    action: 'update_contact',
    targets,
    approval: 'decided',
    result: { ok: true },
  }),
];

/** A write that nobody proposed. */
export const UNEXPLAINED = recordChanged({
  change: 'w-2',
  actor: tom,
  target: contact,
  fields: ['phone'],
  before: { phone: '+44 20 7946 0113' },
  after: { phone: '2' },
});

/** Three proposals with little confidence, approved by one click. */
export const BULK: readonly EntryDraft[] = [
  ...['q-1', 'q-2', 'q-3'].map((proposal, i) =>
    proposed(proposal, { confidence: [0.2, 0.49, 0.5][i] ?? null, trace_id: 't-2', conversation_id: 'k-1' }),
  ),
  batchDecided({ batch: 'b-1', actor: tom, decision: 'approved', proposals: ['q-1', 'q-2', 'q-3'] }),
  ...['q-1', 'q-2', 'q-3'].map((proposal) =>
    approved(proposal, { actor: tom, batch: { id: 'b-1', size: 3 } }),
  ),
];
