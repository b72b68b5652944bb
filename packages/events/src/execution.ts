import type { EntryDraft } from '@sealtrail/format';
import { z } from 'zod';
import { sealArgs } from './args.ts';
import { executionId, id, refusedId, shortId, startedId } from './ids.ts';
import { given, parseInput } from './parse.ts';
import { agent, hash, json, personal, reference, system, targets, user } from './parts.ts';

const executor = z.discriminatedUnion('type', [agent, system, user]);

const common = {
  actor: executor,
  action: reference,
  targets,
  /** What the action was taken with. Sealed. */
  args: json.optional(),
  personal: personal.optional(),
  tool_call_id: reference.optional(),
  conversation_id: reference.optional(),
  trace_id: reference.optional(),
  /** Hash of the entry that allowed it: the decision, or the proposal where no decision was needed. */
  allowed_by: hash.optional(),
};

const executed = z
  .strictObject({
    /** The proposal that is carried out, or the host's id of an execution that needed none. */
    proposal: id.optional(),
    execution: id.optional(),
    ...common,
    actor: z.discriminatedUnion('type', [agent, system]),
    /** What the action gave. Sealed. */
    result: json.optional(),
    /** Set when the result was not kept, and why. */
    result_omitted: z.enum(['too_large', 'not_json']).optional(),
    /** Who allowed it: a decision about the proposal, nobody because none was needed, or it is not recorded. */
    approval: z.enum(['decided', 'not_required', 'not_recorded']),
  })
  .refine(
    ({ proposal, execution }) => (proposal === undefined) !== (execution === undefined),
    'give a proposal or an execution',
  );
/** What {@link executionExecuted} takes. */
export type Executed = z.input<typeof executed>;

/** An action was taken. Entry id: `<proposal or execution>:execution`. */
export function executionExecuted(input: Executed): EntryDraft {
  return outcome('execution.executed', input);
}

/** An action failed; `result` is its error. Entry id as for {@link executionExecuted}. */
export function executionFailed(input: Executed): EntryDraft {
  return outcome('execution.failed', input);
}

function outcome(type: string, input: Executed): EntryDraft {
  const { actor, targets, args, personal: apart, result, ...data } = parseInput(executed, type, input);
  return {
    id: executionId(data.proposal ?? (data.execution as string)),
    type,
    actor: given(actor),
    targets,
    data: given(data),
    sealed: given({ ...(args === undefined ? {} : sealArgs('args', args, apart)), result }),
  };
}

const started = z.strictObject({
  proposal: id,
  ...common,
  actor: z.discriminatedUnion('type', [agent, system]),
  /** The attempt that took the proposal for itself. */
  attempt: shortId,
});
/** What {@link executionStarted} takes. */
export type ExecutionStarted = z.input<typeof started>;

/**
 * An action is about to be taken. Entry id: `<proposal>:started`, so that of two executors only one goes on. Without an
 * `execution` entry after it, whether the action was taken is not known.
 */
export function executionStarted(input: ExecutionStarted): EntryDraft {
  const { actor, targets, args, personal: apart, ...data } = parseInput(started, 'execution.started', input);
  return {
    id: startedId(data.proposal),
    type: 'execution.started',
    actor: given(actor),
    targets,
    data: given(data),
    sealed: given(args === undefined ? {} : sealArgs('args', args, apart)),
  };
}

const refused = z.strictObject({
  proposal: id,
  ...common,
  attempt: shortId,
  /** What stood in the way. */
  reason: z.enum([
    'pending',
    'rejected',
    'expired',
    'superseded',
    'grant_revoked',
    'grant_expired',
    'args_unavailable',
  ]),
});
/** What {@link executionNotExecuted} takes. */
export type ExecutionNotExecuted = z.input<typeof refused>;

/** An action was not taken because nobody had approved it. Entry id: `<proposal>:refused:<attempt>`. */
export function executionNotExecuted(input: ExecutionNotExecuted): EntryDraft {
  return refusal('execution.not_executed', parseInput(refused, 'execution.not_executed', input));
}

const mismatch = refused.omit({ reason: true });
/** What {@link executionArgsMismatch} takes. */
export type ExecutionArgsMismatch = z.input<typeof mismatch>;

/** An action was not taken because its arguments are not the approved ones. Entry id: `<proposal>:refused:<attempt>`. */
export function executionArgsMismatch(input: ExecutionArgsMismatch): EntryDraft {
  return refusal('execution.args_mismatch', parseInput(mismatch, 'execution.args_mismatch', input));
}

function refusal(
  type: string,
  parsed: z.output<typeof mismatch> & Partial<z.output<typeof refused>>,
): EntryDraft {
  const { actor, targets, args, personal: apart, ...data } = parsed;
  return {
    id: refusedId(data.proposal, data.attempt),
    type,
    actor: given(actor),
    targets,
    data: given(data),
    sealed: given(args === undefined ? {} : sealArgs('args', args, apart)),
  };
}
