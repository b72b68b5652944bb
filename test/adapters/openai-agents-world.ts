import { Agent, Runner, type RunState, type RunToolApprovalItem } from '@openai/agents';
import type { Entry } from '@sealtrail/format';
import {
  defineAction,
  type Sealtrail,
  type SealtrailOptions,
  type Trail,
  type TrailOptions,
} from '@sealtrail/sdk';
import { auditTools, type ToolAudit, type ToolSettings } from '@sealtrail/sdk/openai-agents';
import { z } from 'zod';
import { MINUTE, newWorld, readContact, TENANT, verifiedEntries, type World } from '../sdk/trail/world.ts';
import { ScriptedModel, type Turn } from './openai-agents-model.ts';

export const WHY = { _rationale: 'Her signature has a new number.', _confidence: 0.9 };
export const PHONE = '+44 20 7946 0112';

export const updateContact = defineAction({
  name: 'update_contact',
  description: 'Changes a contact.',
  input: z.strictObject({ id: z.string(), phone: z.string() }),
  targets: ({ id }) => [{ type: 'contact', id }],
  personal: ['phone'],
  risk: 'medium',
  expires_after_ms: 10 * MINUTE,
});

export const sendMail = defineAction({
  name: 'send_mail',
  input: z.strictObject({ to: z.string() }),
  targets: ({ to }) => [{ type: 'contact', id: to }],
});

/** The value that the host gives to each run. */
export interface Session {
  readonly tenant: string;
  readonly thread: string;
}
export const SESSION: Session = { tenant: TENANT, thread: 'thread-1' };

export type State = RunState<Session, Agent<Session>>;

interface RunOptions {
  readonly stream?: true;
  /** Another agent than the desk's own. */
  readonly agent?: Agent<Session>;
}

/** One process with an agent: its own connection to the log, its own model, and a CRM that remembers what was done to it. */
export interface Desk {
  readonly sealtrail: Sealtrail;
  readonly trail: Trail;
  readonly audit: ToolAudit<Session>;
  readonly agent: Agent<Session>;
  readonly model: ScriptedModel;
  /** What the tools did: the tool, its input, and whether a person edited it. */
  readonly done: unknown[];
  /** Starts a run, or goes on with one. */
  run(state?: State, options?: RunOptions): Promise<{ readonly state: State; readonly finalOutput: unknown }>;
}

export interface DeskOptions {
  readonly trail?: TrailOptions;
  readonly sealtrail?: Partial<SealtrailOptions>;
  readonly settings?: ToolSettings<Session>;
  /** What the tools do beside remembering, and their result. */
  readonly act?: (tool: string) => unknown;
  readonly session?: Session;
  readonly tracing?: boolean;
  readonly onFailure?: (error: unknown) => void;
}

export async function newDesk(
  world: World,
  turns: readonly Turn[],
  options: DeskOptions = {},
): Promise<Desk> {
  const { sealtrail, trail } = await world.plugin(options.trail, options.sealtrail);
  await sealtrail.store.register(TENANT);
  const trails = new Map([[TENANT, trail]]);
  const trailOf = (tenant: string): Trail => {
    const found = trails.get(tenant) ?? sealtrail.trail(tenant, { now: () => world.now });
    trails.set(tenant, found);
    return found;
  };
  const audit = auditTools<Session>({
    trail: ({ tenant }) => trailOf(tenant),
    agent: { id: 'assistant', agent_version: '2.3.0', model: 'example-1' },
    conversation: ({ thread }) => thread,
    onFailure: options.onFailure,
  });
  const done: unknown[] = [];
  const act = async (tool: string, input: unknown, call: { edited: boolean }): Promise<unknown> => {
    done.push([tool, input, ...(call.edited ? ['edited'] : [])]);
    return (await options.act?.(tool)) ?? 'done';
  };
  const { settings } = options;
  const model = new ScriptedModel(turns);
  const agent = new Agent<Session>({
    name: 'Assistant',
    model,
    tools: [
      audit.tool(updateContact, (input, call) => act('update_contact', input, call), settings),
      audit.tool(sendMail, (input, call) => act('send_mail', input, call)),
      audit.tool(readContact, (input, call) => act('read_contact', input, call)),
    ],
  });
  const runner = new Runner({ tracingDisabled: options.tracing !== true });
  const context = options.session ?? SESSION;
  return {
    sealtrail,
    trail,
    audit,
    agent,
    model,
    done,
    run: async (state, { stream, agent: other = agent } = {}) => {
      const input = state ?? 'Bring the contact up to date.';
      const result = stream
        ? await runner.run(other, input, { context, stream })
        : await runner.run(other, input, { context });
      if ('completed' in result) await result.completed;
      const over = result.interruptions.length === 0;
      return { state: result.state, finalOutput: over ? result.finalOutput : undefined };
    },
  };
}

/** The interruptions of a run, by the id of the call. */
export function waiting(state: State): Record<string, RunToolApprovalItem> {
  return Object.fromEntries(
    state.getInterruptions().map((item) => [(item.rawItem as { callId: string }).callId, item]),
  );
}

export { newWorld, readContact, TENANT, type World };

/** The types of the log's entries after its genesis, once the whole log was verified. */
export async function story(world: World): Promise<string[]> {
  return (await verifiedEntries(world.location)).map(({ type }) => type);
}

/** The log's entries of one type, once the whole log was verified. */
export async function entriesOf(world: World, type: string): Promise<Entry[]> {
  return (await verifiedEntries(world.location)).filter((entry) => entry.type === type);
}

/** The code of the log's error that made a run fail: the framework wraps it. */
export async function failureOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => 'no error',
    (failure: { error?: { code?: string }; code?: string }) =>
      failure.error?.code ?? failure.code ?? String(failure),
  );
}
