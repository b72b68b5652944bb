import type { ProposalState } from '@sealtrail/events';
import { isSealtrailError } from '@sealtrail/format';
import type { Action, ParsedInputOf } from '../../action.ts';
import { errorOf } from '../../trail/result.ts';
import { stateToExecute } from '../shared/calls.ts';
import { isChanged } from '../shared/changed-call.ts';
import { withoutResult } from '../shared/results.ts';
import { refusal } from './answers.ts';
import { type Call, proposalOf } from './call.ts';

/** What a tool threw, kept apart from what the log throws: the model is told of the one, the host of the other. */
export class ToolFailure extends Error {
  readonly failure: unknown;

  constructor(failure: unknown) {
    super(errorOf(failure).message);
    this.failure = failure;
  }
}

/** What an execution rests on. */
export interface Allowed {
  readonly proposal: string;
  /** Whether a person changed the arguments before approving. */
  readonly edited: boolean;
}

/**
 * Executes a call that the framework lets through, if the log does too. That the framework says "approved" counts for nothing:
 * its state may have been somewhere else. A call that was executed before gives its recorded result, so that a run which is
 * resumed twice acts once.
 *
 * @returns the tool's result, or what the model is told where the call was rejected or its time is up
 * @throws ToolFailure with what the tool threw
 * @throws SealtrailError `not_approved` when nobody decided, `args_mismatch`, and as `Trail.execute`
 */
export async function executeCall<A extends Action>(
  call: Call<A>,
  run: (input: ParsedInputOf<A>, allowed: Allowed) => unknown,
): Promise<unknown> {
  const { trail, action } = call;
  const input = action.parse(call.said.input) as ParsedInputOf<A>;
  const proposal = await proposalOf(call);
  const state = await stateToExecute(trail, proposal);
  const changed = state !== undefined && isChanged(state, action, input);
  if (state?.execution !== undefined && !changed) return replay(state, action);
  const edited = state?.decision?.entry.type === 'decision.edited_approved';
  const allowed = { proposal: proposal.id, edited };
  let thrown: { readonly failure: unknown } | undefined;
  const watched = async (approved: ParsedInputOf<A>): Promise<unknown> => {
    try {
      return await run(approved, allowed);
    } catch (failure) {
      thrown = { failure };
      throw failure;
    }
  };
  try {
    // What was changed is held against what was approved; what was not may have been edited by a person since.
    return await trail.execute(action, proposal, watched, changed ? { input } : {});
  } catch (error) {
    if (thrown !== undefined && error === thrown.failure) throw new ToolFailure(error);
    const told = toldOf(error, action);
    if (told === undefined) throw error;
    return told;
  }
}

function replay({ execution }: ProposalState, { name }: Action): unknown {
  const result = execution?.openings['result']?.value;
  if (execution?.entry.type === 'execution.failed') {
    throw new ToolFailure(new Error(messageOf(result) ?? `${name} failed`));
  }
  const had =
    Object.hasOwn(execution?.entry.sealed ?? {}, 'result') ||
    'result_omitted' in (execution?.entry.data ?? {});
  return had && result === undefined ? withoutResult(name) : result;
}

function messageOf(error: unknown): string | undefined {
  const message = Object(error)['message'] as unknown;
  return typeof message === 'string' ? message : undefined;
}

/** A refusal that the model may know of. That nobody decided yet is none: somebody forged an approval, or forgot the log. */
function toldOf(error: unknown, { name }: Action): string | undefined {
  if (!isSealtrailError(error, 'not_approved')) return undefined;
  const { status } = error.detail;
  return status === 'pending' ? undefined : refusal(name, status as Parameters<typeof refusal>[1]);
}
