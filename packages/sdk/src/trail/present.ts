import { proposalPresented, proposalSuperseded, type UserActor } from '@sealtrail/events';
import { isSealtrailError, SealtrailError } from '@sealtrail/format';
import { AuthenticatedUser } from '../person.ts';
import { type Context, loadState, shortId } from './context.ts';
import { copyOf } from './copy.ts';
import { refuseUnknown } from './members.ts';
import { endOf, refuseBegun, stale } from './too-late.ts';

/** Who was shown a proposal, and what they saw. */
export interface PresentOptions {
  /** The person who was shown the proposal. */
  readonly to: AuthenticatedUser;
  /** What the person saw: text, or the fields of a form. */
  readonly shown: unknown;
  readonly channel?: string | undefined;
}

/** A showing; its id goes into the decision that follows. */
export interface Presentation {
  readonly presentation: string;
  readonly presented_at: string;
}

/** Records what a person was shown before deciding. @throws SealtrailError `proposal_unknown`, `actor_refused` */
export async function present(
  context: Context,
  proposal: string,
  options: PresentOptions,
): Promise<Presentation> {
  refuseUnknown('a showing', options, ['to', 'shown', 'channel']);
  const { to, shown: given, channel } = options;
  const shown = copyOf(given);
  const actor: UserActor = AuthenticatedUser.actorOf(to);
  const { created } = await loadState(context, proposal);
  const presentation = shortId();
  const targets = [...created.entry.targets];
  const draft = proposalPresented({ proposal, presentation, actor, targets, shown, channel });
  const [appended] = await context.ledger.append([draft]);
  return { presentation, presented_at: (appended as NonNullable<typeof appended>).time };
}

/**
 * Records that another proposal takes the place of one that waits.
 *
 * @throws SealtrailError `proposal_unknown`, `decision_stale` when it waits no longer, `draft_invalid` for itself
 */
export async function supersede(context: Context, proposal: string, by: string): Promise<void> {
  if (proposal === by) {
    throw new SealtrailError('draft_invalid', 'a proposal does not take its own place', { proposal });
  }
  const state = await loadState(context, proposal);
  const successor = await loadState(context, by);
  const draft = proposalSuperseded({
    proposal,
    proposal_hash: state.created.hash,
    actor: successor.created.entry.actor as Parameters<typeof proposalSuperseded>[0]['actor'],
    targets: [...state.created.entry.targets],
    by,
  });
  const begun = state.decision === undefined ? endOf(state) : undefined;
  if (begun !== undefined) throw stale(proposal, begun);
  try {
    const [appended] = await context.ledger.append([draft]);
    await refuseBegun(context, state, (appended as NonNullable<typeof appended>).hash);
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
    throw new SealtrailError('decision_stale', `${proposal} waits no longer`, { proposal });
  }
}
