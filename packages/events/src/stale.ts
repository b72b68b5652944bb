import type { EntryDraft } from '@sealtrail/format';
import { z } from 'zod';
import { sealArgs } from './args.ts';
import { byPerson } from './decision.ts';
import { id, shortId, staleId } from './ids.ts';
import { given, parseInput } from './parse.ts';
import { hash, json, personal } from './parts.ts';

const stale = z.strictObject({
  ...byPerson,
  click: shortId,
  /** What the person wanted. */
  decision: z.enum(['approved', 'edited_approved', 'rejected']),
  /** Hash of the entry that ended the waiting before: a decision, or the beginning of an execution that needed none. */
  decided_by: hash,
  batch: id.optional(),
  /** The arguments as the person wanted them, if they were changed. Sealed. */
  final: json.optional(),
  personal: personal.optional(),
});
/** What {@link decisionStale} takes. */
export type DecisionStale = z.input<typeof stale>;

/** A person decided about a proposal that was no longer open: recorded, without effect. Entry id: `<proposal>:stale:<click>`. */
export function decisionStale(input: DecisionStale): EntryDraft {
  const {
    actor,
    targets,
    reason,
    final,
    personal: apart,
    ...data
  } = parseInput(stale, 'decision.stale', input);
  return {
    id: staleId(data.proposal, data.click),
    type: 'decision.stale',
    actor: given(actor),
    targets,
    data: given(data),
    sealed: given({ ...(final === undefined ? {} : sealArgs('final_args', final, apart)), reason }),
  };
}
