import {
  type AgentActor,
  executionFailed,
  executionStarted,
  factsOf,
  type ProposalState,
  type SystemActor,
} from '@sealtrail/events';
import { isSealtrailError, type JsonValue } from '@sealtrail/format';
import type { Action, ParsedInputOf } from '../action.ts';
import { isAway } from '../spool/spooling.ts';
import { allowedArgs, type Common, isSame, mismatch, refuseOvertaken } from './allowed.ts';
import { type Context, loadState, shortId } from './context.ts';
import { expire, isDue } from './expire.ts';
import { allowedBy, approvalOf, runAndRecord } from './outcome.ts';
import { alreadyExecuted, otherAction } from './refusals.ts';
import { errorOf, recordable } from './result.ts';
import { targetsWith } from './targets.ts';

/** What an execution is to be held against, and who executes. */
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
  const execution = { ...common, approval: approvalOf(state) };
  return runAndRecord(context.ledger, execution, () => run(input));
}

function commonOf(state: ProposalState, action: Action, actor: Common['actor'] | undefined): Common {
  const { entry } = state.created;
  if (factsOf(entry).action !== action.name) {
    throw otherAction(state.proposal, factsOf(entry).action);
  }
  return {
    proposal: state.proposal,
    actor: actor ?? (entry.actor as AgentActor),
    action: action.name,
    targets: [...entry.targets],
    personal: [...action.personal],
    allowed_by: allowedBy(state),
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
    const execution = { ...common, approval: approvalOf(state) };
    await ledger.record([executionFailed({ ...execution, ...recordable(errorOf(error)) })]);
  }
  throw error;
}
