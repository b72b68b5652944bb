import { factsOf, type ProposalState, proposedArgs } from '@sealtrail/events';
import {
  canonicalize,
  checkArgument,
  isReference,
  isSealtrailError,
  type JsonValue,
  parseOptions,
} from '@sealtrail/format';
import { type ModelMessage, type Tool, type ToolApprovalStatus, tool } from 'ai';
import { z } from 'zod';
import type { Action, InputOf, ParsedInputOf } from '../../action.ts';
import { checkList } from '../../arguments.ts';
import type { DecideOptions, Decision } from '../../trail/decide.ts';
import type { Agent, Proposal } from '../../trail/propose.ts';
import type { Trail } from '../../trail/trail.ts';
import { Actions } from '../shared/actions.ts';
import type { CallKey } from '../shared/call-id.ts';
import { findCall, newestCall, proposeCall, stateToExecute } from '../shared/calls.ts';
import { orDecided, orKnown, shownInput } from '../shared/changed-call.ts';
import * as option from '../shared/options.ts';
import { type Reasons, takeReasons, withReasons } from '../shared/reasons.ts';
import { sayable } from '../shared/results.ts';
import { type ApprovalRequest, callsOf, requestsIn } from './approvals.ts';
import { type Click, type DecideOutcome, decide } from './decide.ts';

export interface AuditToolsOptions {
  readonly trail: Trail;
  readonly agent: Agent;
  /** The chat or thread: the ids of tool calls count within it. */
  readonly conversation: string;
  readonly trace_id?: string | undefined;
  /**
   * Told of what kept a tool from running. The framework turns an error of a tool into an answer for the model and goes on, so
   * this is where the host hears of it.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

/** A call that waits, as the log has it: show this, not what the client's history says. */
export interface PendingCall extends ApprovalRequest {
  readonly proposal: string;
  readonly action: string;
  readonly input: JsonValue | undefined;
  readonly rationale: string | null;
  readonly confidence: number | null;
  readonly expires_at: string | undefined;
}

type Given = Record<string, unknown>;
/** What the adapter looks at of a tool call. */
type GivenCall = { readonly toolName: string; readonly toolCallId: string; readonly input: unknown };
/** A tool for the framework's `tools`. */
export type AuditedTool = Tool<Given, unknown>;

/** Tools of the AI SDK under audit, for one conversation. */
export interface ToolAudit {
  /** An action as a tool, under the action's name. @throws SealtrailError `config_invalid` for an input that is no object, or a generator */
  tool<A extends Action>(
    action: A,
    execute: (
      input: ParsedInputOf<A>,
      call: { readonly toolCallId: string; readonly proposal: string },
    ) => unknown,
  ): AuditedTool;
  /** Give this as `toolApproval`: it records each call as a proposal, and asks a person while the log says that one has to. */
  approval(options: { readonly toolCall: GivenCall }): Promise<ToolApprovalStatus>;
  /** The calls of a history that wait for a person. */
  pending(messages: readonly ModelMessage[]): Promise<PendingCall[]>;
  /**
   * Records the answers in a history, before it is given back to the framework. Who answered is said by the host, from its own
   * session. Answers given together, without reasons, are one bulk decision, whose id ends with the host's `click`; of several about one
   * call the first counts. About a call that the history has with other arguments than the log nothing is decided.
   *
   * @throws SealtrailError `args_mismatch`, `input_invalid`, `proposal_unknown`, `actor_refused`, `draft_invalid` for a `presentation`
   *   with answers about several calls, before anything is recorded
   */
  decide(messages: readonly ModelMessage[], click: Click): Promise<DecideOutcome[]>;
  /**
   * Approves a call with another input, the newest under that id; the history may then say "approved".
   *
   * @throws as `Trail.approveEdited`
   */
  approveEdited<A extends Action>(
    action: A,
    toolCallId: string,
    options: DecideOptions & { readonly input: InputOf<A> },
  ): Promise<Decision>;
}

const schema = z.strictObject({
  trail: option.trail,
  agent: option.agent,
  conversation: option.reference,
  trace_id: option.reference.optional(),
  onFailure: option.callback.optional(),
});

/** Makes tools for one conversation. @throws SealtrailError `config_invalid` */
export function auditTools(options: AuditToolsOptions): ToolAudit {
  parseOptions('auditTools', schema, options);
  const { trail, agent, conversation, trace_id, onFailure } = options;
  const actions = new Actions();
  const keyOf = (toolCallId: string): CallKey => ({ scope: conversation, toolCallId });

  const propose = <Held>(
    action: Action,
    toolCallId: string,
    said: Reasons,
    held: (state: ProposalState, error: unknown) => Held,
  ): Promise<Proposal | Held> =>
    proposeCall(trail, { ...keyOf(toolCallId), action, agent, said, trace_id }, held);

  const run = async (
    action: Action,
    toolCallId: string,
    given: unknown,
    execute: (input: never, call: { toolCallId: string; proposal: string }) => unknown,
  ): Promise<unknown> => {
    // A forged approval never asked for one: then this is where the proposal is recorded.
    const said = takeReasons(given);
    const proposal = await propose(action, toolCallId, said, orKnown);
    const state = await stateToExecute(trail, proposal);
    const edited = state?.decision?.entry.type === 'decision.edited_approved';
    // The history holds what the model wanted; after an edit something else was approved, and runs.
    const claim = edited
      ? sameAsProposed(proposedArgs(state)?.args, said.input)
      : { input: said.input as never };
    const call = { toolCallId, proposal: proposal.id };
    return trail.execute(action, proposal, (approved) => execute(approved as never, call), claim);
  };

  /** The proposal of the call that a request is about, as the history has it beside the request. */
  const stateOf = (messages: readonly ModelMessage[], request: ApprovalRequest): Promise<ProposalState> => {
    const action = actions.get(request.toolName) as Action;
    const [call] = callsOf(messages, request);
    const shown = shownInput(action, takeReasons(call?.input).input);
    return findCall(trail, keyOf(request.toolCallId), action, shown);
  };

  return {
    tool: (action, execute) => {
      const shape = option.checkTool(action, execute);
      actions.add(action);
      const { description } = action;
      return tool<Given, unknown, never>({
        ...(description === undefined ? {} : { description }),
        inputSchema: withReasons(shape),
        execute: async (given: Given, { toolCallId }): Promise<unknown> => {
          try {
            return sayable(action.name, await run(action, toolCallId, given, execute as never));
          } catch (error) {
            onFailure?.(error);
            throw error;
          }
        },
      }) as AuditedTool;
    },
    approval: async ({ toolCall }) => {
      const action = actions.get(toolCall.toolName);
      // What is not under audit is not ours to allow or to deny.
      if (action === undefined) return undefined;
      const { toolCallId, input } = toolCall;
      const proposal = await propose(action, toolCallId, takeReasons(input), orDecided).catch(
        (error: unknown) => {
          if (isSealtrailError(error, 'input_invalid')) return undefined;
          throw error;
        },
      );
      // There is nothing to decide about. Execution meets the same error, and the model is told.
      if (proposal === undefined) return 'not-applicable';
      if (proposal.status === 'pending')
        return { type: 'user-approval', reason: proposal.rationale ?? `${action.name} needs approval` };
      const open =
        proposal.status === 'approved' || proposal.status === 'executing' || proposal.status === 'executed';
      // `failed` as well: whether it may run again is for its execution to say.
      if (open || proposal.status === 'failed')
        return proposal.approval === 'not_required' ? 'not-applicable' : 'approved';
      return { type: 'denied', reason: proposal.status };
    },
    pending: async (messages) => {
      checkList('pending', 'a list of messages', messages);
      const calls = requestsIn(messages).map(async (request): Promise<PendingCall[]> => {
        if (!actions.has(request.toolName)) return [];
        const state = await stateOf(messages, request);
        if (state.status !== 'pending') return [];
        const { entry, openings } = state.created;
        const { action, confidence, expires_at } = factsOf(entry);
        const rationale = openings['rationale']?.value;
        return [
          {
            ...request,
            proposal: state.proposal,
            action: action as string,
            input: proposedArgs(state)?.args,
            rationale: typeof rationale === 'string' ? rationale : null,
            confidence: confidence ?? null,
            expires_at,
          },
        ];
      });
      return (await Promise.all(calls)).flat();
    },
    decide: async (messages, click) => decide({ trail, actions, stateOf }, messages, click),
    approveEdited: async (action, toolCallId, edit) => {
      checkArgument('approveEdited', 'the id of a tool call', toolCallId, isReference, 'draft_invalid');
      const { proposal } = await newestCall(trail, keyOf(toolCallId));
      return trail.approveEdited(action, proposal, edit);
    },
  };
}

/** After an edit the history must still hold what was proposed; anything else was changed on its way. */
function sameAsProposed(proposed: JsonValue | undefined, given: unknown): { input?: never } {
  const same = proposed !== undefined && canonicalize(proposed) === canonicalize(given);
  return same ? {} : { input: given as never };
}
