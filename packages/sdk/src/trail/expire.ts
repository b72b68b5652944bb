import { factsOf, type ProposalState, proposalExpired } from '@sealtrail/events';
import { isSealtrailError } from '@sealtrail/format';
import type { Context } from './context.ts';

/** Whether a proposal that waits has waited long enough. */
export function isDue(state: ProposalState, now: number): boolean {
  const { expires_at } = factsOf(state.created.entry);
  return state.status === 'pending' && expires_at !== undefined && now > Date.parse(expires_at);
}

/** Records that a proposal's time is up, unless somebody decided just now. The sweep writes the same entry. */
export async function expire({ ledger, system }: Context, state: ProposalState): Promise<void> {
  const { entry } = state.created;
  const { expires_at } = factsOf(entry);
  const draft = proposalExpired({
    proposal: state.proposal,
    actor: system,
    targets: [...entry.targets],
    expires_at: expires_at as string,
  });
  try {
    await ledger.append([draft]);
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
  }
}
