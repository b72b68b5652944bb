import {
  type AgentActor,
  executionExecuted,
  executionFailed,
  executionStarted,
  factsOf,
  type ProposalState,
  type SystemActor,
} from '@sealtrail/events';
import { isSealtrailError, type JsonValue, SealtrailError } from '@sealtrail/format';
import type { Action, ParsedInputOf } from '../action.ts';
import { isAway } from '../spool/spooling.ts';
import { allowedArgs, type Common, isSame, mismatch, refuseOvertaken } from './allowed.ts';
import { type Context, loadState, shortId } from './context.ts';
import { expire, isDue } from './expire.ts';
import { errorOf, recordable } from './result.ts';
import { targetsWith } from './targets.ts';

export interface ExecuteOptions<A extends Action> {
  /**
   * What the caller is about to execute, as the action's schema gives it; refused unless it is what was approved. Default: what was
   * approved.
   */
  readonly input?: ParsedInputOf<A> | undefined;
  /** Who executes; default: the agent that proposed. */
  readonly actor?: AgentActor | SystemActor | undefined;
}

/**
 * Executes an approved proposal once. Refuses, and records that, when nobody approved it or when the arguments are not the
 * approved ones, before or after the action's schema. That it begins is in the log before `run` is called: no entry, no action.
 *
 * @param begun called once the log has that it begins
 * @throws SealtrailError `proposal_unknown`, `not_approved`, `args_mismatch`, `args_unavailable`, `already_executed`,
 *   `outcome_unrecorded` when the action was taken but the log could not be told; what `run` throws, after it was recorded
 */
export async function execute<A extends Action, T>(
  context: Context,
  action: A,
  proposal: string,
  run: (input: ParsedInputOf<A>) => T | Promise<T>,
  options: ExecuteOptions<A> = {},
  begun: () => void = () => {},
): Promise<T> {
  let state = await loadState(context, proposal);
  if (isDue(state, context.now())) {
    await expire(context, state);
    state = await loadState(context, proposal);
  }
  const asked = commonOf(state, action, options.actor);
  if (state.started !== undefined || state.execution !== undefined) throw alreadyExecuted(state);
  const args = await allowedArgs(context, state, asked, options.input);
  const input = action.parse(args) as ParsedInputOf<A>;
  // The schema may have changed since, or change what it gave itself: what runs is then not what was approved.
  if (!isSame(input, args)) throw await mismatch(context, asked, input);
  const common = { ...asked, targets: targetsWith(state, { action, input: args }) };
  const started = await start(context, state, common, args);
  begun();
  await refuseOvertaken(context, state, common, { args, started }).catch((error: unknown) =>
    abandon(context, state, common, error),
  );
  return settle(context, state, common, () => run(input));
}

function commonOf(state: ProposalState, action: Action, actor: Common['actor'] | undefined): Common {
  const { entry, hash } = state.created;
  if (factsOf(entry).action !== action.name) {
    throw new SealtrailError('input_invalid', `the proposal ${state.proposal} is about another action`, {
      action: factsOf(entry).action ?? null,
    });
  }
  return {
    proposal: state.proposal,
    actor: actor ?? (entry.actor as AgentActor),
    action: action.name,
    targets: [...entry.targets],
    personal: [...action.personal],
    allowed_by: state.decision?.hash ?? hash,
    ...idsOf(state),
  };
}

/** The ids of others that an execution repeats of its proposal. */
export function idsOf({ created }: Pick<ProposalState, 'created'>): Pick<Common, (typeof IDS)[number]> {
  const data = created.entry.data as Record<string, string | undefined>;
  return Object.fromEntries(IDS.flatMap((id) => (data[id] === undefined ? [] : [[id, data[id]]])));
}

const IDS = ['tool_call_id', 'conversation_id', 'trace_id'] as const;

/** Takes the proposal for this attempt: of several executors, the first in the log goes on. @returns its position */
async function start(
  { ledger }: Context,
  state: ProposalState,
  common: Common,
  args: JsonValue,
): Promise<number> {
  try {
    const [started] = await ledger.append([executionStarted({ ...common, args, attempt: shortId() })]);
    return (started as NonNullable<typeof started>).seq;
  } catch (error) {
    if (isSealtrailError(error, 'id_conflict')) throw alreadyExecuted(state);
    throw error;
  }
}

/**
 * What began and did not run, because the log went away before it could say whether it is still allowed. That it failed waits in the
 * spool, if there is one, so that nobody takes it for an execution whose end is not known.
 */
async function abandon(
  { ledger, away }: Context,
  state: ProposalState,
  common: Common,
  error: unknown,
): Promise<never> {
  if (away !== undefined && isAway(error)) {
    const approval = state.decision === undefined ? 'not_required' : 'decided';
    await ledger.record([executionFailed({ ...common, approval, ...recordable(errorOf(error)) })]);
  }
  throw error;
}

/** Runs the action and records what came of it. */
async function settle<T>(
  { ledger }: Context,
  state: ProposalState,
  common: Common,
  run: () => T | Promise<T>,
): Promise<T> {
  const approval = state.decision === undefined ? 'not_required' : 'decided';
  let result: T;
  try {
    result = await run();
  } catch (failure) {
    const draft = executionFailed({ ...common, approval, ...recordable(errorOf(failure)) });
    await ledger.record([draft]).catch((cause) => {
      throw unrecorded(state, 'failed', cause);
    });
    throw failure;
  }
  const draft = executionExecuted({ ...common, approval, ...recordable(result) });
  await ledger.record([draft]).catch((cause) => {
    throw unrecorded(state, 'executed', cause);
  });
  return result;
}

export function alreadyExecuted({
  proposal,
  status,
}: Pick<ProposalState, 'proposal' | 'status'>): SealtrailError {
  return new SealtrailError('already_executed', `${proposal} was executed before, or is being executed`, {
    proposal,
    status,
  });
}

export function unrecorded(
  { proposal }: Pick<ProposalState, 'proposal'>,
  outcome: string,
  cause: unknown,
): SealtrailError {
  return new SealtrailError(
    'outcome_unrecorded',
    `${proposal} was ${outcome}, but that could not be recorded: use settle() once the log can be reached`,
    { proposal, outcome },
    { cause },
  );
}
