import { getCurrentTrace, type RunContext } from '@openai/agents';
import type { Action, InputOf } from '../../action.ts';
import type { Proposal } from '../../trail/propose.ts';
import { proposalIdOf } from '../shared/call-id.ts';
import { orKnown } from '../shared/changed-call.ts';
import { takeReasons } from '../shared/reasons.ts';
import type { Resolved } from './options.ts';

/** One call of an audited tool, as the framework gives it. */
export interface Call<A extends Action = Action> extends Resolved {
  readonly action: A;
  readonly runContext: RunContext<unknown>;
  readonly toolCallId: string;
  /** What the model gave, its reasons among it. */
  readonly given: unknown;
}

// The framework asks about a call and executes it in two steps; one process that does both proposes once. Nothing is decided
// by what is kept here: the decision is read from the log each time.
const proposed = new WeakMap<RunContext<unknown>, Map<string, Proposal>>();

/**
 * Records a call as a proposal. The same call, seen again after a restart or on another server, is the same proposal.
 *
 * @throws as `Trail.propose`
 */
export async function propose<A extends Action>(call: Call<A>): Promise<Proposal<A>> {
  const { trail, action, agent, conversation, toolCallId, runContext } = call;
  const { input, rationale, confidence } = takeReasons(call.given);
  const traceId = getCurrentTrace()?.traceId;
  const proposal = await trail.propose(action, {
    id: proposalIdOf(conversation, toolCallId),
    agent,
    input: input as InputOf<A>,
    rationale,
    confidence,
    tool_call_id: toolCallId,
    conversation_id: conversation,
    // A run without tracing has a trace all the same, whose id says nothing.
    ...(traceId?.startsWith('trace_') ? { trace_id: traceId } : {}),
  });
  const kept = proposed.get(runContext) ?? new Map<string, Proposal>();
  proposed.set(runContext, kept.set(proposal.id, proposal));
  return proposal;
}

/** The proposal that was made when the framework asked about a call, or a new one: a forged approval skips that question. */
export async function proposalOf<A extends Action>(call: Call<A>): ReturnType<typeof orKnown<A>> {
  const id = proposalIdOf(call.conversation, call.toolCallId);
  const kept = proposed.get(call.runContext);
  const found = kept?.get(id);
  kept?.delete(id);
  return found?.action === call.action ? (found as Proposal<A>) : orKnown(id, propose(call));
}
