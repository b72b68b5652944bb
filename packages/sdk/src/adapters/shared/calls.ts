import { type ProposalState, proposedArgs } from '@sealtrail/events';
import { isSealtrailError } from '@sealtrail/format';
import type { Action, InputOf } from '../../action.ts';
import { isAway } from '../../spool/spooling.ts';
import type { Agent, Proposal } from '../../trail/propose.ts';
import type { Trail } from '../../trail/trail.ts';
import { type CallKey, proposalIdOf } from './call-id.ts';
import { isChanged } from './changed-call.ts';
import type { Reasons } from './reasons.ts';

/** A tool call as it is proposed. */
export interface ToolCall<A extends Action> extends CallKey {
  readonly action: A;
  readonly agent: Agent;
  /** What the model gave, its reasons taken out. */
  readonly said: Reasons;
  /** Default: the scope. */
  readonly conversation?: string | undefined;
  readonly trace_id?: string | undefined;
}

/**
 * Records a tool call as a proposal: the same call again is the same proposal, another one under its id is another.
 *
 * @param held for calls that come out of a history that others may have changed: what to make of one that has other arguments than a
 *   proposal which can still be decided about or executed. By these a changed call is found out. Default: it is another proposal.
 */
export async function proposeCall<A extends Action, Held = never>(
  trail: Trail,
  call: ToolCall<A>,
  held?: (state: ProposalState, error: unknown) => Held,
): Promise<Proposal<A> | Held> {
  const { action, agent, scope, toolCallId, conversation = scope, trace_id } = call;
  const { input, rationale, confidence } = call.said;
  const propose = (id: string): Promise<Proposal<A>> =>
    trail.propose(action, {
      id,
      agent,
      input: input as InputOf<A>,
      rationale,
      confidence,
      tool_call_id: toolCallId,
      conversation_id: conversation,
      trace_id,
    });
  for (let nth = 0; ; nth++) {
    const id = proposalIdOf(call, nth);
    try {
      const proposal = await propose(id);
      if (isOpen(proposal) || proposal.recorded === 'spool') return proposal;
      // What was erased is the same call as far as anybody knows, unless a later one is.
      const { proposal: found } = await findCall(trail, call, proposal.action, proposal.input);
      return found === id ? proposal : await propose(found);
    } catch (error) {
      if (!isSealtrailError(error, 'id_conflict')) throw error;
      if (held === undefined) continue;
      const state = await stateOf(trail, id);
      // The id was another proposal's before: that is what stands in the way.
      if (state === undefined) throw error;
      if (isOpen(state) && !trail.isDue(state)) return held(state, error);
    }
  }
}

/**
 * The proposal of a tool call: the one that has its arguments, else one whose arguments were erased, else the newest under its id.
 *
 * @param input as the action's schema gives it
 * @throws SealtrailError `proposal_unknown`
 */
export async function findCall(
  trail: Trail,
  call: CallKey,
  action: Action,
  input: unknown,
): Promise<ProposalState> {
  const states = await statesOf(trail, call);
  const isErased = (state: ProposalState) => proposedArgs(state) === undefined;
  return (
    states.find((state) => !isErased(state) && !isChanged(state, action, input)) ??
    states.find(isErased) ??
    (states.at(-1) as ProposalState)
  );
}

/** The newest proposal under the id of a call. @throws SealtrailError `proposal_unknown` */
export async function newestCall(trail: Trail, call: CallKey): Promise<ProposalState> {
  return (await statesOf(trail, call)).at(-1) as ProposalState;
}

async function statesOf(trail: Trail, call: CallKey): Promise<ProposalState[]> {
  const states = [await trail.state(proposalIdOf(call))];
  for (;;) {
    const next = await stateOf(trail, proposalIdOf(call, states.length));
    if (next === undefined) return states;
    states.push(next);
  }
}

/**
 * What the log has of a call that is about to be executed; undefined for what needs no approval while the log is away: `Trail.execute`
 * then goes by the failure policy.
 */
export async function stateToExecute(
  trail: Trail,
  proposal: Proposal | Pick<Proposal, 'id'>,
): Promise<ProposalState | undefined> {
  const free = 'approval' in proposal && proposal.approval === 'not_required';
  if (free && proposal.recorded === 'spool') return undefined;
  try {
    return await trail.state(proposal);
  } catch (error) {
    if (free && isAway(error)) return undefined;
    throw error;
  }
}

/** Whether something can still come of a proposal. */
function isOpen({ status }: Pick<Proposal, 'status'>): boolean {
  return status === 'pending' || status === 'approved';
}

async function stateOf(trail: Trail, proposal: string): Promise<ProposalState | undefined> {
  return trail.state(proposal).catch((error: unknown) => {
    if (isSealtrailError(error, 'proposal_unknown')) return undefined;
    throw error;
  });
}
