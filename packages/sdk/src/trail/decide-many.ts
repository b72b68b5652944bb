import {
  batchDecided,
  type DecisionApproved,
  decisionApproved,
  decisionRejected,
  decisionStale,
  factsOf,
  MAX_BATCH,
  type ProposalState,
  type ProposalStatus,
  type UserActor,
} from '@sealtrail/events';
import { type EntryDraft, isSealtrailError, leafHash, SealtrailError } from '@sealtrail/format';
import { newId, prepare } from '@sealtrail/store';
import { AuthenticatedUser } from '../person.ts';
import { type Context, loadStates } from './context.ts';
import { expire, isDue } from './expire.ts';
import { refuseUnknown } from './members.ts';
import { endOf } from './too-late.ts';

/** What goes with a click on many proposals. */
export interface DecideManyOptions {
  readonly by: AuthenticatedUser;
  readonly decision: 'approved' | 'rejected';
  /** The host's id of the click; the same click sent again gives the first outcome. Made up when absent. */
  readonly batch?: string | undefined;
  readonly reason?: string | undefined;
  readonly channel?: string | undefined;
}

/** What a bulk decision did. */
export interface BatchOutcome {
  readonly batch: string;
  /** Number of proposals that the person chose. */
  readonly size: number;
  /** Proposals that this click decided. */
  readonly decided: readonly string[];
  /** Proposals that were no longer open: recorded as stale, and what had become of them. */
  readonly stale: readonly { readonly proposal: string; readonly status: ProposalStatus }[];
}

/**
 * Records one click on many proposals: one entry for the click, and for each proposal its decision, or that it was stale.
 *
 * @throws SealtrailError `proposal_unknown`, `actor_refused`, `draft_invalid`, and `id_conflict` for a batch that was another click,
 *   before anything is recorded
 */
export async function decideMany(
  context: Context,
  proposals: readonly string[],
  options: DecideManyOptions,
): Promise<BatchOutcome> {
  refuseUnknown('a bulk decision', options, ['by', 'decision', 'batch', 'reason', 'channel']);
  const { by, decision, batch = newId(), reason, channel } = options;
  const actor = AuthenticatedUser.actorOf(by);
  const ids = [...new Set(proposals)].sort();
  if (ids.length === 0 || ids.length > MAX_BATCH) {
    throw new SealtrailError('draft_invalid', `a bulk decision is about 1 to ${MAX_BATCH} proposals`);
  }
  const click = { batch, actor, decision, reason, channel, size: ids.length };
  let states = await loadStates(context, ids);
  const due = states.filter((state) => isDue(state, context.now()));
  if (due.length > 0) {
    await Promise.all(due.map((state) => expire(context, state)));
    states = await loadStates(context, ids);
  }
  let drafts = await missing(context, states, click);
  // Nothing of a click is recorded that cannot be recorded as a whole.
  for (const draft of drafts) prepare(context.ledger.tenant, draft);
  // First and alone: of what is given to the log at once, the rest is appended when one entry is refused. A click under an id that
  // was another click would decide all the same.
  await context.ledger.append([batchDecided({ batch, actor, decision, proposals: ids })]);
  // Somebody may decide about one of them in between: it is then stale, and the rest is appended again under the same ids.
  while (drafts.length > 0) {
    try {
      await context.ledger.append(drafts);
      break;
    } catch (error) {
      if (!isSealtrailError(error, 'id_conflict')) throw error;
      states = await loadStates(context, ids);
      const before = drafts;
      drafts = await missing(context, states, click);
      // Each turn settles at least one proposal, unless something else has the id of its decision.
      if (drafts.length === before.length && open(drafts) === open(before)) throw error;
    }
  }
  states = await loadStates(context, ids);
  const mine = (state: ProposalState) =>
    isMember(state, batch) && !state.late && endOf(state) === state.decision;
  return {
    batch,
    size: ids.length,
    decided: states.filter(mine).map(({ proposal }) => proposal),
    stale: states.filter((state) => !mine(state)).map(({ proposal, status }) => ({ proposal, status })),
  };
}

interface Click {
  readonly batch: string;
  readonly actor: UserActor;
  readonly decision: 'approved' | 'rejected';
  readonly reason: string | undefined;
  readonly channel: string | undefined;
  readonly size: number;
}

function isMember({ decision }: ProposalState, batch: string): boolean {
  return decision !== undefined && factsOf(decision.entry).batch === batch;
}

function open(drafts: readonly EntryDraft[]): number {
  return drafts.filter(({ type }) => type !== 'decision.stale').length;
}

/** What the log does not have yet of a click: the same click may be sent again, in other words. */
async function missing(
  { ledger }: Context,
  states: readonly ProposalState[],
  click: Click,
): Promise<EntryDraft[]> {
  const drafts = states
    .filter((state) => !isMember(state, click.batch))
    .map((state) => memberDraft(state, click));
  const stale = drafts.filter(({ type }) => type === 'decision.stale');
  const recorded = await ledger.find(stale.map(({ id }) => id as string));
  return drafts.filter(({ id }) => !recorded.has(id as string));
}

function memberDraft(state: ProposalState, click: Click): EntryDraft {
  const { batch, actor, decision, size, ...said } = click;
  const { proposal, created } = state;
  const common = {
    ...said,
    proposal,
    proposal_hash: created.hash,
    actor,
    targets: [...created.entry.targets],
  };
  const end = endOf(state);
  if (end === undefined) {
    const member = { ...common, batch: { id: batch, size } } as DecisionApproved;
    return decision === 'approved' ? decisionApproved(member) : decisionRejected(member);
  }
  // The same click sent again finds its stale entry by this id.
  const stale = { ...common, batch, decision, click: leafHash(batch).slice(0, 16) };
  return decisionStale({ ...stale, decided_by: end.hash } as Parameters<typeof decisionStale>[0]);
}
