import type { EntryDraft } from '@sealtrail/store';
import { z } from 'zod';
import { agent, given, id, json, parseInput, reference, system, targets, time, word } from './parts.ts';

const created = z.strictObject({
  proposal: id,
  actor: agent,
  /** The tool or action that the agent wants to use. */
  tool: reference,
  targets,
  /** What the tool would be called with. Sealed. */
  args: json,
  /** Why, in the agent's words; null when it gave no reason. Sealed. */
  rationale: z.string().nullable(),
  /** 0 to 1; null when there is none. */
  confidence: z.number().min(0).max(1).nullable(),
  confidence_source: z.enum(['self_reported', 'model_score', 'heuristic']).optional(),
  risk: z.enum(['low', 'medium', 'high']).optional(),
  tool_call_id: reference.optional(),
  conversation_id: reference.optional(),
  trace_id: reference.optional(),
  expires_at: time.optional(),
  /** Facts about the proposal that are no personal data. */
  facts: z.record(word, z.union([z.string().max(1_000), z.number(), z.boolean()])).optional(),
});
export type ProposalCreated = z.input<typeof created>;

/** An agent proposes an action. Entry id: `<proposal>:created`. */
export function proposalCreated(input: ProposalCreated): EntryDraft {
  const { actor, targets, args, rationale, ...data } = parseInput(created, 'proposal.created', input);
  return {
    id: `${data.proposal}:created`,
    type: 'proposal.created',
    actor: given(actor),
    targets,
    data: given(data),
    sealed: { args, rationale },
  };
}

const expired = z.strictObject({ proposal: id, actor: system, targets, expires_at: time });
export type ProposalExpired = z.input<typeof expired>;

/** Nobody decided in time. Entry id: `<proposal>:decision`, so that it cannot stand beside a decision. */
export function proposalExpired(input: ProposalExpired): EntryDraft {
  const { actor, targets, ...data } = parseInput(expired, 'proposal.expired', input);
  return { id: `${data.proposal}:decision`, type: 'proposal.expired', actor, targets, data };
}
