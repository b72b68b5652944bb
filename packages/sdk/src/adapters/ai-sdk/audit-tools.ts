import { factsOf, type ProposalStatus, proposedArgs } from '@sealtrail/events';
import { canonicalize, isSealtrailError, type JsonValue, SealtrailError } from '@sealtrail/format';
import { type ModelMessage, type Tool, type ToolApprovalStatus, tool } from 'ai';
import { z } from 'zod';
import type { Action, InputOf, ParsedInputOf } from '../../action.ts';
import type { DecideOptions, Decision } from '../../trail/decide.ts';
import type { Agent, Proposal } from '../../trail/propose.ts';
import { refuseGenerator } from '../../trail/result.ts';
import type { Trail } from '../../trail/trail.ts';
import { batchOf, clickOf, proposalIdOf } from '../shared/call-id.ts';
import { orDecided, orKnown, refuseChanged } from '../shared/changed-call.ts';
import { takeReasons, withReasons } from '../shared/reasons.ts';
import { sayable } from '../shared/results.ts';
import { type ApprovalRequest, answersIn, inputsOf, requestsIn } from './approvals.ts';

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

/** What became of one answer. */
export interface DecideOutcome {
  readonly approvalId: string;
  readonly proposal: string;
  readonly status: ProposalStatus;
  /** Why the answer had no effect, if it had none. */
  readonly refused?: 'decision_stale' | 'proposal_expired';
}

type Click = Omit<DecideOptions, 'reason'>;
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
   * session. Answers given together, without reasons, are one bulk decision. About a call that the history has with other arguments
   * than the log nothing is decided.
   *
   * @throws SealtrailError `args_mismatch`, `input_invalid`, `proposal_unknown`, before anything is recorded
   */
  decide(messages: readonly ModelMessage[], click: Click): Promise<DecideOutcome[]>;
  /** Approves a call with another input; the history may then say "approved". @throws as `Trail.approveEdited` */
  approveEdited<A extends Action>(
    action: A,
    toolCallId: string,
    options: DecideOptions & { readonly input: InputOf<A> },
  ): Promise<Decision>;
}

/** Makes tools for one conversation. @throws SealtrailError from the methods, as they say */
export function auditTools(options: AuditToolsOptions): ToolAudit {
  const { trail, agent, conversation, trace_id, onFailure } = options;
  const actions = new Map<string, Action>();
  const idOf = (toolCallId: string): string => proposalIdOf(conversation, toolCallId);

  const propose = (action: Action, toolCallId: string, given: unknown): Promise<Proposal> => {
    const { input, rationale, confidence } = takeReasons(given);
    return trail.propose(action, {
      id: idOf(toolCallId),
      agent,
      input: input as never,
      rationale,
      confidence,
      tool_call_id: toolCallId,
      conversation_id: conversation,
      trace_id,
    });
  };

  const run = async (
    action: Action,
    toolCallId: string,
    given: unknown,
    execute: (input: never, call: { toolCallId: string; proposal: string }) => unknown,
  ): Promise<unknown> => {
    // A forged approval never asked for one: then this is where the proposal is recorded.
    const { id } = await orKnown(idOf(toolCallId), propose(action, toolCallId, given));
    const state = await trail.state(id);
    const edited = state.decision?.entry.type === 'decision.edited_approved';
    const { input } = takeReasons(given);
    // The history holds what the model wanted; after an edit something else was approved, and runs.
    const claim = edited ? sameAsProposed(proposedArgs(state)?.args, input) : { input: input as never };
    const call = { toolCallId, proposal: id };
    return trail.execute(action, id, (approved) => execute(approved as never, call), claim);
  };

  const decideOne = (
    id: string,
    approved: boolean,
    reason: string | undefined,
    click: Click,
  ): Promise<unknown> =>
    approved ? trail.approve(id, { ...click, reason }) : trail.reject(id, { ...click, reason });

  return {
    tool: (action, execute) => {
      if (!(action.input instanceof z.ZodObject)) {
        throw new SealtrailError('config_invalid', `${action.name}: the input of a tool is a zod object`);
      }
      refuseGenerator(action.name, execute);
      actions.set(action.name, action);
      const { description } = action;
      return tool<Given, unknown, never>({
        ...(description === undefined ? {} : { description }),
        inputSchema: withReasons(action.input),
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
      const proposal = await orDecided(trail, idOf(toolCallId), propose(action, toolCallId, input)).catch(
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
      const calls = requestsIn(messages).map(async (request): Promise<PendingCall[]> => {
        if (!actions.has(request.toolName)) return [];
        const state = await trail.state(idOf(request.toolCallId));
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
    decide: async (messages, click) => {
      const audited = answersIn(messages).filter(({ toolName }) => actions.has(toolName));
      const answers = [];
      for (const answer of audited) {
        const id = idOf(answer.toolCallId);
        const state = await trail.state(id);
        // A history keeps old answers: those that are in the log are done. One that came late stays in the history for ever, so
        // it is a click of its own and not a part of a bulk one, which would be another one with each new answer.
        const late = trail.isDue(state) || state.decision?.entry.type === 'proposal.expired';
        if (!late && state.status !== 'pending') continue;
        for (const given of inputsOf(messages, answer.toolCallId)) {
          refuseChanged(state, actions.get(answer.toolName) as Action, takeReasons(given).input);
        }
        answers.push({ ...answer, id, late });
      }
      const refused = new Map<string, DecideOutcome['refused']>();
      for (const approved of [true, false]) {
        const all = answers.filter((answer) => answer.approved === approved);
        const plain = all.filter(({ reason, late }) => !late && reason === undefined).map(({ id }) => id);
        // Of one call that was asked about twice there are two answers: no bulk decision.
        const bulk = new Set(plain).size > 1 ? plain : [];
        if (bulk.length > 0) {
          const decision = approved ? 'approved' : 'rejected';
          const { by, channel } = click;
          const batch = batchOf(by.id, decision, ...bulk.toSorted());
          const { stale } = await trail.decideMany(bulk, { by, channel, decision, batch });
          for (const { proposal, status } of stale) {
            refused.set(proposal, status === 'expired' ? 'proposal_expired' : 'decision_stale');
          }
        }
        for (const { id, reason, approvalId } of all.filter((answer) => !bulk.includes(answer.id))) {
          const own = { ...click, click: click.click ?? clickOf(click.by.id, approvalId) };
          await decideOne(id, approved, reason, own).catch((error) => refused.set(id, lateness(error)));
        }
      }
      return Promise.all(
        answers.map(async ({ approvalId, id }) => {
          const why = refused.get(id);
          const { status } = await trail.state(id);
          return { approvalId, proposal: id, status, ...(why === undefined ? {} : { refused: why }) };
        }),
      );
    },
    approveEdited: (action, toolCallId, edit) => trail.approveEdited(action, idOf(toolCallId), edit),
  };
}

/** After an edit the history must still hold what was proposed; anything else was changed on its way. */
function sameAsProposed(proposed: JsonValue | undefined, given: unknown): { input?: never } {
  const same = proposed !== undefined && canonicalize(proposed) === canonicalize(given);
  return same ? {} : { input: given as never };
}

/** The refusals that are an answer to the person; everything else fails. */
function lateness(error: unknown): DecideOutcome['refused'] {
  for (const code of ['decision_stale', 'proposal_expired'] as const) {
    if (isSealtrailError(error, code)) return code;
  }
  throw error;
}
