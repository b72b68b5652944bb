import {
  factsOf,
  type ProposalState,
  type ProposalStatus,
  proposalState,
  type Recorded,
  stateIds,
} from '@sealtrail/events';
import type { Actor, JsonValue } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import { recordedFrom, type ViewEntry, viewEntry } from './entry.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import { proposalsOf } from './proposal-row.ts';
import type { Found } from './query/entries.ts';

/** Below this, a confidence counts as low. */
const LOW_CONFIDENCE = 0.5;
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

/** What an investigation asks first about a proposal. Absent members were not recorded, or their value is gone. */
export interface IncidentProposal {
  readonly status: ProposalStatus;
  /** Who proposed, as recorded: agent, version, model, hash of the prompt. */
  readonly agent: Actor;
  readonly action?: string;
  readonly rationale?: JsonValue;
  readonly confidence?: number;
  readonly outcome?: Outcome;
  /** Who or what approved; absent when nobody did, or only after the time was up. */
  readonly approver?: Actor;
  readonly mode?: string;
  readonly batch?: string;
  readonly batch_size?: number;
  /** Approved as one of many although the agent's confidence was below 0.5. */
  readonly low_confidence_bulk: boolean;
}

const APPROVALS: readonly (Outcome | undefined)[] = ['approved', 'edited', 'auto_approved'];

export async function incidentPage(store: Store, tenant: string, found: Found): Promise<IncidentPage> {
  const { entries, next, scanned } = found;
  const ids = [...new Set(entries.flatMap(({ entry }) => proposalsOf(entry)))];
  const proposals = new Map<string, IncidentProposal>();
  for (let at = 0; at < ids.length; at += CHUNK) {
    const chunk = ids.slice(at, at + CHUNK);
    const rows = await store.findByIds(tenant, chunk.flatMap(stateIds));
    for (const id of chunk) {
      const state = proposalState(id, (entry) => {
        const row = rows.get(entry);
        return row && recordedFrom(row);
      });
      if (state !== undefined) proposals.set(id, incidentProposal(state));
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

function incidentProposal({ status, late, created, decision }: ProposalState): IncidentProposal {
  const { action, confidence } = factsOf(created.entry);
  const { rationale } = created.openings;
  const { mode, batch, batch_size } = decision === undefined ? {} : factsOf(decision.entry);
  const outcome = late ? 'expired' : decision && outcomeOf(decision.entry.type);
  const isApproved = APPROVALS.includes(outcome);
  return {
    status,
    agent: created.entry.actor,
    ...(action === undefined ? {} : { action }),
    ...(rationale === undefined ? {} : { rationale: rationale.value }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(isApproved && decision !== undefined ? { approver: decision.entry.actor } : {}),
    ...(mode === undefined ? {} : { mode }),
    ...(batch === undefined ? {} : { batch }),
    ...(batch_size === undefined ? {} : { batch_size }),
    low_confidence_bulk:
      isApproved && mode === 'bulk' && confidence !== undefined && confidence < LOW_CONFIDENCE,
  };
}
