import type { JsonValue, Recorded } from '@sealtrail/format';
import { openArgs } from './args.ts';
import { factsOf } from './facts.ts';
import { createdId, decisionId, executionId, startedId } from './ids.ts';

/**
 * What became of a proposal. `approved` also when no decision is needed; `executing` when an attempt began and nothing is
 * known of its end.
 */
export type ProposalStatus =
  | 'pending'
  | 'approved'
  | 'rejected'
  | 'expired'
  | 'superseded'
  | 'executing'
  | 'executed'
  | 'failed';

/** One proposal, as its entries tell it. */
export interface ProposalState {
  readonly proposal: string;
  readonly status: ProposalStatus;
  readonly created: Recorded;
  /** The entry that ended the waiting: a decision, an expiry, a supersession. */
  readonly decision?: Recorded;
  /** True when that decision came after the proposal's time was up, and so has no effect. */
  readonly late: boolean;
  readonly started?: Recorded;
  readonly execution?: Recorded;
}

/** Ids of the entries that decide a proposal's state. */
export function stateIds(proposal: string): string[] {
  return [createdId(proposal), decisionId(proposal), startedId(proposal), executionId(proposal)];
}

// An entry of another type under one of these ids is not understood and changes nothing.
const EXECUTIONS: Readonly<Record<string, ProposalStatus>> = {
  'execution.executed': 'executed',
  'execution.failed': 'failed',
};
const ENDS: Readonly<Record<string, ProposalStatus>> = {
  'decision.approved': 'approved',
  'decision.edited_approved': 'approved',
  'decision.auto_approved': 'approved',
  'decision.rejected': 'rejected',
  'decision.auto_denied': 'rejected',
  'proposal.expired': 'expired',
  'proposal.superseded': 'superseded',
};

/** What each type of entry, where it counts, makes of a proposal. */
export const STATUS_BY_TYPE: Readonly<Record<string, ProposalStatus>> = {
  ...ENDS,
  'execution.started': 'executing',
  ...EXECUTIONS,
};

/**
 * The one rule that says what became of a proposal. The chain is the arbiter: each id is in it once, so the first decision in
 * sequence order is the only one. A decision whose entry was made after `expires_at` counts as an expiry.
 *
 * Only what comes after the proposal counts, and nothing that names another proposal's entry by its hash: an id is free again
 * once the entry that had it was pruned, and what was approved under it then must not allow what is proposed under it now.
 *
 * @param find the entry with an id, from {@link stateIds}
 * @returns undefined when there is no such proposal
 */
export function proposalState(
  proposal: string,
  find: (id: string) => Recorded | undefined,
): ProposalState | undefined {
  const created = find(createdId(proposal));
  if (created === undefined || created.entry.type !== 'proposal.created') return undefined;
  const ends = (one: Recorded) =>
    Object.hasOwn(ENDS, one.entry.type) && names(one, 'proposal_hash', [created]);
  const decision = after(created, find(decisionId(proposal)), ends);
  const allowing = decision === undefined ? [created] : [created, decision];
  const isOf = (types: object) => (one: Recorded) =>
    Object.hasOwn(types, one.entry.type) && names(one, 'allowed_by', allowing);
  const started = after(created, find(startedId(proposal)), isOf({ 'execution.started': true }));
  const execution = after(created, find(executionId(proposal)), isOf(EXECUTIONS));
  const ended = decision === undefined ? undefined : ENDS[decision.entry.type];
  const late =
    (ended === 'approved' || ended === 'rejected') && isLate(created, (decision as Recorded).entry.time);
  const waited = ended ?? (factsOf(created.entry).approval === 'not_required' ? 'approved' : 'pending');
  const begun = started === undefined ? undefined : 'executing';
  return {
    proposal,
    status: (execution && EXECUTIONS[execution.entry.type]) ?? begun ?? (late ? 'expired' : waited),
    created,
    late,
    ...(decision === undefined ? {} : { decision }),
    ...(started === undefined ? {} : { started }),
    ...(execution === undefined ? {} : { execution }),
  };
}

function after(
  created: Recorded,
  one: Recorded | undefined,
  counts: (one: Recorded) => boolean,
): Recorded | undefined {
  return one !== undefined && one.entry.seq > created.entry.seq && counts(one) ? one : undefined;
}

/** Whether an entry that says by hash what it rests on names one of these. Entries of imports and expiries do not say. */
function names(
  { entry }: Recorded,
  member: 'proposal_hash' | 'allowed_by',
  those: readonly Recorded[],
): boolean {
  const named = factsOf(entry)[member];
  return named === undefined || those.some(({ hash }) => hash === named);
}

/** Whether a decision that the log has at this time came too late. */
export function isLate({ entry }: Recorded, time: string): boolean {
  const { expires_at, approval } = factsOf(entry);
  // What needs no approval waits for nobody.
  if (approval === 'not_required') return false;
  return expires_at !== undefined && time > expires_at;
}

/** The arguments as the agent proposed them; undefined when a part of them was destroyed. */
export function proposedArgs({ created }: ProposalState): { readonly args: JsonValue } | undefined {
  return openArgs('args', created.entry.sealed, created.openings);
}

/** The arguments that were approved: those of the decision if it edited them. Undefined when a part was destroyed. */
export function approvedArgs(state: ProposalState): { readonly args: JsonValue } | undefined {
  const { decision } = state;
  return decision?.entry.type === 'decision.edited_approved'
    ? openArgs('final_args', decision.entry.sealed, decision.openings)
    : proposedArgs(state);
}
