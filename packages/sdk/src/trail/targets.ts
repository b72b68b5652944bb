import type { ProposalState } from '@sealtrail/events';
import type { JsonValue, Target } from '@sealtrail/format';
import type { Action, ParsedInputOf } from '../action.ts';

/**
 * The records that arguments other than the proposed ones are about: those that were proposed, then those that came in by an
 * edit. The histories of both must tell what was approved and done.
 */
export function targetsWith(
  { created }: ProposalState,
  { action, input }: { readonly action: Action; readonly input: JsonValue },
): Target[] {
  const all = [...created.entry.targets, ...action.targets(input as ParsedInputOf<Action>)];
  const byName = new Map(all.map(({ type, id }) => [JSON.stringify([type, id]), { type, id }]));
  return [...byName.values()];
}
