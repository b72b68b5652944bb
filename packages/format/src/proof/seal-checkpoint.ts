import { z } from 'zod';
import type { Hash } from '../hash.ts';
import { verifyInclusion } from '../merkle/proofs.ts';
import type { Seal } from '../seal/seal.ts';
import { isPackedHashes, unpackHashes } from './base64.ts';

/** A checkpoint with many cosignatures, some of them post-quantum. */
const MAX_NOTE = 1_000_000;
const MAX_TIMESTAMPS = 16;
const MAX_TIMESTAMP = 400_000;

/** From a seal to somebody who vouches: its place under a signed checkpoint (SPEC 14.4). */
export const sealCheckpointSchema = z.strictObject({
  /** Inclusion proof of the seal's entry in the operator's log. */
  proof: z.string().max(2_816).refine(isPackedHashes, 'not hashes in base64'),
  /** The signed note (C2SP tlog-checkpoint) with cosignatures. */
  note: z.string().max(MAX_NOTE),
  /** Time-stamp tokens (RFC 3161) over the note's text, DER in base64. */
  timestamps: z.array(z.string().max(MAX_TIMESTAMP)).max(MAX_TIMESTAMPS),
});
export type SealCheckpoint = z.infer<typeof sealCheckpointSchema>;

/** Whether a seal is the leaf at its place in a tree whose size and root the caller trusts. Throws `proof_malformed`. */
export function isUnderCheckpoint(seal: Seal, proof: string, size: number, root: Hash): boolean {
  return verifyInclusion(seal.number, size, seal.hash, unpackHashes(proof), root);
}
