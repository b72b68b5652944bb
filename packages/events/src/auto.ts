import type { EntryDraft } from '@sealtrail/format';
import { z } from 'zod';
import { decisionId, grantName, id } from './ids.ts';
import { given, parseInput } from './parse.ts';
import { hash, reference, system, targets } from './parts.ts';

const auto = z.strictObject({
  proposal: id,
  proposal_hash: hash.optional(),
  actor: system,
  targets,
  /** The rule that decided. */
  policy: reference,
  policy_version: reference.optional(),
});

const byGrant = z.strictObject({
  ...auto.omit({ policy: true, policy_version: true }).shape,
  /** The standing grant that the approval rests on. */
  grant: grantName,
});

const autoApproved = z.union([auto, byGrant]);
/** What {@link decisionAutoApproved} takes. */
export type DecisionAutoApproved = z.input<typeof autoApproved>;

/** A rule or a standing grant approves, nobody looked. Entry id: `<proposal>:decision`. */
export function decisionAutoApproved(input: DecisionAutoApproved): EntryDraft {
  // Each of the two schemas names the fault of its own kind; a union would only say that neither fits.
  const schema = Object.hasOwn(Object(input), 'grant') ? byGrant : auto;
  const { actor, targets, ...data } = parseInput(schema, 'decision.auto_approved', input);
  const mode = 'grant' in data ? 'grant' : 'policy';
  return {
    id: decisionId(data.proposal),
    type: 'decision.auto_approved',
    actor,
    targets,
    data: given({ ...data, mode }),
  };
}

/** What {@link decisionAutoDenied} takes. */
export type DecisionAutoDenied = z.input<typeof auto>;

/** A rule denies. Entry id: `<proposal>:decision`. */
export function decisionAutoDenied(input: DecisionAutoDenied): EntryDraft {
  const { actor, targets, ...data } = parseInput(auto, 'decision.auto_denied', input);
  return {
    id: decisionId(data.proposal),
    type: 'decision.auto_denied',
    actor,
    targets,
    data: given({ ...data, mode: 'policy' }),
  };
}
