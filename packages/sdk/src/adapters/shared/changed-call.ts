import { factsOf, type ProposalState, proposedArgs } from '@sealtrail/events';
import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { Action } from '../../action.ts';
import { isSame } from '../../trail/allowed.ts';
import { asRecorded, type Proposal } from '../../trail/propose.ts';
import type { ProposalRef } from '../../trail/trail.ts';

// A call that is in the log with other arguments was changed on its way, such as in a client's history.

/** Whether a call is another one than the log has under its id, as far as its arguments were not erased. */
export function isChanged(state: ProposalState, action: Action, input: unknown): boolean {
  if (factsOf(state.created.entry).action !== action.name) return true;
  const proposed = proposedArgs(state);
  return proposed !== undefined && !isSame(input, proposed.args);
}

/** What was shown of a call, as the action's schema gives it; as it is where the schema does not take it. */
export function shownInput(action: Action, shown: unknown): unknown {
  try {
    return action.parse(shown);
  } catch (error) {
    if (isSealtrailError(error, 'input_invalid')) return shown;
    throw error;
  }
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
export function orDecided(
  state: ProposalState,
  error: unknown,
): Pick<Proposal, 'status' | 'approval' | 'rationale'> {
  if (state.status === 'pending') throw error;
  return asRecorded(state);
}

/** A call that is about to be executed: a changed one is given back by its id, for its execution to refuse and record. */
export function orKnown({ proposal }: ProposalState): Exclude<ProposalRef, string> {
  return { id: proposal };
}
