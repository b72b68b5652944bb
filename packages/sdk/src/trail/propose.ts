import {
  type AgentActor,
  createdId,
  factsOf,
  type ProposalCreated,
  type ProposalState,
  type ProposalStatus,
  proposalCreated,
} from '@sealtrail/events';
import { isSealtrailError, type JsonValue, SealtrailError } from '@sealtrail/format';
import { newId } from '@sealtrail/store';
import type { Action, InputOf, ParsedInputOf } from '../action.ts';
import { decideByRule } from './auto.ts';
import { type Context, loadState } from './context.ts';
import type { Receipt } from './ledger.ts';

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
  /** The host's id of the proposal: proposing again under it gives the first proposal. Made up when absent. */
  readonly id?: string | undefined;
  /** Until when somebody may decide; default: what the action says. */
  readonly expires_at?: string | undefined;
}

/** A proposal as it was recorded. */
export interface Proposal<A extends Action = Action> {
  readonly id: string;
  readonly action: A;
  readonly input: ParsedInputOf<A>;
  /** `pending` when a person has to decide; `approved` or `rejected` when a policy, a grant or the action's own rule did. */
  readonly status: ProposalStatus;
  readonly approval: 'required' | 'not_required';
  readonly agent: AgentActor;
  readonly expires_at: string | undefined;
  /** `spool` when the log could not be reached and the failure policy is to go on. */
  readonly recorded: Receipt['recorded'];
}

/** Records what an agent wants to do, then lets policies and grants decide. Whatever they do, the proposal is in the log. */
export async function propose<A extends Action>(
  context: Context,
  action: A,
  options: ProposeOptions<A>,
): Promise<Proposal<A>> {
  const { id = newId(), agent, input: given, expires_at, ...said } = options;
  const input = action.parse(given) as ParsedInputOf<A>;
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
  const proposal = { id, action, input, approval, agent: actor };
  const receipt = await record(context, id, draft);
  if (receipt?.recorded === 'spool') {
    const status = approval === 'not_required' ? 'approved' : 'pending';
    return {
      ...proposal,
      status,
      expires_at: draft.data?.['expires_at'] as string | undefined,
      recorded: 'spool',
    };
  }
  let state = await loadState(context, id);
  refuseOther(state, action, id);
  if (state.decision === undefined && state.started === undefined) {
    await decideByRule(context, state, action, input as JsonValue);
    state = await loadState(context, id);
  }
  const { expires_at: until, approval: recordedApproval } = factsOf(state.created.entry);
  return {
    ...proposal,
    approval: recordedApproval === 'not_required' ? 'not_required' : 'required',
    status: state.status,
    expires_at: until,
    recorded: 'log',
  };
}

/** Undefined when the proposal is in the log already: an agent that was run again proposes again, with other words. */
async function record(
  { ledger }: Context,
  id: string,
  draft: ReturnType<typeof proposalCreated>,
): Promise<Receipt | undefined> {
  try {
    const [receipt] = await ledger.record([draft]);
    return receipt;
  } catch (error) {
    if (isSealtrailError(error, 'id_conflict') && (await ledger.find([createdId(id)])).has(createdId(id))) {
      return undefined;
    }
    throw error;
  }
}

function refuseOther(state: ProposalState, action: Action, id: string): void {
  if (factsOf(state.created.entry).action === action.name) return;
  throw new SealtrailError('id_conflict', `the proposal ${id} is about another action`, { proposal: id });
}

function expiry({ expires_after_ms }: Action, now: number): string | undefined {
  return expires_after_ms === undefined ? undefined : new Date(now + expires_after_ms).toISOString();
}
