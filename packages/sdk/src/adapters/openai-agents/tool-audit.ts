import {
  type Agent,
  type AgentOutputType,
  type FunctionTool,
  RunContext,
  RunState,
  type RunToolApprovalItem,
} from '@openai/agents';
import { checkArgument, isObject, SealtrailError } from '@sealtrail/format';
import type { Action, InputOf } from '../../action.ts';
import { checkList, checkObject } from '../../arguments.ts';
import type { DecideOptions, Decision } from '../../trail/decide.ts';
import type { BatchOutcome, DecideManyOptions } from '../../trail/decide-many.ts';
import { Actions } from '../shared/actions.ts';
import { auditedTool, type Execute, type ToolSettings } from './audited-tool.ts';
import { decideAndTell, findWaiting, type Waiting } from './decide.ts';
import { type AuditOptions, checkOptions } from './options.ts';
import type { ToolParameters } from './parameters.ts';
import { type PendingCall, pendingCall } from './pending.ts';
import { letFail, type Run, tell } from './run-items.ts';

/** `alwaysApprove`: the agent may take this action from now on, until `Trail.revoke`. */
export type ApproveCall = DecideOptions & { readonly alwaysApprove?: boolean | undefined };
/** `message`: what the model is told, in the host's words. The reason stays in the log. */
export type RejectCall = DecideOptions & { readonly message?: string | undefined };
export type EditCall<A extends Action> = DecideOptions & { readonly input: InputOf<A> };
export type DecideCalls = DecideManyOptions & { readonly message?: string | undefined };

/** Tools under audit, and decisions about their calls; see {@link auditTools}. */
export class ToolAudit<Context = unknown> {
  readonly #options: AuditOptions<Context>;
  readonly #actions = new Actions();

  /** @internal Use `auditTools`. */
  constructor(options: AuditOptions<Context>) {
    checkOptions(options);
    this.#options = options;
  }

  /**
   * A tool for an agent's `tools`. Each call of it is a proposal; `execute` is called once for it, with the approved input.
   *
   * @throws SealtrailError `config_invalid`
   */
  tool<A extends Action>(
    action: A,
    execute: Execute<A, Context>,
    settings?: ToolSettings<Context>,
  ): FunctionTool<Context, ToolParameters> {
    const made = auditedTool(this.#options, action, execute, settings);
    this.#actions.add(action, made.name);
    return made;
  }

  /**
   * The calls that wait for a person. What was decided elsewhere in the meantime is told to the run. Left out are calls whose
   * arguments nobody can read, which fail when the run goes on, and interruptions of other tools.
   *
   * @throws SealtrailError `proposal_unknown`
   */
  async pending(run: Run): Promise<PendingCall[]> {
    checkRun('pending', run);
    const waiting: PendingCall[] = [];
    for (const item of run.getInterruptions()) {
      const found = await findWaiting(this.#options, this.#actions, run, item);
      if (found === 'unreadable') letFail(run, item);
      if (typeof found === 'string') continue;
      const state = await found.trail.state(found.proposal);
      if (state.status === 'pending') waiting.push(pendingCall(item, state));
      else tell(run, item, { action: found.action.name, status: state.status });
    }
    return waiting;
  }

  /**
   * Approves a call as it was proposed. Then resume: `run(agent, state)`.
   *
   * @throws as `Trail.approve`, and SealtrailError `args_mismatch` when the run's state has other arguments than the log
   */
  async approve(run: Run, item: RunToolApprovalItem, options: ApproveCall): Promise<Decision> {
    checkCall('approve', run, [item], options);
    const { alwaysApprove = false, ...click } = options;
    return this.#decide(run, item, undefined, async ({ trail, proposal }) => {
      const decision = await trail.approve(proposal, click);
      if (alwaysApprove) {
        const { actor, data } = (await trail.state(proposal)).created.entry;
        const { by, reason } = click;
        await trail.grant({ agent: actor.id, action: data['action'] as string }, { by, reason });
      }
      return decision;
    });
  }

  /** Approves a call with other arguments: these are executed, whatever the run's state says. @throws as {@link approve} */
  async approveEdited<A extends Action>(
    action: A,
    run: Run,
    item: RunToolApprovalItem,
    options: EditCall<A>,
  ): Promise<Decision> {
    checkCall('approveEdited', run, [item], options);
    return this.#decide(run, item, undefined, ({ trail, proposal }) =>
      trail.approveEdited(action, proposal, options),
    );
  }

  /** Rejects a call; the model is told so. @throws as {@link approve} */
  async reject(run: Run, item: RunToolApprovalItem, options: RejectCall): Promise<Decision> {
    checkCall('reject', run, [item], options);
    const { message, ...click } = options;
    return this.#decide(run, item, message, ({ trail, proposal }) => trail.reject(proposal, click));
  }

  /** Approves or rejects several calls of one run with one click. @throws as `Trail.decideMany`, and as {@link approve} */
  async decideMany(
    run: Run,
    items: readonly RunToolApprovalItem[],
    options: DecideCalls,
  ): Promise<BatchOutcome> {
    checkCall('decideMany', run, items, options);
    const { message, ...click } = options;
    const found = await Promise.all(
      items.map(async (item) => ({ item, waiting: await this.#waiting(run, item) })),
    );
    const [first] = found;
    if (first === undefined)
      throw new SealtrailError('draft_invalid', 'a bulk decision is about 1 call or more');
    const proposals = found.map(({ waiting }) => waiting.proposal);
    return decideAndTell(run, found, message, () => first.waiting.trail.decideMany(proposals, click));
  }

  /**
   * Reads a run's state that was away, at a browser or in a queue. Its context is the one given here, and the approvals in it
   * are dropped: whoever had the text could have written them. What was approved is read from the log when the run goes on.
   */
  restore<Output extends AgentOutputType>(
    agent: Agent<Context, Output>,
    text: string,
    context: Context,
  ): Promise<RunState<Context, Agent<Context, Output>>> {
    const options = { contextStrategy: 'replace' } as const;
    return RunState.fromStringWithContext<Context, Agent<Context, Output>>(
      agent,
      text,
      new RunContext(context),
      options,
    );
  }

  async #waiting(run: Run, item: RunToolApprovalItem): Promise<Waiting> {
    const found = await findWaiting(this.#options, this.#actions, run, item);
    if (typeof found !== 'string') return found;
    if (found === 'other')
      throw new SealtrailError('input_invalid', 'the call is not one of an audited tool');
    letFail(run, item);
    throw new SealtrailError(
      'input_invalid',
      'the arguments of the call are no JSON object: the model is told when the run goes on',
    );
  }

  async #decide(
    run: Run,
    item: RunToolApprovalItem,
    message: string | undefined,
    record: (waiting: Waiting) => Promise<Decision>,
  ): Promise<Decision> {
    const waiting = await this.#waiting(run, item);
    return decideAndTell(run, [{ item, waiting }], message, () => record(waiting));
  }
}

/** @throws SealtrailError `draft_invalid` for what is no state of a run */
function checkRun(call: string, run: Run): void {
  const isState = (given: unknown) => typeof Object(given).getInterruptions === 'function';
  checkArgument(call, 'the state of a run, as in result.state', run, isState, 'draft_invalid');
}

function checkCall(call: string, run: Run, items: readonly RunToolApprovalItem[], options: object): void {
  checkRun(call, run);
  checkList(call, 'a list of interruptions', items);
  const isItem = (given: unknown) => isObject(Object(given).rawItem);
  for (const item of items)
    checkArgument(call, 'an interruption, the item of what waits', item, isItem, 'draft_invalid');
  checkObject(call, 'options (by and so on)', options);
}

/**
 * Puts the tools of an agent under audit.
 *
 * @throws SealtrailError `config_invalid`
 *
 * @example
 * const audit = auditTools<{ thread: string }>({ trail, agent: { id: 'assistant' }, conversation: ({ thread }) => thread });
 * const agent = new Agent({ name: 'Assistant', tools: [audit.tool(updateContact, (input) => crm.update(input))] });
 * let result = await run(agent, message, { context: { thread } });
 * for (const { item } of await audit.pending(result.state)) await audit.approve(result.state, item, { by: sarah });
 * result = await run(agent, result.state);
 */
export function auditTools<Context = unknown>(options: AuditOptions<Context>): ToolAudit<Context> {
  return new ToolAudit(options);
}
