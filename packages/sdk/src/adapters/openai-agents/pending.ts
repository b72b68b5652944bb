import type { RunToolApprovalItem } from '@openai/agents';
import { factsOf, type ProposalState, proposedArgs } from '@sealtrail/events';
import type { JsonValue } from '@sealtrail/format';

/** A call that waits for a person, as the log has it: show this, and not the arguments in the run's state. */
export interface PendingCall {
  /** The framework's interruption, which the decision is about. */
  readonly item: RunToolApprovalItem;
  readonly proposal: string;
  readonly action: string;
  /** The id of the agent that proposed. */
  readonly agent: string;
  /** Undefined when the arguments were erased. */
  readonly input: JsonValue | undefined;
  readonly rationale: string | null;
  readonly confidence: number | null;
  readonly expires_at: string | undefined;
}

export function pendingCall(item: RunToolApprovalItem, state: ProposalState): PendingCall {
  const { entry, openings } = state.created;
  const { action, confidence, expires_at } = factsOf(entry);
  const rationale = openings['rationale']?.value;
  return {
    item,
    proposal: state.proposal,
    action: action as string,
    agent: entry.actor.id,
    input: proposedArgs(state)?.args,
    rationale: typeof rationale === 'string' ? rationale : null,
    confidence: confidence ?? null,
    expires_at,
  };
}
