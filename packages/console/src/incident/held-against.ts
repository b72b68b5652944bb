import { decisionId } from '@sealtrail/events';
import { FORMAT_VERSION, type Recorded, ZERO_HASH } from '@sealtrail/format';
import type { IncidentProposal, ViewEntry } from '@sealtrail/views';
import { incidentProposalOf } from '@sealtrail/views/incident-proposal';
import { isSame } from '../log/shown.ts';

/**
 * What came of holding what the service says of a proposal against the entries that are shown: it says what they do, something else, or
 * what rests on entries that are not among them.
 */
export type Held = 'same' | 'other' | 'open';

const OF_CREATED = ['agent', 'action', 'rationale', 'confidence'] as const;
const OF_DECISION = ['outcome', 'approver', 'mode', 'batch', 'batch_size', 'low_confidence_bulk'] as const;

type Shown = ReadonlyMap<string, ViewEntry>;

/** @param shown entries by their ids */
export function heldAgainst(tenant: string, proposal: string, told: IncidentProposal, shown: Shown): Held {
  const found = putTogether(tenant, proposal, shown);
  if (found === undefined) return 'open';
  const isOther = (names: readonly (keyof IncidentProposal)[]): boolean =>
    names.some((name) => !isSame(told[name], found[name]));
  if (isOther(OF_CREATED)) return 'other';
  if (shown.has(decisionId(proposal)) && isOther(OF_DECISION)) return 'other';
  return isOther([...OF_DECISION, 'status']) ? 'open' : 'same';
}

/** Proposals that are among the entries, and of which the service says nothing. */
export function leftOut(tenant: string, told: ReadonlyMap<string, IncidentProposal>, shown: Shown): string[] {
  return [...shown.values()].flatMap(({ type, data: { proposal } }) =>
    type === 'proposal.created' &&
    typeof proposal === 'string' &&
    !told.has(proposal) &&
    putTogether(tenant, proposal, shown) !== undefined
      ? [proposal]
      : [],
  );
}

const putTogether = (tenant: string, proposal: string, shown: Shown): IncidentProposal | undefined =>
  incidentProposalOf(proposal, (id) => recordedOf(tenant, shown.get(id)));

/** Nothing here looks at the hash of the entry before, or at salts. */
function recordedOf(tenant: string, entry: ViewEntry | undefined): Recorded | undefined {
  if (entry === undefined) return undefined;
  const { hash, values, missing: _, ...rest } = entry;
  const openings = Object.entries(values).map(([field, value]) => [field, { salt: '', value }]);
  return {
    entry: { v: FORMAT_VERSION, tenant, prev: ZERO_HASH, ...rest },
    hash,
    openings: Object.fromEntries(openings),
  };
}
