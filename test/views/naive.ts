import { factsOf, type ProposalState, proposalState } from '@sealtrail/events';
import { type Recorded, readRecorded } from '@sealtrail/format';
import type { Filter } from '@sealtrail/views';
import { storedRows } from '../support/verified.ts';

// What the views must say, found by looking at every entry, without an index.

export async function readLog(location: string, tenant: string): Promise<Recorded[]> {
  const rows = await storedRows(location, tenant);
  return rows.map((row) => readRecorded(row as unknown as Parameters<typeof readRecorded>[0]));
}

/** The proposals of a log, in the order in which they were made. */
export function statesOf(log: readonly Recorded[]): ProposalState[] {
  const byId = new Map(log.map((one) => [one.entry.id, one]));
  return log.flatMap(({ entry }) => {
    if (!entry.id.endsWith(':created')) return [];
    const state = proposalState(entry.id.slice(0, -':created'.length), (id) => byId.get(id));
    return state === undefined ? [] : [state];
  });
}

const OUTCOMES: Record<string, string> = {
  'decision.approved': 'approved',
  'decision.edited_approved': 'edited',
  'decision.rejected': 'rejected',
  'decision.auto_approved': 'auto_approved',
  'decision.auto_denied': 'auto_denied',
  'decision.stale': 'stale',
  'proposal.expired': 'expired',
  'proposal.superseded': 'superseded',
  'execution.executed': 'executed',
  'execution.failed': 'failed',
  'execution.not_executed': 'not_executed',
  'execution.args_mismatch': 'args_mismatch',
};

/** What ended a proposal's waiting, as the state rule sees it. */
export function endOf({ late, decision }: ProposalState): string | undefined {
  return late ? 'expired' : decision && OUTCOMES[decision.entry.type];
}

/** Positions of the entries that fit a filter, oldest first. */
export function matching(log: readonly Recorded[], filter: Filter): number[] {
  return log.filter((one) => matches(log, one, filter)).map(({ entry }) => entry.seq);
}

function matches(log: readonly Recorded[], one: Recorded, filter: Filter): boolean {
  const { entry } = one;
  const facts = factsOf(entry);
  // An entry knows of the proposals made up to itself.
  const upTo = log.filter(({ entry: { seq } }) => seq <= entry.seq);
  const states = statesOf(upTo).filter(
    ({ proposal }) =>
      facts.proposal === proposal ||
      ['created', 'decision', 'started', 'execution'].some((step) => entry.id === `${proposal}:${step}`),
  );
  const inherited = states.map(({ created }) => ({
    facts: factsOf(created.entry),
    actor: created.entry.actor,
  }));
  const own = entry.actor.type === 'agent' ? [entry.actor.id] : [];
  const agents = [...own, ...inherited.flatMap(({ actor }) => (actor.type === 'agent' ? [actor.id] : []))];
  const among = <T>(wanted: T | undefined, given: readonly (T | undefined)[]) =>
    wanted === undefined || given.includes(wanted);
  const { record, actor, confidence, since, until } = filter;
  const { min = -Infinity, max = Infinity } = confidence ?? {};
  return (
    (record === undefined ||
      entry.targets.some(({ type, id }) => type === record.type && id === record.id)) &&
    among(filter.proposal, [facts.proposal, ...states.map(({ proposal }) => proposal)]) &&
    (actor === undefined || (actor.type === entry.actor.type && actor.id === entry.actor.id)) &&
    among(filter.agent, agents) &&
    among(filter.action, [facts.action, ...inherited.map(({ facts }) => facts.action)]) &&
    among(filter.type, [entry.type]) &&
    among(filter.mode, [facts.mode]) &&
    among(filter.outcome as string | undefined, [outcomeOf(one, states)]) &&
    (confidence === undefined ||
      (facts.confidence !== undefined && facts.confidence >= min && facts.confidence <= max)) &&
    among(filter.trace, [facts.trace, ...inherited.map(({ facts }) => facts.trace)]) &&
    among(filter.conversation, [facts.conversation, ...inherited.map(({ facts }) => facts.conversation)]) &&
    among(filter.batch, [facts.batch]) &&
    (filter.from === undefined || entry.seq >= filter.from) &&
    (filter.to === undefined || entry.seq <= filter.to) &&
    (since === undefined || entry.time >= since) &&
    (until === undefined || entry.time < until)
  );
}

function outcomeOf({ entry }: Recorded, states: readonly ProposalState[]): string | undefined {
  if (!entry.id.endsWith(':decision')) return OUTCOMES[entry.type];
  const state = states.find(({ proposal }) => entry.id === `${proposal}:decision`);
  // A decision about nothing decides nothing.
  return state && endOf(state);
}
