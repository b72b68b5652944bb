import { type FunctionTool, type RunContext, type ToolOptionsWithGuardrails, tool } from '@openai/agents';
import { isSealtrailError, refuseUnknown, SealtrailError } from '@sealtrail/format';
import type { Action, ParsedInputOf } from '../../action.ts';
import { checkAction } from '../../arguments.ts';
import { checkRun } from '../../trail/result.ts';
import { orDecided } from '../shared/changed-call.ts';
import { takeReasons } from '../shared/reasons.ts';
import { failure } from './answers.ts';
import { type Call, propose } from './call.ts';
import { executeCall, ToolFailure } from './execute-call.ts';
import { type AuditOptions, resolve } from './options.ts';
import { parametersOf, type ToolParameters } from './parameters.ts';

/** What a tool's function is told of the call, beside its input. */
export interface AuditedCall<Context = unknown> {
  readonly runContext: RunContext<Context>;
  /** The proposal that is carried out, for `Trail.recordChange`. */
  readonly proposal: string;
  readonly toolCallId: string;
  /** Whether a person changed the arguments before approving: the model knows only its own. */
  readonly edited: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What a tool does with the approved input. */
export type Execute<A extends Action, Context = unknown> = (
  input: ParsedInputOf<A>,
  call: AuditedCall<Context>,
) => unknown;

type Guards<Context> = Pick<
  ToolOptionsWithGuardrails<undefined, Context>,
  'inputGuardrails' | 'outputGuardrails'
>;

type Details = Parameters<FunctionTool['invoke']>[2];

/** Settings of one tool, as for the framework's own `tool`. */
export interface ToolSettings<Context = unknown> extends Guards<Context> {
  /** Another agent than the audit's, for a tool that only one of several agents has. */
  readonly agent?: AuditOptions<Context>['agent'] | undefined;
  /** Whether the provider holds the model to the schema, so that it has to give its reasons; default false. */
  readonly strict?: boolean | undefined;
  /** What the model is told when the tool throws; default: that it failed. */
  readonly errorFunction?: ((runContext: RunContext<Context>, error: unknown) => unknown) | undefined;
}

const SETTINGS = ['agent', 'strict', 'errorFunction', 'inputGuardrails', 'outputGuardrails'];

/**
 * A tool of the framework whose calls are proposals first.
 *
 * @throws SealtrailError `config_invalid`
 */
export function auditedTool<A extends Action, Context>(
  options: AuditOptions<Context>,
  action: A,
  execute: Execute<A, Context>,
  settings: ToolSettings<Context> = {},
): FunctionTool<Context, ToolParameters> {
  checkAction('a tool', action);
  checkRun(action.name, execute);
  refuseUnknown(`the tool ${action.name}`, settings, SETTINGS, 'config_invalid');
  const { strict = false, agent = options.agent, errorFunction, ...guards } = settings;
  const callOf = (runContext: RunContext<unknown>, given: unknown, toolCallId?: string): Call<A> => {
    if (toolCallId === undefined) {
      throw new SealtrailError('config_invalid', `${action.name} was invoked by hand: a call has an id`);
    }
    const resolved = resolve({ ...options, agent }, runContext.context as Context);
    return { ...resolved, action, runContext, toolCallId, said: takeReasons(given) };
  };
  const failed = (error: unknown): unknown => {
    options.onFailure?.(error);
    return error;
  };
  const made = tool<ToolParameters, Context, unknown>({
    ...guards,
    name: action.name,
    description: action.description ?? action.name,
    parameters: parametersOf(action, strict),
    strict: strict as true,
    isEnabled: ({ runContext }) => {
      const sticky = stickyRejection(runContext, made.name);
      if (sticky !== undefined) throw failed(sticky);
      return true;
    },
    needsApproval: async (runContext: RunContext, given: unknown, toolCallId?: string) => {
      try {
        return await waits(callOf(runContext, given, toolCallId));
      } catch (error) {
        throw failed(error);
      }
    },
    execute: async (given: unknown, runContext?: RunContext<Context>, details?: Details) => {
      const call = callOf(runContext as RunContext<unknown>, given, details?.toolCall?.callId);
      const { toolCallId } = call;
      const about = { runContext: runContext as RunContext<Context>, toolCallId, signal: details?.signal };
      return executeCall(call, (input, allowed) => execute(input, { ...about, ...allowed }));
    },
    errorFunction: (runContext, error) => {
      if (isSealtrailError(error, 'input_invalid')) return `The call was not executed. ${error.message}`;
      // Anything else that is not the tool's own is about the log: the run fails with it.
      if (!(error instanceof ToolFailure)) throw failed(error);
      return (errorFunction?.(runContext as RunContext<Context>, error.failure) ??
        failure(action.name)) as string;
    },
  });
  return made;
}

/** Records the proposal, and says whether the framework has to interrupt the run for a person. */
async function waits(call: Call): Promise<boolean> {
  try {
    return (await propose(call, orDecided)).status === 'pending';
  } catch (error) {
    // There is nothing to decide about. Execution meets the same error, and tells the model.
    if (isSealtrailError(error, 'input_invalid')) return false;
    throw error;
  }
}

/**
 * `state.reject(item, { alwaysReject: true })` makes the framework turn down later calls without asking anybody, so that no
 * entry would tell of them. Found by asking about a call that nobody made.
 */
function stickyRejection(runContext: RunContext<unknown>, toolName: string): SealtrailError | undefined {
  if (runContext.isToolApproved({ toolName, callId: 'sealtrail:any' }) !== false) return undefined;
  return new SealtrailError(
    'config_invalid',
    `the state of the run rejects every call of ${toolName}, which the log does not know: let a policy of the trail reject`,
  );
}
