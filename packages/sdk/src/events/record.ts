import type { EntryDraft } from '@sealtrail/store';
import { z } from 'zod';
import { agent, given, id, json, parseInput, reference, system, user, word } from './parts.ts';

const changed = z.strictObject({
  /** The host's id of this write. */
  change: id,
  actor: z.discriminatedUnion('type', [user, agent, system]),
  target: z.strictObject({ type: word, id: reference }),
  /** Names of the fields that changed. */
  fields: z.array(reference).max(1_000),
  /** The values of these fields before and after. Sealed. */
  before: json,
  after: json,
  /** The proposal that explains the write, if one does. */
  proposal: id.optional(),
});
export type RecordChanged = z.input<typeof changed>;

/** What the CRM really wrote. A change without a proposal is a write that no entry explains. Entry id: `<change>:change`. */
export function recordChanged(input: RecordChanged): EntryDraft {
  const { actor, target, before, after, ...data } = parseInput(changed, 'record.changed', input);
  return {
    id: `${data.change}:change`,
    type: 'record.changed',
    actor: given(actor),
    targets: [target],
    data: given(data),
    sealed: { before, after },
  };
}
