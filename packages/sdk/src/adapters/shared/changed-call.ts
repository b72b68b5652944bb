import { factsOf, type ProposalState, proposedArgs } from '@sealtrail/events';
import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { Action } from '../../action.ts';
import { isSame } from '../../trail/allowed.ts';
import { asRecorded, type Proposal } from '../../trail/propose.ts';
import type { ProposalRef, Trail } from '../../trail/trail.ts';

// A call that is in the log with other arguments was changed on its way, such as in a client's history.

/** Whether a call is another one than the log has under its id, as far as its arguments were not erased. */
export function isChanged(state: ProposalState, action: Action, input: unknown): boolean {
  if (factsOf(state.created.entry).action !== action.name) return true;
  const proposed = proposedArgs(state);
  return proposed !== undefined && !isSame(input, proposed.args);
}

/**
 * Refuses to decide about a call that was changed where the person was shown it: the log would say that they decided about what they
 * never saw.
 *
 * @throws SealtrailError `args_mismatch`
 */
export function refuseChanged(state: ProposalState, action: Action, input: unknown): void {
  if (!isChanged(state, action, action.parse(input))) return;
  const { proposal } = state;
  const message = `what was shown is another call than the log has as ${proposal}`;
  throw new SealtrailError('args_mismatch', message, { proposal });
}

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
