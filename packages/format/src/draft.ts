import type { JsonObject } from './canonical.ts';
import type { Actor, Target } from './entry-types.ts';

/** What a caller gives for one entry. Position, time and links are the log's to give. */
export interface EntryDraft {
  /** Idempotency key, unique in the tenant's log: appending it again returns the first result. Made up when absent. */
  readonly id?: string | undefined;
  readonly type: string;
  readonly actor: Actor;
  readonly targets?: readonly Target[] | undefined;
  readonly data?: JsonObject | undefined;
  /** Values that may hold personal data or free text, by field name: only commitments to them go into the entry. */
  readonly sealed?: { readonly [field: string]: unknown } | undefined;
}
