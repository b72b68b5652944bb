import { randomUUID } from 'node:crypto';
import type { McpServer, RegisteredTool } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type {
  CallToolResult,
  ServerNotification,
  ServerRequest,
  ToolAnnotations,
} from '@modelcontextprotocol/sdk/types.js';
import { isId, proposedArgs } from '@sealtrail/events';
import {
  canonicalize,
  checkArgument,
  isSealtrailError,
  parseOptions,
  refuseUnknown,
  SealtrailError,
} from '@sealtrail/format';
import { z } from 'zod';
import type { Action, ParsedInputOf } from '../../action.ts';
import type { AuthenticatedUser } from '../../person.ts';
import type { Agent, Proposal } from '../../trail/propose.ts';
import { errorOf } from '../../trail/result.ts';
import type { Trail } from '../../trail/trail.ts';
import { Actions } from '../shared/actions.ts';
import { proposeCall, stateToExecute } from '../shared/calls.ts';
import { isChanged } from '../shared/changed-call.ts';
import * as option from '../shared/options.ts';
import { takeReasons, withReasons } from '../shared/reasons.ts';
import { ask, canAsk } from './ask.ts';
import { denied, executed, failed, recorded, waits } from './replies.ts';

/** What the server knows of a request. `authInfo` was validated by the host's transport; everything else is the client's. */
export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

export interface AuditServerOptions {
  /** The tenant's trail, or how to find it from the validated access token. */
  readonly trail: Trail | ((extra: Extra) => Trail);
  readonly agent: Agent | ((extra: Extra) => Agent);
  /**
   * Who is signed in at the client, from the host's own session or access token; undefined when that is a program. Only then is
   * the person asked through the client. Without it every proposal is decided elsewhere.
   */
  readonly signedIn?: ((extra: Extra) => AuthenticatedUser | undefined) | undefined;
  /** Told of what kept a tool from running: the framework turns a tool's error into an answer for the model. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

export interface AuditedToolConfig {
  readonly title?: string | undefined;
  /** Hints for the client. Whether a person is asked does not depend on them. */
  readonly annotations?: ToolAnnotations | undefined;
}

/** Tools of an MCP server under audit. */
export interface ServerAudit {
  /** Registers an action as a tool, under its name. @throws SealtrailError `config_invalid` for an input that is no object, or a generator */
  registerTool<A extends Action>(
    action: A,
    execute: (input: ParsedInputOf<A>, call: { readonly proposal: string; readonly extra: Extra }) => unknown,
    config?: AuditedToolConfig,
  ): RegisteredTool;
}

/** The member of a tool's input with which a client goes on with a proposal that waited. */
export const PROPOSAL = '_proposal';

const goOn = {
  [PROPOSAL]: z
    .string()
    .optional()
    .describe('Only to go on with a call that waited for approval: the id it was answered with.'),
};

type Execute = (input: unknown, call: { readonly proposal: string; readonly extra: Extra }) => unknown;

const schema = z.strictObject({
  trail: option.orAsked(option.trail),
  agent: option.orAsked(option.agent),
  signedIn: option.callback.optional(),
  onFailure: option.callback.optional(),
});

/**
 * Puts tools of a server under audit. Each call is a proposal first; what runs is decided by the log.
 *
 * @throws SealtrailError `config_invalid`
 */
export function auditServer(server: McpServer, options: AuditServerOptions): ServerAudit {
  const isServer = (given: unknown) => typeof Object(given).registerTool === 'function';
  checkArgument('auditServer', 'an McpServer', server, isServer, 'config_invalid');
  parseOptions('auditServer', schema, options);
  // Without a session (one client over pipes), requests count within this server's life.
  const life = randomUUID();
  const of = <T>(value: T | ((extra: Extra) => T), extra: Extra): T =>
    typeof value === 'function' ? (value as (extra: Extra) => T)(extra) : value;

  const call = async (action: Action, given: Record<string, unknown>, extra: Extra, execute: Execute) => {
    const { [PROPOSAL]: goesOnWith, ...rest } = given;
    const said = takeReasons(rest);
    const trail = of(options.trail, extra);
    let proposal: Proposal | Pick<Proposal, 'id'>;
    if (typeof goesOnWith !== 'string') {
      const session = extra.sessionId ?? life;
      const agent = of(options.agent, extra);
      const by = options.signedIn?.(extra);
      // The same request, delivered again, is the same proposal. A session's id says nothing of who uses it, and each client numbers
      // its requests itself: that of another one is another proposal, and so is another request of one that began to count anew.
      const scope = `mcp ${canonicalize([session, agent.id, by?.id ?? null])}`;
      const toolCallId = String(extra.requestId);
      const one = { scope, toolCallId, action, agent, said, conversation: session };
      const made = await proposeCall(trail, one);
      proposal = made;
      await askSignedIn(trail, made, by, extra);
    } else {
      proposal = { id: await ownProposal(trail, goesOnWith, of(options.agent, extra)) };
    }
    return carryOn(trail, action, proposal, said.input, extra, execute);
  };

  const askSignedIn = async (
    trail: Trail,
    proposal: Proposal,
    by: AuthenticatedUser | undefined,
    extra: Extra,
  ) => {
    if (proposal.status !== 'pending' || by === undefined || !canAsk(server)) return;
    await ask(server, trail, proposal, by, extra);
  };

  const carryOn = async (
    trail: Trail,
    action: Action,
    proposal: Proposal | Pick<Proposal, 'id'>,
    input: unknown,
    extra: Extra,
    execute: Execute,
  ) => {
    const { id } = proposal;
    const state = await stateToExecute(trail, proposal);
    if (state?.status === 'pending' && !trail.isDue(state)) return waits(id, PROPOSAL);
    // The result of what was proposed is not that of another call with its id.
    const changed = state !== undefined && isChanged(state, action, input);
    const known = changed || state === undefined ? undefined : recorded(state, action.name);
    if (known !== undefined) return known;
    const edited = state?.decision?.entry.type === 'decision.edited_approved';
    const same = edited && !changed && proposedArgs(state) !== undefined;
    // After an edit something else than the call was approved, and runs; the call itself must still be the one proposed.
    const claim = same ? {} : { input: input as never };
    let failure: unknown;
    try {
      const run = async (approved: unknown): Promise<unknown> => {
        try {
          return await execute(approved, { proposal: id, extra });
        } catch (error) {
          failure = error;
          throw error;
        }
      };
      return executed(id, action.name, await trail.execute(action, proposal, run, claim));
    } catch (error) {
      if (failure !== undefined && error === failure) {
        return failed(id, errorOf(failure).message);
      }
      if (isSealtrailError(error, 'not_approved')) return denied(await trail.state(id));
      throw error;
    }
  };

  const actions = new Actions();
  return {
    registerTool: (action, execute, settings = {}) => {
      const shape = option.checkTool(action, execute);
      refuseUnknown(`the tool ${action.name}`, settings, ['title', 'annotations'], 'config_invalid');
      const { title, annotations } = settings;
      actions.add(action);
      const config = {
        ...(title === undefined ? {} : { title }),
        ...(action.description === undefined ? {} : { description: action.description }),
        ...(annotations === undefined ? {} : { annotations }),
        inputSchema: withReasons(shape).extend(goOn),
      };
      const run = (given: Record<string, unknown>, extra: Extra): Promise<CallToolResult> =>
        call(action, given, extra, execute as Execute).catch((error) => {
          options.onFailure?.(error);
          throw error;
        });
      return server.registerTool(action.name, config as never, run as never);
    },
  };
}

/** A proposal goes on only for the agent that made it: its result is for nobody else. */
async function ownProposal(trail: Trail, id: string, agent: Agent): Promise<string> {
  const state = isId(id) ? await trail.state(id) : undefined;
  if (state?.created.entry.actor.id === agent.id) return id;
  throw new SealtrailError('proposal_unknown', 'this agent has no such proposal');
}
