import type { Anchor } from '../anchor.ts';
import type { Hash } from '../hash.ts';
import { inclusionProof } from '../merkle/proofs.ts';
import { rangeProof } from '../merkle/range-proof.ts';
import type { RecordLeaf } from '../records.ts';
import { type DirectoryLine, directoryLeaf } from '../seal/directory.ts';
import { packHashes } from './base64.ts';
import { type AnchorStart, compact } from './compact-anchor.ts';
import type { SegmentProof } from './history-proof.ts';
import type { SealedAnchors } from './sealed-anchors.ts';

/**
 * What a segment's records tree says of a record.
 *
 * @param leaves all leaves of the segment's records tree, in order
 * @param key the record's key
 */
export function segmentProofOf(leaves: readonly RecordLeaf[], key: Hash): SegmentProof {
  const hashes = leaves.map(({ hash }) => hash);
  const place = leaves.findIndex((leaf) => leaf.key >= key);
  if (place !== -1 && leaves[place]?.key === key) {
    return { at: place, leaves: '', proof: packHashes(rangeProof(hashes, place, 1)) };
  }
  if (leaves.length === 0) return { at: 0, leaves: '', proof: '' };
  const after = place === -1 ? leaves.length : place;
  const at = Math.max(0, after - 1);
  const shown = leaves.slice(at, after + 1);
  return {
    at,
    leaves: packHashes(shown.flatMap((leaf) => [leaf.key, leaf.digest])),
    proof: packHashes(rangeProof(hashes, at, shown.length)),
  };
}

/**
 * A run of anchors with its place in a seal's directory.
 *
 * @param anchors from the first that is needed to the one that the directory names
 * @param lines the directory's lines in the order of their keys
 * @param index the tenant's line
 * @param seal text of the seal's entry
 */
export function sealedAnchorsOf(
  anchors: readonly Anchor[],
  lines: readonly DirectoryLine[],
  index: number,
  seal: string,
): SealedAnchors {
  const { number, from, prev } = anchors[0] as AnchorStart;
  const proof = packHashes(rangeProof(lines.map(directoryLeaf), index, 1));
  return { start: { number, from, prev }, anchors: anchors.map(compact), directory: { index, proof }, seal };
}

/** The inclusion proof of an entry in its segment. */
export function entryPathOf(entryHashes: readonly Hash[], index: number): string {
  return packHashes(inclusionProof(entryHashes, index));
}
