import {
  decisionApproved,
  decisionEditedApproved,
  decisionRejected,
  factsOf,
  isLate,
  type ProposalState,
  presentedId,
  proposedArgs,
  type UserActor,
} from '@sealtrail/events';
import { type EntryDraft, isSealtrailError, type JsonValue, SealtrailError } from '@sealtrail/format';
import { type Action, editedFields } from '../action.ts';
import { AuthenticatedUser } from '../person.ts';
import { isSame } from './allowed.ts';
import { type Context, loadState } from './context.ts';
import { expire, isDue } from './expire.ts';
import { refuseUnknown } from './members.ts';
import { targetsWith } from './targets.ts';
import { type Common, endOf, expired, refuseBegun, tooLate } from './too-late.ts';

/** What goes with a click. */
export interface DecideOptions {
  /** The person who is signed in. */
  readonly by: AuthenticatedUser;
  /** What the person said about it. */
  readonly reason?: string | undefined;
  /** The showing that the person decided on, from `present`. */
  readonly presentation?: string | undefined;
  readonly channel?: string | undefined;
  /** The host's id of the click, 1 to 16 characters: the same click sent again is then known as such, whatever its reason. */
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
 * @throws SealtrailError `proposal_unknown`, `proposal_expired`, `decision_stale`, `actor_refused`, `draft_invalid`, `id_conflict`
 *   when the click had other arguments before
 */
export async function decide(
  context: Context,
  proposal: string,
  given: Wanted,
  options: DecideOptions,
): Promise<Decision> {
  refuseUnknown('a decision', options, ['by', 'reason', 'presentation', 'channel', 'click']);
  const actor = AuthenticatedUser.actorOf(options.by);
  let state = await loadState(context, proposal);
  if (isDue(state, context.now())) {
    await expire(context, state);
    state = await loadState(context, proposal);
  }
  const wanted = withoutEmptyEdit(state, given);
  const common = await commonOf(context, state, wanted, actor, options);
  const draft = draftOf(state, wanted, common);
  if (state.decision === undefined && endOf(state) !== undefined)
    return tooLate(context, state, wanted, common);
  try {
    const [appended] = await context.ledger.append([draft]);
    const { seq, hash, time, duplicate } = appended as NonNullable<typeof appended>;
    if (isLate(state.created, time)) throw expired(proposal, factsOf(state.created.entry).expires_at);
    await refuseBegun(context, state, hash);
    return { proposal, decision: wanted.decision, seq, hash, time, duplicate };
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
  }
  return tooLate(context, await loadState(context, proposal), wanted, common);
}

/** Who sends a form back as it was has approved it: as an edit it would count against the agent. */
function withoutEmptyEdit(state: ProposalState, wanted: Wanted): Wanted {
  if (wanted.decision !== 'edited_approved') return wanted;
  const { action } = factsOf(state.created.entry);
  const proposed = proposedArgs(state);
  const same = action === wanted.action.name && proposed !== undefined && isSame(wanted.input, proposed.args);
  return same ? { decision: 'approved' } : wanted;
}

async function commonOf(
  context: Context,
  state: ProposalState,
  wanted: Wanted,
  actor: UserActor,
  { reason, presentation, channel, click }: DecideOptions,
): Promise<{ [K in keyof Common]: Common[K] }> {
  const { proposal, created } = state;
  const presented_at =
    presentation === undefined ? undefined : await presentedAt(context, state, actor, presentation);
  const common = {
    proposal,
    proposal_hash: created.hash,
    actor,
    targets: wanted.decision === 'edited_approved' ? targetsWith(state, wanted) : [...created.entry.targets],
    reason,
    presentation,
    presented_at,
  };
  return { ...common, channel, click } as Common;
}

/** When the person who decides was shown the proposal: what somebody else saw says nothing about what this person knew. */
async function presentedAt(
  { ledger }: Context,
  { proposal, created }: ProposalState,
  actor: UserActor,
  presentation: string,
): Promise<string> {
  const id = presentedId(proposal, presentation);
  const entry = (await ledger.find([id])).get(id)?.entry;
  const isTheirs =
    entry?.type === 'proposal.presented' &&
    entry.seq > created.entry.seq &&
    factsOf(entry).proposal === proposal &&
    entry.actor.type === actor.type &&
    entry.actor.id === actor.id;
  if (isTheirs) return entry.time;
  throw new SealtrailError(
    'draft_invalid',
    `the proposal ${proposal} was not presented to ${actor.id} under that id`,
  );
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
