import type { Actor, JsonObject, Target } from '@sealtrail/format';

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

/** An entry that is durable in the log. */
export interface Appended {
  readonly tenant: string;
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
  readonly time: string;
  /** True when the log had this id already; the entry is the one appended first. */
  readonly duplicate: boolean;
}
