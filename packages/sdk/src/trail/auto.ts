import {
  type AgentActor,
  decisionAutoApproved,
  decisionAutoDenied,
  factsOf,
  type ProposalState,
} from '@sealtrail/events';
import { type EntryDraft, isSealtrailError, type JsonValue, SealtrailError } from '@sealtrail/format';
import type { Action } from '../action.ts';
import type { Context } from './context.ts';
import { activeGrant } from './grants.ts';

/** Lets policies and then standing grants decide about a proposal that nobody has decided about. */
export async function decideByRule(
  context: Context,
  state: ProposalState,
  action: Action,
  input: JsonValue,
): Promise<void> {
  const draft =
    (await byPolicy(context, state, action, input)) ??
    (factsOf(state.created.entry).approval === 'not_required' ? undefined : await byGrant(context, state));
  if (draft === undefined) return;
  try {
    await context.ledger.append([draft]);
  } catch (error) {
    // Somebody decided in the meantime: the first decision counts.
    if (!isSealtrailError(error, 'id_conflict')) throw error;
  }
}

async function byPolicy(
  context: Context,
  state: ProposalState,
  action: Action,
  input: JsonValue,
): Promise<EntryDraft | undefined> {
  const ruled = await askPolicies(context, state.proposal, state.created.entry, action, input);
  if (ruled === undefined) return undefined;
  const { verdict, policy, policy_version } = ruled;
  return (verdict === 'approve' ? decisionAutoApproved : decisionAutoDenied)({
    ...common(state),
    actor: context.system,
    policy,
    policy_version,
  });
}

/** What the first policy says that says something. They need no log. */
export async function askPolicies(
  { policies, ledger }: Context,
  proposal: string,
  { actor, targets = [], data = {} }: Pick<EntryDraft, 'actor' | 'targets' | 'data'>,
  action: Action,
  input: JsonValue,
) {
  const confidence = data['confidence'];
  for (const policy of policies) {
    const verdict: unknown = await policy.decide({
      tenant: ledger.tenant,
      proposal,
      action: action.name,
      agent: actor as AgentActor,
      input,
      targets,
      confidence: typeof confidence === 'number' ? confidence : null,
      risk: action.risk,
    });
    if (verdict === undefined) continue;
    // What is neither must not stand in the log as the one or the other.
    if (verdict !== 'approve' && verdict !== 'deny') {
      throw new SealtrailError(
        'config_invalid',
        `the policy ${policy.id} gave neither 'approve' nor 'deny' nor undefined`,
        { policy: policy.id },
      );
    }
    return { verdict, policy: policy.id, policy_version: policy.version };
  }
  return undefined;
}

async function byGrant(
  { system, ledger, now }: Context,
  state: ProposalState,
): Promise<EntryDraft | undefined> {
  const { actor } = state.created.entry;
  const { action } = factsOf(state.created.entry);
  const grant = await activeGrant(ledger, { agent: actor.id, action: action as string }, now());
  if (grant === undefined) return undefined;
  return decisionAutoApproved({ ...common(state), actor: system, grant: grant.grant });
}

function common({ proposal, created }: ProposalState) {
  return { proposal, proposal_hash: created.hash, targets: [...created.entry.targets] };
}
