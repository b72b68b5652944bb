import {
  type AgentActor,
  createdId,
  factsOf,
  type ProposalCreated,
  type ProposalState,
  type ProposalStatus,
  proposalCreated,
  proposedArgs,
} from '@sealtrail/events';
import { canonicalize, isSealtrailError, type JsonValue, SealtrailError } from '@sealtrail/format';
import { newId } from '@sealtrail/store';
import { type Action, type InputOf, type ParsedInputOf, recordedInput } from '../action.ts';
import { checkAction, checkObject } from '../arguments.ts';
import { isAway } from '../spool/spooling.ts';
import { decideByRule } from './auto.ts';
import { type Context, loadProposed, loadState } from './context.ts';
import { expire, isDue } from './expire.ts';
import type { Receipt } from './ledger.ts';
import { refuseUnknown } from './members.ts';
import { proposedAway } from './propose-away.ts';

/** The agent that proposes, as the host knows it. */
export type Agent = Omit<AgentActor, 'type'>;

/** What an agent proposes. `rationale` and `confidence` are asked for always; null says that the agent gave none. */
export interface ProposeOptions<A extends Action>
  extends Pick<
    ProposalCreated,
    | 'rationale'
    | 'confidence'
    | 'confidence_source'
    | 'evidence'
    | 'tool_call_id'
    | 'conversation_id'
    | 'trace_id'
    | 'facts'
  > {
  readonly agent: Agent;
  readonly input: InputOf<A>;
  /**
   * The host's id of the proposal: proposing the same input again under it gives the first proposal; another input is refused.
   * Made up when absent.
   */
  readonly id?: string | undefined;
  /** Until when somebody may decide; default: what the action says. */
  readonly expires_at?: string | undefined;
}

const MEMBERS = Object.keys({
  id: true,
  agent: true,
  input: true,
  rationale: true,
  confidence: true,
  confidence_source: true,
  evidence: true,
  tool_call_id: true,
  conversation_id: true,
  trace_id: true,
  facts: true,
  expires_at: true,
} satisfies Record<keyof ProposeOptions<Action>, true>);

/** A proposal as it was recorded. */
export interface Proposal<A extends Action = Action> {
  readonly id: string;
  readonly action: A;
  readonly input: ParsedInputOf<A>;
  /** `pending` when a person has to decide; `approved` or `rejected` when a policy, a grant or the action's own rule did. */
  readonly status: ProposalStatus;
  readonly approval: 'required' | 'not_required';
  readonly agent: AgentActor;
  /** The agent's reason; null when it gave none, or when it was erased. */
  readonly rationale: string | null;
  readonly expires_at: string | undefined;
  /** `spool` when the log could not be reached and the failure policy is to go on. */
  readonly recorded: Receipt['recorded'];
}

/**
 * Records what an agent wants to do, then lets policies and grants decide. Whatever they do, the proposal is in the log.
 *
 * @throws SealtrailError `id_conflict` when the id stands for something else, `args_unavailable` when what waits under it was
 *   erased
 */
export async function propose<A extends Action>(
  context: Context,
  action: A,
  options: ProposeOptions<A>,
): Promise<Proposal<A>> {
  checkAction('propose', action);
  // What an action says of itself is not the caller's to say, and would be left out without a word.
  refuseUnknown('propose', options, MEMBERS);
  const { id = newId(), agent, input: given, expires_at, ...said } = options;
  checkObject('propose', "an agent, such as { id: 'assistant' }", agent);
  const input = recordedInput(action, given);
  const actor: AgentActor = { type: 'agent', ...agent };
  const approval = action.approval(input);
  const confidence_source =
    said.confidence_source ?? (said.confidence === null ? undefined : 'self_reported');
  const draft = proposalCreated({
    ...said,
    proposal: id,
    actor,
    action: action.name,
    targets: [...action.targets(input)],
    args: input,
    personal: [...action.personal],
    risk: action.risk,
    approval,
    expires_at: expires_at ?? expiry(action, context.now()),
    confidence_source,
  });
  const receipt = await record(context, id, draft);
  if (receipt?.recorded === 'spool') {
    const { rationale } = said;
    const status = await proposedAway(context, id, draft, action, input as JsonValue);
    const until = draft.data?.['expires_at'] as string | undefined;
    const spooled = { approval, agent: actor, rationale, status, expires_at: until } as const;
    return { id, action, input, ...spooled, recorded: 'spool' };
  }
  let state = await loadProposed(context, id);
  const args = recordedArgs(state, action, input);
  if (isDue(state, context.now())) {
    // Nobody can decide about it any more: then nobody is asked.
    await expire(context, state);
    state = await loadState(context, id);
  }
  if (args !== undefined && state.decision === undefined && state.started === undefined) {
    await decideByRule(context, state, action, args);
    state = await loadState(context, id);
  }
  return { id, action, input, ...asRecorded(state), recorded: 'log' };
}

/** Undefined when the proposal is in the log already: an agent that was run again proposes again, maybe in other words. */
async function record(
  { ledger }: Context,
  id: string,
  draft: ReturnType<typeof proposalCreated>,
): Promise<Receipt | undefined> {
  try {
    const [receipt] = await ledger.record([draft]);
    return receipt;
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
    const found = await ledger.find([createdId(id)]).catch((away: unknown) => {
      // What this process knows of the log says that another one is there.
      throw isAway(away) ? error : away;
    });
    const there = found.get(createdId(id));
    if (there?.entry.type === 'proposal.created') return undefined;
    throw error;
  }
}

/**
 * The arguments that the log has, on which alone policies decide and people are asked. Whoever may choose an id, such as a client
 * that holds the history of a chat, could otherwise have one input approved and another one run.
 *
 * @returns undefined when they were erased
 */
function recordedArgs(state: ProposalState, action: Action, input: unknown): JsonValue | undefined {
  const { proposal, status } = state;
  const conflict = (why: string) =>
    new SealtrailError('id_conflict', `the proposal ${proposal} ${why}`, { proposal });
  if (factsOf(state.created.entry).action !== action.name) throw conflict('is about another action');
  const proposed = proposedArgs(state);
  if (proposed === undefined) {
    if (status !== 'pending') return undefined;
    throw new SealtrailError('args_unavailable', `the arguments of ${proposal}, which waits, were erased`, {
      proposal,
    });
  }
  if (canonicalize(proposed.args) !== canonicalize(input)) throw conflict('was made with other arguments');
  return proposed.args;
}

/** What the log says of a proposal, whatever its agent says when it proposes again. */
export function asRecorded({ created, status }: ProposalState) {
  const { approval, expires_at } = factsOf(created.entry);
  const rationale = created.openings['rationale']?.value;
  return {
    approval: approval === 'not_required' ? approval : 'required',
    agent: created.entry.actor as AgentActor,
    rationale: typeof rationale === 'string' ? rationale : null,
    status,
    expires_at,
  } as const;
}

function expiry({ expires_after_ms }: Action, now: number): string | undefined {
  return expires_after_ms === undefined ? undefined : new Date(now + expires_after_ms).toISOString();
}
