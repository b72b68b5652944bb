import type { EntryDraft } from '@sealtrail/store';

/** A draft with something in every member. The same name gives the same content. */
export function draft(id: string, change: Partial<EntryDraft> = {}): EntryDraft {
  return {
    id,
    type: 'proposal.created',
    actor: { type: 'agent', id: 'crm-copilot', model: 'm-1', on_behalf_of: { type: 'user', id: 'u-7' } },
    targets: [
      { type: 'deal', id: 'd-77' },
      { type: 'contact', id: 'c-1042' },
    ],
    data: { action: 'deal.update', confidence: 0.82, fields: ['amount', 'stage'] },
    sealed: { rationale: `because of ${id}`, diff: { amount: [1200, 1080], note: 'Zoë asked' } },
    ...change,
  };
}

/** Drafts with the ids `NAME-0`, `NAME-1` and so on. */
export function drafts(name: string, count: number): EntryDraft[] {
  return Array.from({ length: count }, (_, i) => draft(`${name}-${i}`));
}
