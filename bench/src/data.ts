import type { EntryDraft } from '@sealtrail/store';

const RATIONALES = [
  'The signature of the mail of this morning has a new phone number, and the old one bounced twice.',
  'Opened the offer twice and did not answer for ten days; a short reminder is the usual next step.',
  'The delivery is six weeks late and the contract allows a refund after four.',
];

/** The n-th draft of a realistic mix: a proposal with two sealed values, a decision, an execution. */
export function draft(n: number): EntryDraft {
  const proposal = `p-${Math.floor(n / 3)}`;
  const targets = [{ type: 'contact', id: `c-${(n * 7919) % 5_000}` }];
  const agent = {
    type: 'agent',
    id: 'sales-assistant',
    agent_version: '2.3.0',
    model: 'example-large-3',
  } as const;
  switch (n % 3) {
    case 0:
      return {
        type: 'proposal.created',
        actor: agent,
        targets,
        data: {
          proposal,
          tool: 'update_contact',
          confidence: (n % 100) / 100,
          confidence_source: 'self_reported',
        },
        sealed: {
          rationale: RATIONALES[(n % 7) % 3] as string,
          args: {
            contact: targets[0]?.id ?? '',
            phone: `+44 20 7946 ${n % 10_000}`,
            note: 'Prefers mornings.',
          },
        },
      };
    case 1:
      return {
        type: 'decision.approved',
        actor: { type: 'user', id: `u-${n % 40}`, auth_method: 'sso', role: 'account_manager' },
        targets,
        data: { proposal, mode: 'individual', presented_at: '2026-01-31T09:00:00.000Z' },
        sealed: { reason: 'Checked with the customer on the phone.' },
      };
    default:
      return {
        type: 'execution.executed',
        actor: agent,
        targets,
        data: { proposal, tool: 'update_contact', approval: 'decided' },
        sealed: { result: { ok: true, updated: ['phone'] } },
      };
  }
}
