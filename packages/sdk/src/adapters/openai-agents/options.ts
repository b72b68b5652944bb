import { parseOptions } from '@sealtrail/format';
import { z } from 'zod';
import type { Agent } from '../../trail/propose.ts';
import type { Trail } from '../../trail/trail.ts';
import * as option from '../shared/options.ts';

/**
 * Where the calls of tools go. The first three, as functions, get the run's own context, the value that the host gives to `run`. A run's state
 * that was away (at a browser, in a queue) carries a context too: see `ToolAudit.restore` for why that one must not be used.
 */
export interface AuditOptions<Context = unknown> {
  /** The tenant's trail. */
  readonly trail: Trail | ((context: Context) => Trail);
  /** The agent as the log names it; a grant is about this id. The framework does not say to its tools who calls them. */
  readonly agent: Agent | ((context: Context) => Agent);
  /** The host's id of the conversation. Models repeat the ids of calls from one conversation to the next. */
  readonly conversation: string | ((context: Context) => string);
  /**
   * Told of every refusal and every error of the log before it fails the run. The framework hands them to the caller of `run`,
   * but not from within an agent that is another one's tool (`asTool`): there it tells the model that the tool failed.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

const schema = z.strictObject({
  trail: option.orAsked(option.trail),
  agent: option.orAsked(option.agent),
  conversation: option.orAsked(option.reference),
  onFailure: option.callback.optional(),
});

/** @throws SealtrailError `config_invalid` */
export function checkOptions(options: AuditOptions<never>): void {
  parseOptions('auditTools', schema, options);
}

/** The options as they are for one run. */
export interface Resolved {
  readonly trail: Trail;
  readonly agent: Agent;
  readonly conversation: string;
}

export function resolve<Context>(
  { trail, agent, conversation }: AuditOptions<Context>,
  context: Context,
): Resolved {
  return {
    trail: typeof trail === 'function' ? trail(context) : trail,
    agent: typeof agent === 'function' ? agent(context) : agent,
    conversation: typeof conversation === 'function' ? conversation(context) : conversation,
  };
}
