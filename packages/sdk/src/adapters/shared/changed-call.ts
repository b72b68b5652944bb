import { isSealtrailError } from '@sealtrail/format';
import type { Action } from '../../action.ts';
import { asRecorded, type Proposal } from '../../trail/propose.ts';
import type { ProposalRef, Trail } from '../../trail/trail.ts';

// A call that is in the log with other arguments was changed on its way, such as in a client's history.

/**
 * What is known of a call about which a framework asks whether a person has to decide. About changed arguments nobody is asked; where
 * something was decided about those that the log has, the execution refuses the changed ones, and the log tells of that.
 */
export async function orDecided(
  trail: Trail,
  id: string,
  proposed: Promise<Proposal>,
): Promise<Pick<Proposal, 'status' | 'approval' | 'rationale'>> {
  try {
    return await proposed;
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
    const state = await trail.state(id).catch((other: unknown) => {
      // The id was another proposal's before: that is what stands in the way.
      throw isSealtrailError(other, 'proposal_unknown') ? error : other;
    });
    if (state.status === 'pending') throw error;
    return asRecorded(state);
  }
}

/** A call that is about to be executed: a changed one is given back by its id, for its execution to refuse and record. */
export async function orKnown<A extends Action>(
  id: string,
  proposed: Promise<Proposal<A>>,
): Promise<Proposal<A> | Exclude<ProposalRef<A>, string>> {
  try {
    return await proposed;
  } catch (error) {
    if (isSealtrailError(error, 'id_conflict')) return { id };
    throw error;
  }
}
