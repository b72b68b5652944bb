import type { AgentActor } from '@sealtrail/events';
import type { JsonValue, Target } from '@sealtrail/format';
import type { Risk } from '../action.ts';

/** What a policy sees of a proposal. */
export interface PolicyInput {
  readonly tenant: string;
  readonly proposal: string;
  readonly action: string;
  readonly agent: AgentActor;
  readonly input: JsonValue;
  readonly targets: readonly Target[];
  readonly confidence: number | null;
  readonly risk: Risk | undefined;
}

/** A rule that decides about proposals without a person. It is recorded as the one who decided. */
export interface Policy {
  readonly id: string;
  readonly version?: string | undefined;
  /**
   * Approves, denies, or leaves it to the next policy and in the end to a person. When it throws, or gives
   * anything else, nothing is decided, and the proposal waits for a person.
   */
  decide(proposal: PolicyInput): 'approve' | 'deny' | undefined | Promise<'approve' | 'deny' | undefined>;
}
