import { z } from 'zod';
import { SealtrailError } from '../errors.ts';
import type { Hash } from '../hash.ts';
import { verifyRange } from '../merkle/range-proof.ts';
import { entryText, position } from '../schemas.ts';
import { directoryLeaf, tenantKey } from '../seal/directory.ts';
import { readSeal, SEALS_TENANT, type Seal } from '../seal/seal.ts';
import { unpackHashes } from './base64.ts';
import { anchorStart, compactAnchor, expandAnchors, type HashedAnchor } from './compact-anchor.ts';

/** Anchors that a proof can hold: a billion entries in segments of usual size are a quarter of it. */
const MAX_ANCHORS = 1_000_000;

/** A run of one tenant's anchors up to the one that a seal's directory names (SPEC 13.1). */
export const sealedAnchorsSchema = z.strictObject({
  start: anchorStart,
  anchors: z.array(compactAnchor).max(MAX_ANCHORS),
  /** The tenant's line in the directory: its place, and the range proof for that one leaf. */
  directory: z.strictObject({
    index: position,
    proof: z.string().max(8_192),
  }),
  /** Text of the seal's entry. */
  seal: entryText,
});
export type SealedAnchors = z.infer<typeof sealedAnchorsSchema>;

/**
 * Checks that the anchors lead to the seal: each links to the one before, and the last one, with all before it, is what the
 * directory has for the tenant. Whether the seal itself is in a log that somebody vouches for is another question.
 *
 * @throws SealtrailError `proof_invalid` when it does not hold; `proof_malformed`, `anchor_malformed`, `seal_malformed`
 */
export function verifySealedAnchors(
  tenant: string,
  proof: SealedAnchors,
): { readonly anchors: readonly HashedAnchor[]; readonly seal: Seal } {
  // It has no line in a directory: its own entries are what outsiders follow.
  if (tenant === SEALS_TENANT) throw new SealtrailError('proof_invalid', `${tenant} is under no seal`);
  const anchors = expandAnchors(tenant, proof.start, proof.anchors);
  const seal = readSeal(proof.seal);
  const newest = anchors.at(-1);
  if (newest === undefined) throw new SealtrailError('proof_invalid', 'the proof has no anchor');
  const line = {
    key: tenantKey(tenant),
    anchors: newest.anchor.number + 1,
    entries: newest.anchor.to + 1,
    last: newest.hash,
  };
  const { index, proof: path } = proof.directory;
  const leaf: Hash = directoryLeaf(line);
  if (!verifyRange(index, [leaf], seal.directory_size, unpackHashes(path), seal.directory_root)) {
    throw new SealtrailError(
      'proof_invalid',
      `the directory of seal ${seal.number} does not name this anchor`,
    );
  }
  return { anchors, seal };
}
