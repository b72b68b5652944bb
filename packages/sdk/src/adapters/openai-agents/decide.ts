import type { RunToolApprovalItem } from '@openai/agents';
import { isSealtrailError } from '@sealtrail/format';
import type { Action } from '../../action.ts';
import type { Trail } from '../../trail/trail.ts';
import type { Actions } from '../shared/actions.ts';
import { findCall } from '../shared/calls.ts';
import { refuseChanged, shownInput } from '../shared/changed-call.ts';
import { type AuditOptions, resolve } from './options.ts';
import { claimOf, contextOf, type Run, tell } from './run-items.ts';

/** An interrupted call, found in the log. */
export interface Waiting {
  readonly trail: Trail;
  readonly action: Action;
  readonly proposal: string;
}

/**
 * Finds the proposal of an interruption by the framework's own id of the call, and by its arguments where that id was used again.
 *
 * @returns `other` for what is not about an audited tool, `unreadable` for a call that was never proposed because its arguments
 *   are no JSON object: the framework interrupts for such a call without asking
 * @throws SealtrailError `proposal_unknown`
 */
export async function findWaiting<Context>(
  options: AuditOptions<Context>,
  actions: Actions,
  run: Run,
  item: RunToolApprovalItem,
): Promise<Waiting | 'other' | 'unreadable'> {
  const claim = claimOf(item);
  const action = claim && actions.get(claim.tool);
  if (claim === undefined || action === undefined) return 'other';
  if (claim.input === undefined) return 'unreadable';
  const { trail, conversation } = resolve(options, contextOf(run) as Context);
  const call = { scope: conversation, toolCallId: claim.toolCallId };
  const { proposal } = await findCall(trail, call, action, shownInput(action, claim.input));
  return { trail, action, proposal };
}

/**
 * Records a decision, then tells the framework what the log says. A decision that came too late is told too, before its error
 * reaches the caller: the run can go on with what was decided before.
 *
 * The person may have been shown the arguments in the run's state, which may have been changed where it was: about these nothing is
 * decided.
 *
 * What a crash in between leaves behind: a decision in the log that the run's state does not know. It is found when the run is
 * resumed, or by `pending`.
 *
 * @throws SealtrailError `args_mismatch`, `proposal_unknown`
 */
export async function decideAndTell<T>(
  run: Run,
  items: readonly { readonly item: RunToolApprovalItem; readonly waiting: Waiting }[],
  message: string | undefined,
  record: () => Promise<T>,
): Promise<T> {
  for (const { item, waiting } of items) {
    const state = await waiting.trail.state(waiting.proposal);
    refuseChanged(state, waiting.action, claimOf(item)?.input);
  }
  const tellAll = async (): Promise<void> => {
    for (const { item, waiting } of items) {
      const { status } = await waiting.trail.state(waiting.proposal);
      tell(run, item, { action: waiting.action.name, status, message });
    }
  };
  let recorded: T;
  try {
    recorded = await record();
  } catch (error) {
    if (isSealtrailError(error, 'decision_stale') || isSealtrailError(error, 'proposal_expired'))
      await tellAll();
    throw error;
  }
  await tellAll();
  return recorded;
}
