import {
  approvedArgs,
  type DecisionStale,
  decisionStale,
  factsOf,
  openArgs,
  type ProposalState,
} from '@sealtrail/events';
import {
  canonicalize,
  isSealtrailError,
  type JsonValue,
  type Recorded,
  SealtrailError,
} from '@sealtrail/format';
import { type Context, loadState, shortId } from './context.ts';
import type { Decision, Wanted } from './decide.ts';

/** What every entry about a click has in common. */
export type Common = Pick<
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

/**
 * What ended the waiting for a decision: the first one, or an execution that began without one, since none was needed. Of a decision
 * and such an execution at the same moment, the first in the log counts.
 */
export function endOf({ decision, started, execution }: ProposalState): Recorded | undefined {
  const begun = started ?? execution;
  if (decision === undefined || begun === undefined) return decision ?? begun;
  return decision.entry.seq < begun.entry.seq ? decision : begun;
}

/**
 * Looks once more at what needed no decision, now that one has a position in the log.
 *
 * @throws SealtrailError `decision_stale` when its execution was first
 */
export async function refuseBegun(
  context: Pick<Context, 'ledger'>,
  { proposal, created }: ProposalState,
  decision: string,
): Promise<void> {
  if (factsOf(created.entry).approval !== 'not_required') return;
  const end = endOf(await loadState(context, proposal));
  if (end !== undefined && end.hash !== decision) throw stale(proposal, end);
}

/** Somebody was faster, or this very click was recorded before, maybe with another reason. */
export async function tooLate(
  context: Context,
  state: ProposalState,
  wanted: Wanted,
  common: Common,
): Promise<Decision> {
  const winner = endOf(state);
  if (winner === undefined) {
    throw new SealtrailError(
      'id_conflict',
      `another entry has the id of a decision about ${state.proposal}`,
      {
        proposal: state.proposal,
      },
    );
  }
  const { type, actor, data, seq, time } = winner.entry;
  const sameClick = common.click !== undefined && data['click'] === common.click;
  if (sameClick && actor.id === common.actor.id && type === `decision.${wanted.decision}`) {
    if (!isSameInput(wanted, approvedArgs(state))) throw otherClick(state, common);
    return {
      proposal: state.proposal,
      decision: wanted.decision,
      seq,
      hash: winner.hash,
      time,
      duplicate: true,
    };
  }
  await recordStale(context, state, wanted, common, winner);
  if (state.status === 'expired') {
    throw expired(state.proposal, factsOf(state.created.entry).expires_at);
  }
  throw stale(state.proposal, winner);
}

/** What is told of a proposal that waits no longer. */
export function stale(proposal: string, { entry: { type, seq, actor } }: Recorded): SealtrailError {
  const why = type.startsWith('execution.') ? 'needed no decision, and ran' : 'was decided';
  return new SealtrailError('decision_stale', `${proposal} ${why} before: ${type} at ${seq}`, {
    proposal,
    decided: type,
    seq,
    by: actor.id,
  });
}

/** A late click that was recorded before, maybe with another reason or in another session, is not recorded again. */
async function recordStale(
  { ledger }: Context,
  state: ProposalState,
  wanted: Wanted,
  common: Common,
  winner: Recorded,
): Promise<void> {
  const draft = decisionStale({
    ...common,
    click: common.click ?? shortId(),
    decision: wanted.decision,
    decided_by: winner.hash,
    ...(wanted.decision === 'edited_approved'
      ? { final: wanted.input, personal: [...wanted.action.personal] }
      : {}),
  });
  try {
    await ledger.append([draft]);
  } catch (error) {
    if (!isSealtrailError(error, 'id_conflict')) throw error;
    const id = draft.id as string;
    const before = (await ledger.find([id])).get(id);
    const isSame =
      before?.entry.type === draft.type &&
      before.entry.actor.id === common.actor.id &&
      before.entry.data['decision'] === wanted.decision &&
      isSameInput(wanted, openArgs('final_args', before.entry.sealed, before.openings));
    if (!isSame) throw otherClick(state, common);
  }
}

/** Whether a click wants what is recorded of it. What was erased can be held against nothing, and counts as other. */
function isSameInput(wanted: Wanted, recorded: { readonly args: JsonValue } | undefined): boolean {
  if (wanted.decision !== 'edited_approved') return true;
  return recorded !== undefined && canonicalize(recorded.args) === canonicalize(wanted.input);
}

function otherClick({ proposal }: ProposalState, { click }: Common): SealtrailError {
  return new SealtrailError('id_conflict', `the click ${click} about ${proposal} was another one before`, {
    proposal,
    click,
  });
}

export function expired(proposal: string, expires_at: string | undefined): SealtrailError {
  return new SealtrailError('proposal_expired', `the time to decide about ${proposal} is up`, {
    proposal,
    expires_at: expires_at ?? null,
  });
}
