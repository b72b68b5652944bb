import type { Interrupt, ResumeEntry, RunAgentInput, RunFinishedInterruptOutcome } from '@ag-ui/core';
import { factsOf, isId, type ProposalStatus } from '@sealtrail/events';
import {
  checkArgument,
  isObject,
  isReference,
  type JsonValue,
  parseOptions,
  SealtrailError,
} from '@sealtrail/format';
import { z } from 'zod';
import type { Action, ParsedInputOf } from '../../action.ts';
import { checkList } from '../../arguments.ts';
import type { AuthenticatedUser } from '../../person.ts';
import type { Agent, Proposal } from '../../trail/propose.ts';
import type { Trail } from '../../trail/trail.ts';
import { Actions } from '../shared/actions.ts';
import { decideAnswers, type Refused } from '../shared/answers.ts';
import { batchOf, clickOf, isIdOf } from '../shared/call-id.ts';
import { proposeCall } from '../shared/calls.ts';
import * as option from '../shared/options.ts';
import { takeReasons } from '../shared/reasons.ts';
import { type AnswerPayload, RESPONSE_SCHEMA, readAnswer } from './answer.ts';
export interface RunAuditOptions {
  readonly trail: Trail;
  readonly agent: Agent;
  /** The actions that the agent's tools are, by the names of the tools. */
  readonly actions: readonly Action[];
}

/** A tool call as the model made it. */
export interface ToolCallGiven {
  readonly id: string;
  readonly name: string;
  /** The arguments: the model's JSON text, or parsed. */
  readonly args: unknown;
}

/** A call that was recorded, and the interrupt that asks a person about it if one has to decide. */
export interface ProposedCall {
  readonly proposal: Proposal;
  readonly interrupt: Interrupt | undefined;
}

/** What became of one answer. */
export interface ResumeOutcome {
  readonly interruptId: string;
  /** `pending` when the answer was to cancel: the proposal waits on. */
  readonly status: ProposalStatus;
  /** Why the answer had no effect, if it had none. */
  readonly refused?: Refused;
}

/** Puts the runs of an AG-UI agent under audit. The interrupt's id is the proposal's. */
export interface RunAudit {
  /**
   * Records a tool call as a proposal. A run that is repeated, on this server or another, finds the one that is there; another call
   * under the same id is another proposal.
   *
   * @throws SealtrailError `input_invalid`, `draft_invalid`, `config_invalid` for a tool that has no action, and those of `Trail.propose`
   */
  propose(run: Pick<RunAgentInput, 'threadId' | 'runId'>, call: ToolCallGiven): Promise<ProposedCall>;
  /** The outcome with which a run ends that waits for people. */
  outcome(interrupts: readonly Interrupt[]): RunFinishedInterruptOutcome;
  /**
   * Records the answers that came with a run, to interrupts of its thread and of this agent. Who answers is said by the host, from
   * its own session; nothing in the run's input is believed about that. Answers given together, without changes or reasons, are one
   * bulk decision. Of several about one interrupt the first counts, and others are stale. A run that is repeated brings the same clicks.
   *
   * @throws SealtrailError `input_invalid`, `proposal_unknown`, `actor_refused`
   */
  resume(
    run: Pick<RunAgentInput, 'threadId' | 'runId' | 'resume'>,
    by: AuthenticatedUser,
  ): Promise<ResumeOutcome[]>;
  /**
   * Executes a proposal of the run's thread and of this agent if the log has its approval, with the approved input.
   *
   * @throws as `Trail.execute`
   */
  execute<A extends Action, T>(
    run: Pick<RunAgentInput, 'threadId'>,
    action: A,
    interruptId: string,
    execute: (input: ParsedInputOf<A>) => T | Promise<T>,
  ): Promise<T>;
}

const schema = z.strictObject({ trail: option.trail, agent: option.agent, actions: option.actions });

/** @throws SealtrailError `config_invalid` */
export function auditRuns(options: RunAuditOptions): RunAudit {
  parseOptions('auditRuns', schema, options);
  const { trail, agent, actions } = options;
  const known = new Actions();
  for (const action of actions) known.add(action);
  const actionOf = (name: string | undefined): Action => {
    const action = name === undefined ? undefined : known.get(name);
    if (action !== undefined) return action;
    throw new SealtrailError('config_invalid', `the tool ${name} has no action`, { tool: name ?? null });
  };
  /** The ids in a run's input are the browser's, and a tenant has proposals of other threads and agents. */
  const refuseForeign = async (threadId: string, interruptId: string): Promise<void> => {
    const state = isId(interruptId) ? await trail.state(interruptId) : undefined;
    const { actor, data } = state?.created.entry ?? {};
    const call = { scope: threadId, toolCallId: String(data?.['tool_call_id']) };
    if (actor?.id === agent.id && isIdOf(call, interruptId)) return;
    throw new SealtrailError('proposal_unknown', 'the thread has no such interrupt', {
      interrupt: interruptId,
    });
  };
  const decide = async (
    { threadId, runId }: Pick<RunAgentInput, 'threadId' | 'runId'>,
    { interruptId }: ResumeEntry,
    answer: AnswerPayload,
    by: AuthenticatedUser,
    nth: number,
  ): Promise<unknown> => {
    const id = clickOf(by.id, threadId, runId, interruptId, ...(nth === 0 ? [] : [String(nth)]));
    const click = { by, reason: answer.reason, channel: 'ag-ui', click: id };
    if (!answer.approved) return trail.reject(interruptId, click);
    if (answer.input === undefined) return trail.approve(interruptId, click);
    const { created } = await trail.state(interruptId);
    const action = actionOf(factsOf(created.entry).action);
    return trail.approveEdited(action, interruptId, { ...click, input: answer.input as never });
  };
  return {
    propose: async (run, call) => {
      const { threadId, runId } = checkRun('propose', run);
      checkArgument('propose', 'a tool call, with its id', call, isNamed('id'), 'draft_invalid');
      const { id, name, args } = call;
      const action = actionOf(name);
      const said = takeReasons(parsed(args, id));
      const made = { scope: threadId, toolCallId: id, action, agent, said, trace_id: runId };
      const proposal = await proposeCall(trail, made);
      const interrupt = proposal.status === 'pending' ? interruptOf(proposal, id) : undefined;
      return { proposal, interrupt };
    },
    outcome: (interrupts) => {
      checkList('outcome', 'a list of interrupts', interrupts);
      return { type: 'interrupt', interrupts: [...interrupts] };
    },
    resume: async (run, by) => {
      const { threadId, runId, resume = [] } = checkRun('resume', run);
      checkArgument('resume', 'a list of answers', resume, areAnswers, 'input_invalid');
      // All of them are read before the first is recorded.
      for (const { interruptId } of resume) await refuseForeign(threadId, interruptId);
      const answers = resume
        .filter(({ status }) => status === 'resolved')
        .map((entry) => ({ entry, ...answerOf(entry) }));
      const refused = await decideAnswers(trail, answers, {
        by,
        channel: 'ag-ui',
        batch: (decision, ids) => batchOf(by.id, threadId, runId, decision, ...ids),
        decide: ({ entry, answer }, nth) => decide({ threadId, runId }, entry, answer, by, nth),
      });
      const whys = new Map(answers.map(({ entry }, i) => [entry, refused[i]]));
      return Promise.all(
        resume.map(async (entry) => {
          const { interruptId } = entry;
          const { status } = await trail.state(interruptId);
          const why = whys.get(entry);
          return { interruptId, status, ...(why === undefined ? {} : { refused: why }) };
        }),
      );
    },
    execute: async (run, action, interruptId, execute) => {
      checkArgument('execute', 'a run, with its threadId', run, isNamed('threadId'), 'draft_invalid');
      await refuseForeign(run.threadId, interruptId);
      return trail.execute(action, interruptId, execute);
    },
  };
}

/** @throws SealtrailError `draft_invalid` for what is no run */
function checkRun<Run extends Pick<RunAgentInput, 'threadId' | 'runId'>>(call: string, run: Run): Run {
  const what = 'a run, with its threadId and runId';
  checkArgument(call, what, run, isNamed('threadId', 'runId'), 'draft_invalid');
  return run;
}

/** Whether something has ids under these names. */
function isNamed(...ids: readonly string[]): (value: unknown) => boolean {
  return (value) => ids.every((id) => isReference(Object(value)[id]));
}

function areAnswers(value: unknown): boolean {
  return Array.isArray(value) && value.every(isObject);
}

function interruptOf({ id, action, rationale, expires_at }: Proposal, toolCallId: string): Interrupt {
  return {
    id,
    reason: 'tool_approval',
    message: rationale ?? `Approve ${action.name}?`,
    toolCallId,
    responseSchema: RESPONSE_SCHEMA as unknown as Record<string, JsonValue>,
    ...(expires_at === undefined ? {} : { expiresAt: expires_at }),
  };
}

/** An answer as a decision is made of it. @throws SealtrailError `input_invalid` */
function answerOf(entry: ResumeEntry) {
  const answer = readAnswer(entry);
  const { approved, input, reason } = answer;
  const said = {
    approved,
    ...(input === undefined ? {} : { input }),
    ...(reason === undefined ? {} : { reason }),
  };
  const plain = input === undefined && reason === undefined;
  return { answer, proposal: entry.interruptId, approved, said, plain };
}

/** A model's arguments are a JSON text. */
function parsed(args: unknown, id: string): unknown {
  if (typeof args !== 'string') return args;
  try {
    return JSON.parse(args);
  } catch {
    throw new SealtrailError('input_invalid', `the arguments of the tool call ${id} are no JSON`, {
      tool_call: id,
    });
  }
}
