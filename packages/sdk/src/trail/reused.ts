import { createdId, stateIds } from '@sealtrail/events';
import { SealtrailError } from '@sealtrail/format';
import type { EntryDraft } from '@sealtrail/store';

type Find = (ids: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;

// An id is free again once the entry that had it was pruned, but what came after that entry may still be there: the decision about
// a pruned proposal, its execution. Nobody could decide about another proposal under that id, or execute it.

/**
 * Refuses proposals whose id was another one's, before they are in the log and wait there for ever.
 *
 * @throws SealtrailError `id_conflict`
 */
export async function refuseReused(find: Find, proposals: readonly string[]): Promise<void> {
  for (const proposal of proposals) {
    const found = await find(stateIds(proposal));
    // A proposal that is there: whether this is the same one, the log says.
    if (found.size > 0 && !found.has(createdId(proposal))) throw reused(proposal);
  }
}

/** The proposals that drafts make. */
export function proposalsIn(drafts: readonly EntryDraft[]): string[] {
  const made = drafts.filter(({ type }) => type === 'proposal.created');
  return made.map(({ data }) => String(data?.['proposal']));
}

export function reused(proposal: string): SealtrailError {
  return new SealtrailError('id_conflict', `the id ${proposal} was another proposal's before`, { proposal });
}
