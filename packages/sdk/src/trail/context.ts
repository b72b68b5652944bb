import { randomUUID } from 'node:crypto';
import { type ProposalState, proposalState, type SystemActor, stateIds } from '@sealtrail/events';
import { type Recorded, SealtrailError } from '@sealtrail/format';
import type { Away } from '../spool/spooling.ts';
import type { Ledger } from './ledger.ts';
import type { Policy } from './policy.ts';
import { reused } from './reused.ts';

/** What every step in the life of a proposal works with. */
export interface Context {
  readonly ledger: Ledger;
  /** What to go by while the log is away; undefined when the failure policy is to stop then. */
  readonly away: Away | undefined;
  /** The host's own software, which acts for policies, grants and expiry. */
  readonly system: SystemActor;
  readonly policies: readonly Policy[];
  /** Milliseconds since 1970. Decides only whether it is worth trying: what counts is the time that the log gives an entry. */
  readonly now: () => number;
}

/** An id for one of many: a click, a showing, an attempt. 64 random bits. */
export function shortId(): string {
  return randomUUID().replaceAll('-', '').slice(-16);
}

/** The states of proposals, in the order of their ids. @throws SealtrailError `proposal_unknown` */
export async function loadStates(
  { ledger }: Pick<Context, 'ledger'>,
  proposals: readonly string[],
): Promise<ProposalState[]> {
  const found = await ledger.find(proposals.flatMap(stateIds));
  return proposals.map((proposal) => stateFrom(found, proposal));
}

export async function loadState(context: Pick<Context, 'ledger'>, proposal: string): Promise<ProposalState> {
  const [state] = await loadStates(context, [proposal]);
  return state as ProposalState;
}

/**
 * The state of a proposal that was just recorded, or was there. What is not its own under its ids stands in the way of deciding
 * about it: then it must not wait for somebody.
 *
 * @throws SealtrailError `id_conflict`
 */
export async function loadProposed(
  { ledger }: Pick<Context, 'ledger'>,
  proposal: string,
): Promise<ProposalState> {
  // What came in while it was read may look as if it rested on nothing; it does not when it is read again.
  for (let attempt = 0; attempt < 2; attempt++) {
    const found = await ledger.find(stateIds(proposal));
    const state = stateFrom(found, proposal);
    const { created, decision, started, execution } = state;
    const own = [created, decision, started, execution];
    if ([...found.values()].every((one) => own.includes(one))) return state;
  }
  throw reused(proposal);
}

function stateFrom(found: ReadonlyMap<string, Recorded>, proposal: string): ProposalState {
  const state = proposalState(proposal, (id) => found.get(id));
  if (state === undefined) {
    throw new SealtrailError('proposal_unknown', `there is no proposal ${proposal}`, { proposal });
  }
  return state;
}
