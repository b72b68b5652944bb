import {
  type AgentActor,
  executionExecuted,
  executionFailed,
  factsOf,
  type SystemActor,
} from '@sealtrail/events';
import { SealtrailError } from '@sealtrail/format';
import { type Context, loadState } from './context.ts';
import { idsOf } from './execute.ts';
import { refuseUnknown } from './members.ts';
import { allowedBy, approvalOf } from './outcome.ts';
import { recordable } from './result.ts';

/** What became of an execution whose end the log does not know. */
export interface SettleOptions {
  readonly outcome: 'executed' | 'failed';
  readonly result?: unknown;
  readonly actor?: AgentActor | SystemActor | undefined;
}

/**
 * Records how an execution ended that began earlier: one that runs elsewhere, or one whose process was killed. The same
 * outcome may be given again.
 *
 * @throws SealtrailError `proposal_unknown`, `not_started`, `draft_invalid`, `id_conflict` when another outcome was
 *   recorded
 */
export async function settle(context: Context, proposal: string, options: SettleOptions): Promise<void> {
  refuseUnknown('settle', options, ['outcome', 'result', 'actor']);
  const { outcome, result, actor } = options;
  if (outcome !== 'executed' && outcome !== 'failed') {
    throw new SealtrailError('draft_invalid', 'an execution ends as executed or as failed', { proposal });
  }
  const state = await loadState(context, proposal);
  const { started, created } = state;
  if (started === undefined) {
    throw new SealtrailError('not_started', `the execution of ${proposal} never began`, { proposal });
  }
  const draft = (outcome === 'executed' ? executionExecuted : executionFailed)({
    proposal,
    actor: actor ?? (started.entry.actor as AgentActor),
    action: factsOf(created.entry).action as string,
    targets: [...started.entry.targets],
    allowed_by: allowedBy(state),
    approval: approvalOf(state),
    ...idsOf(state),
    ...recordable(result),
  });
  await context.ledger.append([draft]);
}
