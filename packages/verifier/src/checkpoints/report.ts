import type { Hash } from '@sealtrail/format';
import type { AcceptedCheckpoint } from '@sealtrail/tlog';
import type { NotChecked, Status } from '../report.ts';
import { number } from '../words.ts';

/**
 * How a checkpoint stands to the one that was trusted last. `rolled_back`: an older state of the same history is shown as the
 * newest. `forked`: another history. `unproved`: nothing was there to tell these from an extension.
 */
export type Relation = 'first_seen' | 'unchanged' | 'extended' | 'rolled_back' | 'forked' | 'unproved';

/** Who stands behind a checkpoint, and since when. */
export interface Vouched {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
  /** Ids of the log's keys that signed it. */
  readonly signedBy: readonly string[];
  readonly witnessedBy: readonly { readonly name: string; readonly time: string }[];
  readonly timestamps: readonly { readonly authority: string; readonly time: string }[];
}

/** The verdict on a checkpoint. */
export interface CheckpointReport {
  readonly format: 'sealtrail-checkpoint-report/1';
  readonly status: Status;
  readonly relation: Relation | null;
  readonly checkpoint: Vouched | null;
  readonly previous: { readonly size: number; readonly root: Hash } | null;
  readonly summary: string;
  readonly notChecked: readonly NotChecked[];
}

export function vouched(accepted: AcceptedCheckpoint, timestamps: Vouched['timestamps'] = []): Vouched {
  const { origin, size, root, signedBy, cosignatures } = accepted;
  return {
    origin,
    size,
    root,
    signedBy: signedBy.map(({ id }) => id),
    witnessedBy: cosignatures.map(({ key, time }) => ({
      name: key.name,
      time: new Date(time * 1_000).toISOString(),
    })),
    timestamps,
  };
}

/** Who vouches for a checkpoint, in words. */
export function describeVouched({ origin, size, witnessedBy, timestamps }: Vouched): string {
  const parts = [`checkpoint ${number(size)} of ${origin}`];
  if (witnessedBy.length > 0) {
    parts.push(`witnessed by ${witnessedBy.map(({ name, time }) => `${name} (${time})`).join(', ')}`);
  }
  for (const { authority, time } of timestamps) parts.push(`time-stamped ${time} by ${authority}`);
  return parts.join(', ');
}
