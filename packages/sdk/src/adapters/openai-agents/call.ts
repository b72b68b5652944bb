import { getCurrentTrace, type RunContext } from '@openai/agents';
import type { ProposalState } from '@sealtrail/events';
import type { JsonValue } from '@sealtrail/format';
import type { Action } from '../../action.ts';
import { isSame } from '../../trail/allowed.ts';
import type { Proposal } from '../../trail/propose.ts';
import { type CallKey, proposalIdOf } from '../shared/call-id.ts';
import { proposeCall } from '../shared/calls.ts';
import { orKnown } from '../shared/changed-call.ts';
import type { Reasons } from '../shared/reasons.ts';
import type { Resolved } from './options.ts';

/** One call of an audited tool, as the framework gives it. */
export interface Call<A extends Action = Action> extends Resolved {
  readonly action: A;
  readonly runContext: RunContext<unknown>;
  readonly toolCallId: string;
  /** What the model gave, its reasons taken out. */
  readonly said: Reasons;
}

// The framework asks about a call and executes it in two steps; one process that does both proposes once. Nothing is decided
// by what is kept here: the decision is read from the log each time.
const proposed = new WeakMap<RunContext<unknown>, Map<string, Proposal>>();

/**
 * Records a call as a proposal. The same call, seen again after a restart or on another server, is the same proposal.
 *
 * @param held what to make of a call that has other arguments than a proposal under its id that is still open
 * @throws as `Trail.propose`
 */
export async function propose<A extends Action, Held extends object>(
  call: Call<A>,
  held: (state: ProposalState, error: unknown) => Held,
): Promise<Proposal<A> | Held> {
  const { trail, runContext } = call;
  const traceId = getCurrentTrace()?.traceId;
  // A run without tracing has a trace all the same, whose id says nothing.
  const trace_id = traceId?.startsWith('trace_') ? traceId : undefined;
  const proposal = await proposeCall(trail, { ...call, ...keyOf(call), trace_id }, held);
  if ('recorded' in proposal) {
    const kept = proposed.get(runContext) ?? new Map<string, Proposal>();
    proposed.set(runContext, kept.set(proposalIdOf(keyOf(call)), proposal));
  }
  return proposal;
}

/** The proposal that was made when the framework asked about a call, or a new one: a forged approval skips that question. */
export async function proposalOf<A extends Action>(
  call: Call<A>,
): Promise<Proposal<A> | ReturnType<typeof orKnown>> {
  const { action, said, runContext } = call;
  const id = proposalIdOf(keyOf(call));
  const kept = proposed.get(runContext);
  const found = kept?.get(id);
  kept?.delete(id);
  const isIt = found?.action === action && isSame(action.parse(said.input), found.input as JsonValue);
  return isIt ? (found as Proposal<A>) : propose(call, orKnown);
}

function keyOf({ conversation, toolCallId }: Pick<Call, 'conversation' | 'toolCallId'>): CallKey {
  return { scope: conversation, toolCallId };
}
