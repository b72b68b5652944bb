import { z } from 'zod';
import { entryHash, readEntry } from '../entry.ts';
import type { Entry } from '../entry-types.ts';
import { SealtrailError } from '../errors.ts';
import type { Hash } from '../hash.ts';
import { verifyInclusion } from '../merkle/proofs.ts';
import { entryText } from '../schemas.ts';
import type { Seal } from '../seal/seal.ts';
import { unpackHashes } from './base64.ts';
import { sealCheckpointSchema } from './seal-checkpoint.ts';
import { sealedAnchorsSchema, verifySealedAnchors } from './sealed-anchors.ts';

/** What an entry proof says that it is. */
export const ENTRY_PROOF_FORMAT = 'sealtrail-entry-proof/1';

/** What {@link EntryProof} has to be like. */
export const entryProofSchema = z.strictObject({
  format: z.literal(ENTRY_PROOF_FORMAT),
  /** The entry's text. */
  entry: entryText,
  /** Inclusion proof in the segment's tree of entries. */
  path: z.string().max(2_048),
  sealed: sealedAnchorsSchema,
  /** Absent when the proof ends at the seal. */
  checkpoint: sealCheckpointSchema.optional(),
});
/** That one entry is in a tenant's log under a seal (SPEC 13.2). */
export type EntryProof = z.infer<typeof entryProofSchema>;

/** What an entry proof shows. */
export interface ProvedEntry {
  readonly entry: Entry;
  readonly hash: Hash;
  readonly seal: Seal;
}

/**
 * Checks that the proof's entry is in the log of its tenant, under the seal that is returned.
 *
 * @throws SealtrailError `proof_invalid`; what `readEntry` throws; `proof_malformed`, `anchor_malformed`, `seal_malformed`
 */
export function verifyEntryProof(proof: EntryProof): ProvedEntry {
  const entry = readEntry(proof.entry);
  const { anchors, seal } = verifySealedAnchors(entry.tenant, proof.sealed);
  const anchor = anchors[0]?.anchor as NonNullable<(typeof anchors)[0]>['anchor'];
  const hash = entryHash(proof.entry);
  const size = anchor.to - anchor.from + 1;
  if (!verifyInclusion(entry.seq - anchor.from, size, hash, unpackHashes(proof.path), anchor.entries_root)) {
    throw new SealtrailError(
      'proof_invalid',
      `entry ${entry.seq} is not in the segment that the proof names`,
    );
  }
  return { entry, hash, seal };
}
