import { ToolMessage } from '@langchain/core/messages';
import { type DynamicStructuredTool, tool } from '@langchain/core/tools';
import { interrupt } from '@langchain/langgraph';
import { factsOf, type ProposalState, proposedArgs } from '@sealtrail/events';
import {
  isReference,
  isSealtrailError,
  type JsonValue,
  parseOptions,
  SealtrailError,
} from '@sealtrail/format';
import { createMiddleware } from 'langchain';
import { z } from 'zod';
import type { Action, ParsedInputOf } from '../../action.ts';
import type { Agent, Proposal } from '../../trail/propose.ts';
import { errorOf } from '../../trail/result.ts';
import type { Trail } from '../../trail/trail.ts';
import { Actions } from '../shared/actions.ts';
import { proposeCall, stateToExecute } from '../shared/calls.ts';
import { isChanged, orKnown } from '../shared/changed-call.ts';
import * as option from '../shared/options.ts';
import { type Reasons, takeReasons, withReasons } from '../shared/reasons.ts';
import { type CallName, denial, recorded, refusal, success } from './reply.ts';

export interface AuditOptions {
  /** The tenant's trail, or how to find it from the run's `configurable`. */
  readonly trail: Trail | ((configurable: Readonly<Record<string, unknown>>) => Trail);
  readonly agent: Agent;
}

/** The value of the interrupt that a call makes while it waits: show it, and decide about `proposal`. */
export interface ApprovalRequest {
  readonly type: 'sealtrail.approval';
  readonly proposal: string;
  readonly action: string;
  readonly tool_call_id: string;
  readonly input: JsonValue;
  readonly rationale: string | null;
  readonly confidence: number | null;
  readonly expires_at: string | null;
}

export interface AuditedCall {
  readonly toolCallId: string;
  readonly proposal: string;
  /** Whether a person changed the input: the model still believes its own. */
  readonly edited: boolean;
}

/** Tools of LangChain and LangGraph under audit. */
export interface ToolAudit {
  /** An action as a tool, under the action's name. @throws SealtrailError `config_invalid` for an input that is no object, or a generator */
  tool<A extends Action>(
    action: A,
    execute: (input: ParsedInputOf<A>, call: AuditedCall) => unknown,
  ): DynamicStructuredTool;
  /**
   * For `createAgent`. Without it the framework would turn an error of the log into an answer for the model, and go on; with it
   * the run fails. It changes nothing else, but errors of other tools are then the run's as well.
   */
  readonly middleware: ReturnType<typeof createMiddleware>;
}

/** What the framework gives to a tool beside its input. */
interface Runtime {
  readonly toolCallId?: string;
  readonly toolCall?: { readonly id?: string };
  readonly configurable?: Readonly<Record<string, unknown>>;
  readonly runId?: string;
}

const schema = z.strictObject({ trail: option.orAsked(option.trail), agent: option.agent });

/**
 * Makes tools that are proposals first. A call that a person has to decide about interrupts the graph for itself alone; after
 * the decision is in the log, resume with any value. What the resume says is not looked at: the log is.
 *
 * @throws SealtrailError `config_invalid`
 */
export function auditTools(options: AuditOptions): ToolAudit {
  parseOptions('auditTools', schema, options);
  const { trail, agent } = options;
  const trailOf = (runtime: Runtime): Trail =>
    typeof trail === 'function' ? trail(runtime.configurable ?? {}) : trail;
  const actions = new Actions();
  return {
    tool: (action, execute) => {
      const shape = option.checkTool(action, execute);
      actions.add(action);
      const run = (given: unknown, runtime: Runtime): Promise<ToolMessage> =>
        runCall({
          trail: trailOf(runtime),
          agent,
          action,
          said: takeReasons(given),
          runtime,
          execute: execute as Execute,
        });
      const { name, description = action.name } = action;
      return tool(run as never, {
        name,
        description,
        schema: withReasons(shape),
      }) as DynamicStructuredTool;
    },
    middleware: createMiddleware({
      name: 'SealtrailAudit',
      wrapToolCall: (request, handler) => handler(request),
    }),
  };
}

type Execute = (input: unknown, call: AuditedCall) => unknown;

interface Call {
  readonly trail: Trail;
  readonly agent: Agent;
  readonly action: Action;
  readonly said: Reasons;
  readonly runtime: Runtime;
  readonly execute: Execute;
}

async function runCall(call: Call): Promise<ToolMessage> {
  const { trail, action } = call;
  const { input } = call.said;
  const name: CallName = { name: action.name, toolCallId: toolCallIdOf(call.runtime) };
  const proposed = await propose(call, name.toolCallId).catch((error: unknown) => {
    // There is nothing to decide about: the model may try again.
    if (isSealtrailError(error, 'input_invalid'))
      return refusal(name, `the call was not executed, ${error.message}`);
    throw error;
  });
  if (proposed instanceof ToolMessage) return proposed;
  const proposal = proposed.id;
  let state = await stateToExecute(trail, proposed);
  while (state?.status === 'pending' && !trail.isDue(state)) {
    // Throws until the graph is resumed; the node then begins again, and finds the proposal that is there. Resumed before
    // anybody has decided, it asks again.
    interrupt(requestOf(state, name.toolCallId));
    state = await trail.state(proposal);
  }
  // The result of what was proposed is not that of another call under its id.
  const changed = state !== undefined && isChanged(state, action, input);
  const known = changed || state === undefined ? undefined : recorded(name, state);
  if (known !== undefined) return known;
  const edited = state?.decision?.entry.type === 'decision.edited_approved';
  // After an edit something else than the call was approved, and runs; the call itself must still be the one proposed.
  const same = state !== undefined && edited && !changed && proposedArgs(state) !== undefined;
  const claim = same ? {} : { input: input as never };
  let failure: unknown;
  try {
    const result = await trail.execute(
      action,
      proposed,
      async (approved) => {
        try {
          return await call.execute(approved, { toolCallId: name.toolCallId, proposal, edited });
        } catch (error) {
          failure = error;
          throw error;
        }
      },
      claim,
    );
    return success(name, result);
  } catch (error) {
    // The tool's own failure is an answer to the model, as the framework has it; so is that nobody approved.
    if (failure !== undefined && error === failure)
      return refusal(name, `the tool failed: ${errorOf(failure).message}`);
    if (isSealtrailError(error, 'not_approved')) return refusal(name, denial(await trail.state(proposal)));
    throw error;
  }
}

async function propose(
  { trail, agent, action, said, runtime }: Call,
  toolCallId: string,
): Promise<Proposal | ReturnType<typeof orKnown>> {
  const { thread_id: thread } = runtime.configurable ?? {};
  if (!isReference(thread)) {
    throw new SealtrailError('config_invalid', 'audited tools need a thread: give configurable.thread_id');
  }
  const trace_id = runtime.runId;
  return proposeCall(trail, { scope: thread, toolCallId, action, agent, said, trace_id }, orKnown);
}

function toolCallIdOf({ toolCallId, toolCall }: Runtime): string {
  const id = toolCallId ?? toolCall?.id;
  if (isReference(id)) return id;
  throw new SealtrailError('config_invalid', 'an audited tool is called by a model: the call has no id');
}

function requestOf(state: ProposalState, toolCallId: string): ApprovalRequest {
  const { entry, openings } = state.created;
  const { action, confidence, expires_at } = factsOf(entry);
  const rationale = openings['rationale']?.value;
  return {
    type: 'sealtrail.approval',
    proposal: state.proposal,
    action: action as string,
    tool_call_id: toolCallId,
    input: proposedArgs(state)?.args ?? null,
    rationale: typeof rationale === 'string' ? rationale : null,
    confidence: confidence ?? null,
    expires_at: expires_at ?? null,
  };
}
