import {
  type Agent,
  type AgentOutputType,
  RunResult,
  type RunState,
  type RunToolApprovalItem,
} from '@openai/agents';
import type { ProposalStatus } from '@sealtrail/events';
import { takeReasons } from '../shared/reasons.ts';
import { refusal } from './answers.ts';

type AnyState = RunState<unknown, Agent<unknown, AgentOutputType>>;

/** The state of a run, as `run` gives it in `result.state`, of whatever agent. */
export type Run = Pick<AnyState, 'approve' | 'reject' | 'getInterruptions'>;

export function contextOf(run: Run): unknown {
  return new RunResult(run as AnyState).runContext.context;
}

/** What an interruption is about, as the run's state has it: the log may say otherwise. */
export interface Claim {
  readonly tool: string;
  readonly toolCallId: string;
  /** The arguments without the reasons; undefined when they are no JSON object, and so were never proposed. */
  readonly input: unknown;
}

/** Undefined for an interruption that is not about a call of a function. */
export function claimOf({ rawItem }: RunToolApprovalItem): Claim | undefined {
  if (rawItem.type !== 'function_call') return undefined;
  return { tool: rawItem.name, toolCallId: rawItem.callId, input: inputOf(rawItem.arguments) };
}

function inputOf(text: string): unknown {
  try {
    const given: unknown = JSON.parse(text);
    const isObject = typeof given === 'object' && given !== null && !Array.isArray(given);
    return isObject ? takeReasons(given).input : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Nobody can decide about a call that cannot be read, and it cannot be executed. Let through, it is found unreadable once more,
 * and the model is told to try again; rejected, the model would take it for somebody's decision.
 */
export function letFail(run: Run, item: RunToolApprovalItem): void {
  run.approve(item);
}

/**
 * Tells the framework what the log says about a call, so that the run can go on. Never with the framework's sticky options:
 * what is always allowed stands in the log as a grant, where it can be taken back.
 */
export function tell(
  run: Run,
  item: RunToolApprovalItem,
  { action, status, message }: { action: string; status: ProposalStatus; message?: string | undefined },
): void {
  if (status === 'pending') return;
  if (status === 'rejected' || status === 'expired' || status === 'superseded') {
    run.reject(item, { message: message ?? refusal(action, status) });
  } else {
    run.approve(item);
  }
}
