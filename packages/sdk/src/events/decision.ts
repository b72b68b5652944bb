import { leafHash, merkleRoot } from '@sealtrail/format';
import type { EntryDraft } from '@sealtrail/store';
import jsonPatch from 'fast-json-patch';
import { z } from 'zod';
import { given, id, json, parseInput, reference, system, targets, time, user } from './parts.ts';

// Every decision about a proposal has the entry id `<proposal>:decision`: ids are unique in a log, so the first one wins,
// whoever clicks at the same moment.

const byPerson = {
  proposal: id,
  actor: user,
  targets,
  /** What the person said about it. Sealed. */
  reason: z.string().optional(),
  /** When the proposal was put before the person. */
  presented_at: time.optional(),
  channel: reference.optional(),
};

const approved = z.strictObject({
  ...byPerson,
  /** The bulk decision that this one is part of. */
  batch: z.strictObject({ id, size: z.int().min(1) }).optional(),
});
export type DecisionApproved = z.input<typeof approved>;

/** A person approves a proposal as it is, alone or as one of many in a bulk decision. */
export function decisionApproved(input: DecisionApproved): EntryDraft {
  return personal('decision.approved', parseInput(approved, 'decision.approved', input));
}

const rejected = z.strictObject({ ...approved.shape });
export type DecisionRejected = z.input<typeof rejected>;

/** A person rejects a proposal. */
export function decisionRejected(input: DecisionRejected): EntryDraft {
  return personal('decision.rejected', parseInput(rejected, 'decision.rejected', input));
}

function personal(type: string, decision: z.output<typeof approved>): EntryDraft {
  const { actor, targets, reason, batch, ...data } = decision;
  const mode = batch === undefined ? 'individual' : 'bulk';
  return {
    id: `${data.proposal}:decision`,
    type,
    actor: given(actor),
    targets,
    data: given({ ...data, mode, batch: batch?.id, batch_size: batch?.size }),
    sealed: given({ reason }),
  };
}

const edited = z.strictObject({
  ...byPerson,
  /** The arguments as proposed. */
  original: json,
  /** The arguments as the person wants them. Sealed. */
  final: json,
});
export type DecisionEditedApproved = z.input<typeof edited>;

/** A person changes a proposal and approves the changed one. The difference is kept as an RFC 6902 patch. */
export function decisionEditedApproved(input: DecisionEditedApproved): EntryDraft {
  const { actor, targets, reason, original, final, ...data } = parseInput(
    edited,
    'decision.edited_approved',
    input,
  );
  // The library compares members of two containers; a wrapper lets it compare any two values.
  const patch = jsonPatch.compare({ args: original }, { args: final });
  return {
    id: `${data.proposal}:decision`,
    type: 'decision.edited_approved',
    actor: given(actor),
    targets,
    data: given({ ...data, mode: 'edit', changes: patch.length }),
    sealed: given({
      final_args: final,
      patch: patch.map((step) => ({ ...step, path: step.path.replace(/^\/args/, '') })),
      reason,
    }),
  };
}

const autoApproved = z.strictObject({ proposal: id, actor: system, targets, policy: reference });
export type DecisionAutoApproved = z.input<typeof autoApproved>;

/** A rule approves, nobody looked. */
export function decisionAutoApproved(input: DecisionAutoApproved): EntryDraft {
  const { actor, targets, ...data } = parseInput(autoApproved, 'decision.auto_approved', input);
  return { id: `${data.proposal}:decision`, type: 'decision.auto_approved', actor, targets, data };
}

const batchSchema = z.strictObject({
  batch: id,
  actor: user,
  decision: z.enum(['approved', 'rejected']),
  proposals: z.array(id).min(1).max(10_000),
});
export type BatchDecided = z.input<typeof batchSchema>;

/**
 * One click decides many proposals: how many, and a Merkle root over the leaf hashes of their ids in ascending order. Each of
 * them gets a decision of its own besides. Entry id: `<batch>:batch`.
 */
export function batchDecided(input: BatchDecided): EntryDraft {
  const { batch, actor, decision, proposals } = parseInput(batchSchema, 'batch.decided', input);
  const ids = [...new Set(proposals)].sort();
  return {
    id: `${batch}:batch`,
    type: 'batch.decided',
    actor: given(actor),
    data: { batch, decision, size: ids.length, proposals_root: merkleRoot(ids.map(leafHash)) },
  };
}
