import {
  type AgentActor,
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
  type UserActor,
} from '@sealtrail/events';
import type { EntryDraft } from '@sealtrail/format';

// A small day in a made-up CRM. Every group is what the plugin records at one moment.

const assistant: AgentActor = {
  type: 'agent',
  id: 'sales-assistant',
  agent_version: '2.3.0',
  model: 'example-large-3',
};
const triage: AgentActor = {
  type: 'agent',
  id: 'support-triage',
  agent_version: '1.9.4',
  model: 'example-small-2',
};
const sarah: UserActor = { type: 'user', id: 'u-17', auth_method: 'sso', role: 'account_manager' };
const tom: UserActor = { type: 'user', id: 'u-23', auth_method: 'password+totp', role: 'team_lead' };
const sweeper = { type: 'system', id: 'expiry-sweep' } as const;
const policies = { type: 'system', id: 'policy-engine' } as const;

const contact = (id: string) => [{ type: 'contact', id }];
const deal = (id: string) => [{ type: 'deal', id }];

/** The day, in order; each group is appended together. */
export function crmDay(): EntryDraft[][] {
  return [
    ...phoneNumber(),
    ...discount(),
    ...wrongMerge(),
    ...followUps(),
    ...tags(),
    ...refund(),
    ...stale(),
  ];
}

/** Proposed, approved as it is, carried out, and seen in the CRM. */
function phoneNumber(): EntryDraft[][] {
  const targets = contact('c-104');
  const args = { contact: 'c-104', phone: '+44 20 7946 0112' };
  return [
    [
      proposalCreated({
        proposal: 'p-1',
        actor: assistant,
        action: 'update_contact',
        targets,
        args,
        rationale: 'The signature of her mail of this morning has a new phone number.',
        confidence: 0.94,
        confidence_source: 'self_reported',
        conversation_id: 'mail-8812',
        risk: 'low',
      }),
    ],
    [decisionApproved({ proposal: 'p-1', actor: sarah, targets })],
    [
      executionExecuted({
        proposal: 'p-1',
        actor: assistant,
        action: 'update_contact',
        targets,
        args,
        result: { ok: true },
        approval: 'decided',
      }),
      recordChanged({
        change: 'w-5001',
        actor: assistant,
        target: { type: 'contact', id: 'c-104' },
        fields: ['phone'],
        before: { phone: '+44 20 7946 0090' },
        after: { phone: '+44 20 7946 0112' },
        proposal: 'p-1',
      }),
    ],
  ];
}

/** Proposed, edited by a person, and carried out as edited. */
function discount(): EntryDraft[][] {
  const targets = deal('d-77');
  const original = { deal: 'd-77', discount_percent: 25, note: 'Match the competitor.' };
  const final = { deal: 'd-77', discount_percent: 10, note: 'Loyal customer.' };
  return [
    [
      proposalCreated({
        proposal: 'p-2',
        actor: assistant,
        action: 'set_discount',
        targets,
        args: original,
        rationale:
          'They mentioned a competing offer about a quarter below ours; a match keeps the deal this quarter.',
        confidence: 0.61,
        confidence_source: 'self_reported',
        risk: 'high',
      }),
    ],
    [
      decisionEditedApproved({
        proposal: 'p-2',
        actor: tom,
        targets,
        original,
        final,
        reason: 'Ten is what we give loyal customers.',
      }),
    ],
    [
      executionExecuted({
        proposal: 'p-2',
        actor: assistant,
        action: 'set_discount',
        targets,
        args: final,
        result: { ok: true },
        approval: 'decided',
      }),
    ],
  ];
}

/** Proposed with little confidence, and rejected. */
function wrongMerge(): EntryDraft[][] {
  const targets = [...contact('c-104'), ...contact('c-391')];
  return [
    [
      proposalCreated({
        proposal: 'p-3',
        actor: triage,
        action: 'merge_contacts',
        targets,
        args: { keep: 'c-104', drop: 'c-391' },
        rationale: 'Same family name and the same company domain.',
        confidence: 0.38,
        confidence_source: 'heuristic',
        risk: 'high',
      }),
    ],
    [decisionRejected({ proposal: 'p-3', actor: sarah, targets, reason: 'Two sisters at one firm.' })],
  ];
}

/** Forty follow-up mails, approved with one click; two of them fail. */
function followUps(): EntryDraft[][] {
  const ids = Array.from({ length: 40 }, (_, i) => `p-${100 + i}`);
  const targetsOf = (i: number) => contact(`c-${200 + i}`);
  const argsOf = (i: number) => ({ contact: `c-${200 + i}`, template: 'spring-follow-up' });
  return [
    ids.map((proposal, i) =>
      proposalCreated({
        proposal,
        actor: assistant,
        action: 'send_mail',
        targets: targetsOf(i),
        args: argsOf(i),
        rationale: 'Opened the offer twice and did not answer for ten days.',
        confidence: 0.7 + (i % 20) / 100,
        confidence_source: 'model_score',
        trace_id: 'campaign-spring',
      }),
    ),
    [
      batchDecided({ batch: 'b-1', actor: sarah, decision: 'approved', proposals: ids }),
      ...ids.map((proposal, i) =>
        decisionApproved({
          proposal,
          actor: sarah,
          targets: targetsOf(i),
          batch: { id: 'b-1', size: ids.length },
        }),
      ),
    ],
    ids.map((proposal, i) => {
      const failed = i === 11 || i === 29;
      const record = failed ? executionFailed : executionExecuted;
      return record({
        proposal,
        actor: assistant,
        action: 'send_mail',
        targets: targetsOf(i),
        args: argsOf(i),
        result: failed ? { error: 'mailbox unavailable' } : { ok: true },
        approval: 'decided',
        trace_id: 'campaign-spring',
      });
    }),
  ];
}

/** A rule approves what is harmless. */
function tags(): EntryDraft[][] {
  return ['c-104', 'c-391', 'c-502'].map((id, i) => {
    const proposal = `p-${20 + i}`;
    const targets = contact(id);
    const args = { contact: id, tag: 'newsletter' };
    return [
      proposalCreated({
        proposal,
        actor: triage,
        action: 'add_tag',
        targets,
        args,
        rationale: 'Asked for the newsletter in the web form.',
        confidence: 0.99,
        confidence_source: 'heuristic',
        risk: 'low',
      }),
      decisionAutoApproved({ proposal, actor: policies, targets, policy: 'tags-are-harmless' }),
      executionExecuted({
        proposal,
        actor: triage,
        action: 'add_tag',
        targets,
        args,
        result: { ok: true },
        approval: 'decided',
      }),
    ];
  });
}

/** The one whose approver somebody would like to change afterwards. */
function refund(): EntryDraft[][] {
  const targets = [...deal('d-31'), ...contact('c-502')];
  const args = { deal: 'd-31', amount_cents: 480_000, currency: 'EUR' };
  return [
    [
      proposalCreated({
        proposal: 'p-7',
        actor: triage,
        action: 'refund',
        targets,
        args,
        rationale: 'The delivery is six weeks late and the contract allows a refund after four.',
        confidence: 0.82,
        confidence_source: 'self_reported',
        risk: 'high',
      }),
    ],
    [decisionApproved({ proposal: 'p-7', actor: tom, targets, reason: 'Checked the contract.' })],
    [
      executionExecuted({
        proposal: 'p-7',
        actor: triage,
        action: 'refund',
        targets,
        args,
        result: { ok: true, reference: 'R-20' },
        approval: 'decided',
      }),
    ],
  ];
}

/** Nobody looked in time. */
function stale(): EntryDraft[][] {
  return ['p-8', 'p-9'].map((proposal, i) => {
    const targets = deal(`d-${80 + i}`);
    return [
      proposalCreated({
        proposal,
        actor: assistant,
        action: 'move_stage',
        targets,
        args: { deal: `d-${80 + i}`, stage: 'negotiation' },
        rationale: 'They asked for the contract template.',
        confidence: 0.55,
        confidence_source: 'self_reported',
        expires_at: '2026-01-01T18:00:00.000Z',
      }),
      proposalExpired({ proposal, actor: sweeper, targets, expires_at: '2026-01-01T18:00:00.000Z' }),
    ];
  });
}

/** Id of the entry that the demo changes behind the log's back, and what it changes in it. */
export const TAMPERED = { id: 'p-7:decision', from: tom.id, to: sarah.id } as const;
