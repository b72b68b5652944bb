import type { EntryDraft } from '@sealtrail/store';
import { z } from 'zod';
import { agent, given, id, json, parseInput, reference, system, targets } from './parts.ts';

const executed = z.strictObject({
  /** The proposal that is carried out, or the host's id of an execution that needed none. */
  proposal: id.optional(),
  execution: id.optional(),
  actor: z.discriminatedUnion('type', [agent, system]),
  tool: reference,
  targets,
  /** What the tool was called with. Sealed. */
  args: json.optional(),
  /** What the tool answered. Sealed. */
  result: json.optional(),
  tool_call_id: reference.optional(),
  conversation_id: reference.optional(),
  trace_id: reference.optional(),
  /** Who allowed it: a decision about the proposal, nobody because none was needed, or it is not recorded. */
  approval: z.enum(['decided', 'not_required', 'not_recorded']),
});
export type Executed = z.input<typeof executed>;

const either = executed.refine(
  ({ proposal, execution }) => (proposal === undefined) !== (execution === undefined),
  'give a proposal or an execution',
);

/** A tool did what it was called for. Entry id: `<proposal or execution>:execution`. */
export function executionExecuted(input: Executed): EntryDraft {
  return execution('execution.executed', input);
}

/** A tool failed; `result` is its error. Entry id as for {@link executionExecuted}. */
export function executionFailed(input: Executed): EntryDraft {
  return execution('execution.failed', input);
}

function execution(type: string, input: Executed): EntryDraft {
  const { actor, targets, args, result, ...data } = parseInput(either, type, input);
  return {
    id: `${data.proposal ?? data.execution}:execution`,
    type,
    actor: given(actor),
    targets,
    data: given(data),
    sealed: given({ args, result }),
  };
}
