import {
  type AgentActor,
  approvedArgs,
  executionArgsMismatch,
  executionFailed,
  executionNotExecuted,
  type ProposalState,
  STATUS_BY_TYPE,
  type SystemActor,
} from '@sealtrail/events';
import {
  canonicalize,
  type EntryDraft,
  isSealtrailError,
  type JsonValue,
  SealtrailError,
} from '@sealtrail/format';
import { isAway } from '../spool/spooling.ts';
import { type Context, loadState, shortId } from './context.ts';
import { grantObstacle } from './grants.ts';
import { approvalOf } from './outcome.ts';
import { notApproved, otherArgs, type Reason } from './refusals.ts';
import { errorOf, recordable } from './result.ts';

/** What every entry about an execution has in common. */
export interface Common {
  readonly proposal: string;
  readonly actor: AgentActor | SystemActor;
  readonly action: string;
  readonly targets: { type: string; id: string }[];
  readonly personal: string[];
  readonly allowed_by: string;
  readonly tool_call_id?: string;
  readonly conversation_id?: string;
  readonly trace_id?: string;
}

/** The approved arguments, if what is about to be executed may be. Everything that stands in the way is recorded. */
export async function allowedArgs(
  context: Context,
  state: ProposalState,
  common: Common,
  given: unknown,
): Promise<JsonValue> {
  const { ledger } = context;
  const refused = { ...common, attempt: shortId(), ...recordedAs(given) };
  const reason = await obstacle(context, state);
  if (reason !== undefined) {
    await ledger.append([executionNotExecuted({ ...refused, reason })]);
    throw notApproved(state.proposal, reason);
  }
  const approved = approvedArgs(state);
  if (approved === undefined) {
    await ledger.append([executionNotExecuted({ ...refused, reason: 'args_unavailable' })]);
    throw new SealtrailError('args_unavailable', `the approved arguments of ${state.proposal} were erased`, {
      proposal: state.proposal,
    });
  }
  if (given !== undefined && !isSame(given, approved.args)) throw await mismatch(context, common, given);
  return approved.args;
}

export function isSame(input: unknown, args: JsonValue): boolean {
  try {
    return canonicalize(input) === canonicalize(args);
  } catch (error) {
    // What is no JSON was not approved.
    if (isSealtrailError(error)) return false;
    throw error;
  }
}

/** Records that other arguments were about to be used. */
export async function mismatch({ ledger }: Context, common: Common, given: unknown): Promise<SealtrailError> {
  await ledger.append([executionArgsMismatch({ ...common, attempt: shortId(), ...recordedAs(given) })]);
  return otherArgs(common.proposal, 'approved ones');
}

/** The arguments of an attempt, as far as they can be recorded: an attempt with others is recorded without. */
export function recordedAs(given: unknown): { readonly args?: unknown } {
  const kept = recordable(given);
  return 'result' in kept ? { args: kept.result } : {};
}

async function obstacle({ ledger }: Context, state: ProposalState): Promise<Reason | undefined> {
  if (state.status !== 'approved') return state.status as Reason;
  return state.decision && grantObstacle(ledger, state.decision);
}

/** An execution that has a position in the log. */
interface Begun {
  readonly args: JsonValue;
  readonly started: number;
}

/**
 * Looks once more at what allowed an execution, now that it has a position in the log: of a revocation, or a decision about what
 * needs none, and an execution at the same moment, the first in the log counts. So nothing runs that began after it. By then something
 * stands behind each entry that it rests on, too, and has to link to it.
 */
export async function refuseOvertaken(
  context: Context,
  state: ProposalState,
  common: Common,
  begun: Begun,
): Promise<void> {
  const refusal = await refusalOf(context, state, common, begun);
  if (refusal === undefined) return;
  const { drafts, approval, error } = refusal;
  // Both at once: the refusal, and an outcome, so that nobody takes this execution for one whose end is not known.
  await context.ledger.append([
    ...drafts,
    executionFailed({ ...common, approval, ...recordable(errorOf(error)) }),
  ]);
  throw error;
}

interface Refusal {
  /** What the log is told beside that it failed. */
  readonly drafts: readonly EntryDraft[];
  readonly approval: 'decided' | 'not_required';
  readonly error: SealtrailError;
}

async function refusalOf(
  context: Context,
  state: ProposalState,
  common: Common,
  begun: Begun,
): Promise<Refusal | undefined> {
  try {
    return await overtaken(context, state, common, begun);
  } catch (error) {
    if (!isSealtrailError(error, 'log_broken')) throw error;
    return { drafts: [], approval: approvalOf(state), error };
  }
}

async function overtaken(
  context: Context,
  { created, decision, proposal }: ProposalState,
  common: Common,
  { args, started }: Begun,
): Promise<Refusal | undefined> {
  const refused = { ...common, attempt: shortId() };
  const notAllowed = (reason: Reason) => ({
    drafts: [executionNotExecuted({ ...refused, reason })],
    approval: 'decided' as const,
    error: notApproved(proposal, reason),
  });
  if (decision !== undefined) {
    await context.ledger.refuseUnlinked([created, decision]);
    const reason = await grantObstacle(context.ledger, decision, started);
    return reason && notAllowed(reason);
  }
  const read = async () => {
    await context.ledger.refuseUnlinked([created]);
    return loadState(context, proposal);
  };
  const now = await read().catch((error: unknown) => {
    // What needs no approval goes on then.
    if (context.away !== undefined && isAway(error)) return undefined;
    throw error;
  });
  if (now?.decision === undefined || now.decision.entry.seq > started) return undefined;
  const ended = STATUS_BY_TYPE[now.decision.entry.type] as Reason | 'approved';
  if (ended !== 'approved') return notAllowed(ended);
  const approved = approvedArgs(now)?.args;
  if (approved !== undefined && isSame(args, approved)) return undefined;
  return {
    drafts: [executionArgsMismatch({ ...refused, args })],
    approval: 'decided',
    error: otherArgs(proposal, 'approved ones'),
  };
}
