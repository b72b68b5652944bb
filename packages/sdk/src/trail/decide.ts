import {
  type DecisionStale,
  decisionApproved,
  decisionEditedApproved,
  decisionRejected,
  decisionStale,
  factsOf,
  type ProposalState,
  presentedId,
  proposedArgs,
  type UserActor,
} from '@sealtrail/events';
import { type EntryDraft, isSealtrailError, type JsonValue, SealtrailError } from '@sealtrail/format';
import { type Action, editedFields } from '../action.ts';
import { AuthenticatedUser } from '../person.ts';
import { type Context, loadState, shortId } from './context.ts';
import { expire, isDue } from './expire.ts';

/** What goes with a click. */
export interface DecideOptions {
  /** The person who is signed in. */
  readonly by: AuthenticatedUser;
  /** What the person said about it. */
  readonly reason?: string | undefined;
  /** The showing that the person decided on, from `present`. */
  readonly presentation?: string | undefined;
  readonly channel?: string | undefined;
  /** The host's id of the click, 1 to 16 characters: the same click sent again is then known as such. */
  readonly click?: string | undefined;
}

/** A decision that is in the log. */
export interface Decision {
  readonly proposal: string;
  readonly decision: 'approved' | 'edited_approved' | 'rejected';
  readonly seq: number;
  readonly hash: string;
  readonly time: string;
  /** True when this click was recorded before. */
  readonly duplicate: boolean;
}

/** What a person wants: to approve, to reject, or to approve with other arguments. */
export type Wanted =
  | { readonly decision: 'approved' | 'rejected' }
  | { readonly decision: 'edited_approved'; readonly action: Action; readonly input: JsonValue };

/**
 * Records a person's decision. Whoever is first in the log decides; whoever comes later, or after the time is up, is recorded
 * and told.
 *
 * @throws SealtrailError `proposal_unknown`, `proposal_expired`, `decision_stale`, `actor_refused`, `draft_invalid`
 */
export async function decide(
  context: Context,
  proposal: string,
  wanted: Wanted,
  options: DecideOptions,
): Promise<Decision> {
  const actor = AuthenticatedUser.actorOf(options.by);
  let state = await loadState(context, proposal);
  if (isDue(state, context.now())) {
    await expire(context, state);
    state = await loadState(context, proposal);
  }
  const common = await commonOf(context, state, actor, options);
  const draft = draftOf(state, wanted, common);
  try {
    const [appended] = await context.ledger.append([draft]);
    const { seq, hash, time, duplicate } = appended as NonNullable<typeof appended>;
    const { expires_at } = factsOf(state.created.entry);
    if (expires_at !== undefined && time > expires_at) throw expired(proposal, expires_at);
    return { proposal, decision: wanted.decision, seq, hash, time, duplicate };
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
  }
  return tooLate(context, await loadState(context, proposal), wanted, common);
}

type Common = Pick<
  DecisionStale,
  | 'proposal'
  | 'proposal_hash'
  | 'actor'
  | 'targets'
  | 'reason'
  | 'presentation'
  | 'presented_at'
  | 'channel'
  | 'click'
>;

async function commonOf(
  { ledger }: Context,
  { proposal, created }: ProposalState,
  actor: UserActor,
  { reason, presentation, channel, click }: DecideOptions,
): Promise<{ [K in keyof Common]: Common[K] }> {
  let presented_at: string | undefined;
  if (presentation !== undefined) {
    const id = presentedId(proposal, presentation);
    presented_at = (await ledger.find([id])).get(id)?.entry.time;
    if (presented_at === undefined) {
      throw new SealtrailError('draft_invalid', `the proposal ${proposal} was not presented under that id`);
    }
  }
  const targets = [...created.entry.targets];
  const common = {
    proposal,
    proposal_hash: created.hash,
    actor,
    targets,
    reason,
    presentation,
    presented_at,
  };
  return { ...common, channel, click } as Common;
}

function draftOf(state: ProposalState, wanted: Wanted, common: Omit<Common, 'click'>): EntryDraft {
  if (wanted.decision !== 'edited_approved') {
    return wanted.decision === 'approved' ? decisionApproved(common) : decisionRejected(common);
  }
  const { action } = factsOf(state.created.entry);
  if (action !== wanted.action.name) {
    throw new SealtrailError('input_invalid', `the proposal ${state.proposal} is about another action`, {
      action: action ?? null,
    });
  }
  const original = proposedArgs(state);
  if (original === undefined) {
    throw new SealtrailError(
      'args_unavailable',
      'the arguments of the proposal were erased: there is nothing to edit',
    );
  }
  return decisionEditedApproved({
    ...common,
    original: original.args,
    final: wanted.input,
    personal: [...wanted.action.personal],
    edited_fields: editedFields(wanted.action, original.args, wanted.input),
  });
}

/** Somebody was faster, or this very click was recorded before in other words. */
async function tooLate(
  { ledger }: Context,
  state: ProposalState,
  wanted: Wanted,
  common: Common,
): Promise<Decision> {
  const winner = state.decision;
  if (winner === undefined) {
    throw new SealtrailError(
      'log_broken',
      `the decision about ${state.proposal} cannot be read; verify the log`,
    );
  }
  const { type, actor, data, seq, time } = winner.entry;
  const sameClick = common.click !== undefined && data['click'] === common.click;
  if (sameClick && actor.id === common.actor.id && type === `decision.${wanted.decision}`) {
    return {
      proposal: state.proposal,
      decision: wanted.decision,
      seq,
      hash: winner.hash,
      time,
      duplicate: true,
    };
  }
  await ledger.append([
    decisionStale({
      ...common,
      click: common.click ?? shortId(),
      decision: wanted.decision,
      decided_by: winner.hash,
      ...(wanted.decision === 'edited_approved'
        ? { final: wanted.input, personal: [...wanted.action.personal] }
        : {}),
    }),
  ]);
  if (state.status === 'expired') {
    throw expired(state.proposal, factsOf(state.created.entry).expires_at);
  }
  throw new SealtrailError('decision_stale', `${state.proposal} was decided before: ${type} at ${seq}`, {
    proposal: state.proposal,
    decided: type,
    seq,
    by: actor.id,
  });
}

function expired(proposal: string, expires_at: string | undefined): SealtrailError {
  return new SealtrailError('proposal_expired', `the time to decide about ${proposal} is up`, {
    proposal,
    expires_at: expires_at ?? null,
  });
}
