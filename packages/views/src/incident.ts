import { factsOf, stateIds } from '@sealtrail/events';
import type { Recorded } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import { recordedFrom, type ViewEntry, viewEntry } from './entry.ts';
import { type IncidentProposal, incidentProposalOf } from './incident-proposal.ts';
import { proposalsOf } from './proposal-row.ts';
import type { Found } from './query/entries.ts';

/** Ids that are looked up at once. */
const CHUNK = 500;

/** One page of everything that belongs to a trace or a conversation, oldest first. */
export interface IncidentPage {
  readonly entries: readonly IncidentEntry[];
  /** The proposals that the entries of this page are about, by id, as they stand now. */
  readonly proposals: Readonly<Record<string, IncidentProposal>>;
  readonly next?: string;
  readonly scanned: number;
}

export interface IncidentEntry extends ViewEntry {
  /** The proposal that the entry is about; a key of `proposals` if that proposal is in the log. */
  readonly proposal?: string;
}

export async function incidentPage(store: Store, tenant: string, found: Found): Promise<IncidentPage> {
  const { entries, next, scanned } = found;
  const ids = [...new Set(entries.flatMap(({ entry }) => proposalsOf(entry)))];
  const proposals = new Map<string, IncidentProposal>();
  for (let at = 0; at < ids.length; at += CHUNK) {
    const chunk = ids.slice(at, at + CHUNK);
    const rows = await store.findByIds(tenant, chunk.flatMap(stateIds));
    for (const id of chunk) {
      const told = incidentProposalOf(id, (entry) => {
        const row = rows.get(entry);
        return row && recordedFrom(row);
      });
      if (told !== undefined) proposals.set(id, told);
    }
  }
  return {
    entries: entries.map((one) => incidentEntry(one, proposals)),
    proposals: Object.fromEntries(proposals),
    ...(next === undefined ? {} : { next }),
    scanned,
  };
}

function incidentEntry(recorded: Recorded, proposals: ReadonlyMap<string, IncidentProposal>): IncidentEntry {
  const { proposal: named } = factsOf(recorded.entry);
  const proposal = proposalsOf(recorded.entry).find((id) => proposals.has(id)) ?? named;
  return { ...viewEntry(recorded), ...(proposal === undefined ? {} : { proposal }) };
}
