import { executionArgsMismatch, executionNotExecuted, executionStarted } from '@sealtrail/events';
import { canonicalize, isSealtrailError, SealtrailError } from '@sealtrail/format';
import type { Action, ParsedInputOf } from '../action.ts';
import { digestOf } from '../spool/known.ts';
import { type Away, isAway } from '../spool/spooling.ts';
import { recordedAs } from './allowed.ts';
import { type Context, shortId } from './context.ts';
import { type ExecuteOptions, execute } from './execute.ts';
import { runAndRecord } from './outcome.ts';
import type { Proposal } from './propose.ts';
import { alreadyExecuted, notApproved, otherAction, otherArgs } from './refusals.ts';

/**
 * Executes under the failure policy to go on: by the log where it can be reached, else what is known to be allowed without
 * asking it. That is what needs no approval and nobody denied, once, with the arguments that were recorded, as far as this
 * process and its spool know.
 */
export async function executeOpen<A extends Action, T>(
  context: Context,
  away: Away,
  action: A,
  proposal: string | Pick<Proposal<A>, 'id'> | Proposal<A>,
  run: (input: ParsedInputOf<A>) => T | Promise<T>,
  options: ExecuteOptions<A> = {},
): Promise<T> {
  const id = typeof proposal === 'string' ? proposal : proposal.id;
  // The log would say that there is no such proposal, or that nobody has executed it.
  if (away.waits(id) && away.known(id)?.free) {
    const cause = new SealtrailError('store_unavailable', `${id} waits in the spool`, { proposal: id });
    return executeAway(context, away, action, proposal, run, options, cause);
  }
  let ran = false;
  const once = (input: ParsedInputOf<A>): T | Promise<T> => {
    ran = true;
    return run(input);
  };
  let begun = false;
  const markBegun = () => {
    begun = true;
  };
  try {
    return await execute(context, action, id, once, options, markBegun);
  } catch (error) {
    // What this call began is not what was executed before.
    if (ran || begun || !isAway(error)) throw error;
    return executeAway(context, away, action, proposal, run, options, error);
  }
}

/** @throws `cause` where only the log can tell whether, or with what, the action may be executed */
async function executeAway<A extends Action, T>(
  { ledger }: Context,
  away: Away,
  action: A,
  ref: string | Pick<Proposal<A>, 'id'> | Proposal<A>,
  run: (input: ParsedInputOf<A>) => T | Promise<T>,
  options: ExecuteOptions<A>,
  cause: unknown,
): Promise<T> {
  const id = typeof ref === 'string' ? ref : ref.id;
  const known = away.known(id);
  if (known === undefined) throw cause;
  if (known.action !== undefined && known.action !== action.name) throw otherAction(id, known.action);
  if (known.taken) throw alreadyExecuted({ proposal: id, status: known.status });
  const denied = isDenied(known.status) ? known.status : undefined;
  // By its id alone nobody can say here what it is about: a refusal is then not recorded.
  if (typeof ref === 'string' || !('agent' in ref)) throw denied ? notApproved(id, denied) : cause;
  const given = options.input ?? ref.input;
  const about = (input: ParsedInputOf<A>) => ({
    proposal: id,
    actor: options.actor ?? ref.agent,
    action: action.name,
    targets: [...action.targets(input)],
  });
  const attempt = { personal: [...action.personal], attempt: shortId() };
  const refused = () => ({ ...about(ref.input), ...attempt, ...recordedAs(given) });
  if (denied !== undefined) {
    await ledger.record([executionNotExecuted({ ...refused(), reason: denied })]);
    throw notApproved(id, denied);
  }
  if (!known.free || known.edited) throw cause;
  const own = recordedAndRun(action, given, known.args);
  if (own === undefined) {
    await ledger.record([executionArgsMismatch(refused())]);
    throw otherArgs(id, 'recorded ones');
  }
  const { args, input } = own;
  const common = about(input);
  if (!away.take(id)) throw alreadyExecuted({ proposal: id, status: known.status });
  try {
    // If its start may be in the log already, it is the same start.
    await ledger.record([known.doubt ?? executionStarted({ ...common, ...attempt, args })]);
  } catch (error) {
    if (isSealtrailError(error, 'id_conflict')) throw alreadyExecuted({ proposal: id, status: known.status });
    away.release(id);
    throw error;
  }
  return runAndRecord(ledger, { ...common, approval: 'not_required' }, () => run(input));
}

/**
 * What is recorded of an execution, and what is run: copies, whatever the caller does with its objects meanwhile. Undefined unless both are
 * what was recorded of the proposal.
 */
function recordedAndRun<A extends Action>(action: A, given: unknown, recorded: string | undefined) {
  try {
    const text = canonicalize(given);
    const args: unknown = JSON.parse(text);
    const input = action.parse(JSON.parse(text)) as ParsedInputOf<A>;
    const isSame = [args, input].every((one) => digestOf(action.name, one) === recorded);
    return isSame ? { args, input } : undefined;
  } catch (error) {
    // What is no JSON, or nothing that the action takes, was not recorded.
    if (isSealtrailError(error)) return undefined;
    throw error;
  }
}

const DENIED = ['rejected', 'expired', 'superseded'] as const;
type Denied = (typeof DENIED)[number];

function isDenied(status: string): status is Denied {
  return (DENIED as readonly string[]).includes(status);
}
