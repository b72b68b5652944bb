import { executionExecuted, executionFailed, executionStarted } from '@sealtrail/events';
import type { Action, ParsedInputOf } from '../action.ts';
import { type Context, shortId } from './context.ts';
import type { Proposal } from './propose.ts';
import { errorOf, recordable } from './result.ts';

/**
 * Executes an action that nobody has to approve while the log is away and the failure policy is to go on. Its entries wait in
 * the spool, like the proposal.
 */
export async function executeAway<A extends Action, T>(
  { ledger }: Context,
  { id, action, input, agent }: Proposal<A>,
  run: (input: ParsedInputOf<A>) => T | Promise<T>,
): Promise<T> {
  const common = {
    proposal: id,
    actor: agent,
    action: action.name,
    targets: [...action.targets(input)],
  };
  const args = { args: input, personal: [...action.personal] };
  await ledger.record([executionStarted({ ...common, ...args, attempt: shortId() })]);
  const outcome = { ...common, approval: 'not_required' } as const;
  let result: T;
  try {
    result = await run(input);
  } catch (failure) {
    await ledger.record([executionFailed({ ...outcome, ...recordable(errorOf(failure)) })]);
    throw failure;
  }
  await ledger.record([executionExecuted({ ...outcome, ...recordable(result) })]);
  return result;
}
