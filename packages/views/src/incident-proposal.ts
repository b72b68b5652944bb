import { factsOf, type ProposalState, type ProposalStatus, proposalState } from '@sealtrail/events';
import type { Actor, JsonValue, Recorded } from '@sealtrail/format';
import { type Outcome, outcomeOf } from './outcome.ts';

// Without a store: whoever has the entries of a proposal, in a browser as well, puts the same together.

/** Below this, a confidence counts as low. */
const LOW_CONFIDENCE = 0.5;
const APPROVALS: readonly (Outcome | undefined)[] = ['approved', 'edited', 'auto_approved'];

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

/** What is said of a proposal in an incident. @param find the entry with an id; undefined when there is no such proposal */
export function incidentProposalOf(
  proposal: string,
  find: (id: string) => Recorded | undefined,
): IncidentProposal | undefined {
  const state = proposalState(proposal, find);
  return state && incidentProposal(state);
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
