import type { EntryDraft } from '@sealtrail/format';
import { z } from 'zod';
import { changeId, id } from './ids.ts';
import { given, parseInput } from './parse.ts';
import { agent, json, reference, system, target, user } from './parts.ts';

const changed = z.strictObject({
  /** The host's id of this write. */
  change: id,
  actor: z.discriminatedUnion('type', [user, agent, system]),
  target,
  /** Names of the fields that changed. */
  fields: z.array(reference).max(1_000),
  /** The values of these fields before and after. Sealed. */
  before: json,
  after: json,
  /** The proposal that explains the write, if one does. */
  proposal: id.optional(),
});
/** What {@link recordChanged} takes. */
export type RecordChanged = z.input<typeof changed>;

/** What the CRM really wrote. A change without a proposal is a write that no entry explains. Entry id: `<change>:change`. */
export function recordChanged(input: RecordChanged): EntryDraft {
  const { actor, target, before, after, ...data } = parseInput(changed, 'record.changed', input);
  return {
    id: changeId(data.change),
    type: 'record.changed',
    actor: given(actor),
    targets: [target],
    data: given(data),
    sealed: { before, after },
  };
}
