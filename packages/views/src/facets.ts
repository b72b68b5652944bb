import { factsOf } from '@sealtrail/events';
import { type Entry, isReference, type Target } from '@sealtrail/format';
import { type Outcome, outcomeOf } from './outcome.ts';
import { type ProposalRow, proposalsOf, stepOf } from './proposal-row.ts';

// What entries can be found by. A kind is a word and is ended by the first colon, so two facets are equal only if kind and
// value are. The type of a record or an actor is a word too, and is ended by the first slash.

export type FacetKind =
  | 'type'
  | 'proposal'
  | 'agent'
  | 'action'
  | 'mode'
  | 'outcome'
  | 'trace'
  | 'conversation'
  | 'batch';

export const facet = (kind: FacetKind, value: string) => `${kind}:${value}`;
export const recordFacet = ({ type, id }: Target) => `record:${type}/${id}`;
export const actorFacet = ({ type, id }: { readonly type: string; readonly id: string }) =>
  `actor:${type}/${id}`;
/** Stands with every entry that says a confidence, so that a search by confidence need not look at the others. */
export const CONFIDENCE_FACET = 'with:confidence';

/**
 * The facets of one entry. They follow from the entry and from those before it, so they never change once they are known.
 *
 * @param rows the proposals of {@link proposalsOf}, up to and including this entry
 */
export function facetsOf(entry: Entry, rows: ReadonlyMap<string, ProposalRow>): string[] {
  const { type, actor, targets } = entry;
  const facts = factsOf(entry);
  const found = new Set([facet('type', type), actorFacet(actor), ...targets.map(recordFacet)]);
  // Other writers may say anything, of any length. What is no reference cannot be asked for either.
  const add = (kind: FacetKind, value: string | undefined) => {
    if (isReference(value)) found.add(facet(kind, value));
  };
  add('proposal', facts.proposal);
  add('action', facts.action);
  add('mode', facts.mode);
  add('batch', facts.batch);
  add('conversation', facts.conversation);
  add('trace', facts.trace);
  if (actor.type === 'agent') add('agent', actor.id);
  if (facts.confidence !== undefined) found.add(CONFIDENCE_FACET);
  // Decisions and executions are found by what their proposal says.
  const related = proposalsOf(entry).flatMap((proposal) => rows.get(proposal) ?? []);
  for (const row of related) {
    if (row.status === undefined || row.created === undefined) continue;
    add('proposal', row.proposal);
    add('agent', row.created.agent);
    add('action', row.created.facts.action);
    add('conversation', row.created.facts.conversation);
    add('trace', row.created.facts.trace);
  }
  add('outcome', outcome(entry, related));
  return [...found];
}

/** A decision is found by what the state rule makes of it: one that came too late is an expiry, one about nothing is none. */
function outcome(entry: Entry, related: readonly ProposalRow[]): Outcome | undefined {
  if (stepOf(entry)?.step !== 'decided') return outcomeOf(entry.type);
  return related.find(({ decided }) => decided?.seq === entry.seq)?.outcome;
}
