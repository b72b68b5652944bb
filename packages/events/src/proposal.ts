import type { EntryDraft } from '@sealtrail/format';
import { z } from 'zod';
import { sealArgs } from './args.ts';
import { createdId, decisionId, id, presentedId, shortId } from './ids.ts';
import { given, parseInput } from './parse.ts';
import { agent, hash, json, personal, reference, system, targets, time, user, word } from './parts.ts';

/** Where the confidence of a proposal comes from. */
const CONFIDENCE_SOURCES = ['self_reported', 'model_score', 'heuristic'] as const;
/** How much an action can do wrong, as its plugin says. */
export const RISKS = ['low', 'medium', 'high'] as const;

const created = z.strictObject({
  proposal: id,
  actor: agent,
  /** The action that the agent wants to take. */
  action: reference,
  targets,
  /** What the action would be taken with. Sealed. */
  args: json,
  personal: personal.optional(),
  /** Why, in the agent's words; null when it gave no reason. Sealed. */
  rationale: z.string().nullable(),
  /** 0 to 1; null when there is none. */
  confidence: z.number().min(0).max(1).nullable(),
  confidence_source: z.enum(CONFIDENCE_SOURCES).optional(),
  /** What the agent went by: messages, documents, records. Sealed. */
  evidence: z.array(z.string().max(2_000)).max(100).optional(),
  risk: z.enum(RISKS).optional(),
  /** Whether somebody has to decide before the action is taken; absent means `required`. */
  approval: z.enum(['required', 'not_required']).optional(),
  tool_call_id: reference.optional(),
  conversation_id: reference.optional(),
  trace_id: reference.optional(),
  expires_at: time.optional(),
  /** Facts about the proposal that are no personal data. */
  facts: z.record(word, z.union([z.string().max(1_000), z.number(), z.boolean()])).optional(),
});
/** What {@link proposalCreated} takes. */
export type ProposalCreated = z.input<typeof created>;

/** An agent proposes an action. Entry id: `<proposal>:created`. */
export function proposalCreated(input: ProposalCreated): EntryDraft {
  const {
    actor,
    targets,
    args,
    personal: apart,
    rationale,
    evidence,
    ...data
  } = parseInput(created, 'proposal.created', input);
  return {
    id: createdId(data.proposal),
    type: 'proposal.created',
    actor: given(actor),
    targets,
    data: given(data),
    sealed: given({ ...sealArgs('args', args, apart), rationale, evidence }),
  };
}

const presented = z.strictObject({
  proposal: id,
  /** The host's id of this showing. */
  presentation: shortId,
  /** Who was shown the proposal. */
  actor: user,
  targets,
  /** What the person saw: text, or the fields of a form. Sealed; the commitment in the entry is its salted hash. */
  shown: json,
  channel: reference.optional(),
});
/** What {@link proposalPresented} takes. */
export type ProposalPresented = z.input<typeof presented>;

/** A proposal was put before a person. Entry id: `<proposal>:presented:<presentation>`. */
export function proposalPresented(input: ProposalPresented): EntryDraft {
  const { actor, targets, shown, ...data } = parseInput(presented, 'proposal.presented', input);
  return {
    id: presentedId(data.proposal, data.presentation),
    type: 'proposal.presented',
    actor: given(actor),
    targets,
    data: given(data),
    sealed: { shown },
  };
}

const expired = z.strictObject({ proposal: id, actor: system, targets, expires_at: time });
/** What {@link proposalExpired} takes. */
export type ProposalExpired = z.input<typeof expired>;

/** Nobody decided in time. Entry id: `<proposal>:decision`, so that it cannot stand beside a decision. */
export function proposalExpired(input: ProposalExpired): EntryDraft {
  const { actor, targets, ...data } = parseInput(expired, 'proposal.expired', input);
  return { id: decisionId(data.proposal), type: 'proposal.expired', actor, targets, data };
}

const superseded = z.strictObject({
  proposal: id,
  actor: z.discriminatedUnion('type', [agent, user, system]),
  targets,
  /** The proposal that takes its place. */
  by: id,
  proposal_hash: hash.optional(),
});
/** What {@link proposalSuperseded} takes. */
export type ProposalSuperseded = z.input<typeof superseded>;

/** Another proposal takes this one's place before anybody decided. Entry id: `<proposal>:decision`, as for a decision. */
export function proposalSuperseded(input: ProposalSuperseded): EntryDraft {
  const { actor, targets, ...data } = parseInput(superseded, 'proposal.superseded', input);
  return {
    id: decisionId(data.proposal),
    type: 'proposal.superseded',
    actor: given(actor),
    targets,
    data: given(data),
  };
}
