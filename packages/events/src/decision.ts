import type { EntryDraft } from '@sealtrail/format';
import { z } from 'zod';
import { sealArgs } from './args.ts';
import { decisionId, id, shortId } from './ids.ts';
import { given, parseInput } from './parse.ts';
import { hash, json, personal, reference, targets, time, user } from './parts.ts';
import { sealPatch } from './patch.ts';

/** What every decision of a person says. */
export const byPerson = {
  proposal: id,
  /** Hash of the entry that made the proposal: what exactly was decided. */
  proposal_hash: hash.optional(),
  actor: user,
  targets,
  /** What the person said about it. Sealed. */
  reason: z.string().optional(),
  /** The showing that the person decided on, and when it was. */
  presentation: shortId.optional(),
  presented_at: time.optional(),
  channel: reference.optional(),
  /** The host's id of the click, so that it can be told from another click of the same person. */
  click: shortId.optional(),
};

const approved = z.strictObject({
  ...byPerson,
  /** The bulk decision that this one is part of. */
  batch: z.strictObject({ id, size: z.int().min(1) }).optional(),
});
/** What {@link decisionApproved} takes. */
export type DecisionApproved = z.input<typeof approved>;

/** A person approves a proposal as it is, alone or as one of many in a bulk decision. Entry id: `<proposal>:decision`. */
export function decisionApproved(input: DecisionApproved): EntryDraft {
  return plain('decision.approved', parseInput(approved, 'decision.approved', input));
}

const rejected = z.strictObject({ ...approved.shape });
/** What {@link decisionRejected} takes. */
export type DecisionRejected = z.input<typeof rejected>;

/** A person rejects a proposal. Entry id: `<proposal>:decision`. */
export function decisionRejected(input: DecisionRejected): EntryDraft {
  return plain('decision.rejected', parseInput(rejected, 'decision.rejected', input));
}

function plain(type: string, decision: z.output<typeof approved>): EntryDraft {
  const { actor, targets, reason, batch, ...data } = decision;
  const mode = batch === undefined ? 'individual' : 'bulk';
  return {
    id: decisionId(data.proposal),
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
  personal: personal.optional(),
  /** Names of the members that the person changed, where these are known to be no personal data. */
  edited_fields: z.array(reference).max(256).optional(),
});
/** What {@link decisionEditedApproved} takes. */
export type DecisionEditedApproved = z.input<typeof edited>;

/**
 * A person changes a proposal and approves the changed one. The difference is kept as an RFC 6902 patch. Entry id:
 * `<proposal>:decision`.
 */
export function decisionEditedApproved(input: DecisionEditedApproved): EntryDraft {
  const {
    actor,
    targets,
    reason,
    original,
    final,
    personal: apart,
    ...data
  } = parseInput(edited, 'decision.edited_approved', input);
  const patches = sealPatch(original, final, apart ?? []);
  const changes = Object.values(patches).reduce((sum, patch) => sum + patch.length, 0);
  return {
    id: decisionId(data.proposal),
    type: 'decision.edited_approved',
    actor: given(actor),
    targets,
    data: given({ ...data, mode: 'edit', changes }),
    sealed: given({ ...sealArgs('final_args', final, apart), ...patches, reason }),
  };
}
