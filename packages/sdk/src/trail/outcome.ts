import { type Executed, executionExecuted, executionFailed, type ProposalState } from '@sealtrail/events';
import { SealtrailError } from '@sealtrail/format';
import type { Ledger } from './ledger.ts';
import { errorOf, recordable } from './result.ts';

/** The entry that allows an execution: the decision, or the proposal where none was needed. */
export function allowedBy({ decision, created }: Pick<ProposalState, 'decision' | 'created'>): string {
  return decision?.hash ?? created.hash;
}

/** Who allowed it. */
export function approvalOf({ decision }: Pick<ProposalState, 'decision'>): 'decided' | 'not_required' {
  return decision === undefined ? 'not_required' : 'decided';
}

/**
 * Runs an action and records what came of it.
 *
 * @param execution what the entry says beside the result
 * @throws SealtrailError `outcome_unrecorded` when the log could not be told; what `run` throws, after it was recorded
 */
export async function runAndRecord<T>(
  ledger: Ledger,
  execution: Executed & { readonly proposal: string },
  run: () => T | Promise<T>,
): Promise<T> {
  let result: T;
  try {
    result = await run();
  } catch (failure) {
    const draft = executionFailed({ ...execution, ...recordable(errorOf(failure)) });
    await ledger.record([draft]).catch((cause) => {
      throw unrecorded(execution.proposal, 'failed', cause);
    });
    throw failure;
  }
  const draft = executionExecuted({ ...execution, ...recordable(result) });
  await ledger.record([draft]).catch((cause) => {
    throw unrecorded(execution.proposal, 'executed', cause);
  });
  return result;
}

function unrecorded(proposal: string, outcome: string, cause: unknown): SealtrailError {
  return new SealtrailError(
    'outcome_unrecorded',
    `${proposal} was ${outcome}, but that could not be recorded: use settle() once the log can be reached`,
    { proposal, outcome },
    { cause },
  );
}
