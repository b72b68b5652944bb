import { SealtrailError } from '../errors.ts';
import { type Hash, isHash, nodeHash } from '../hash.ts';
import { merkleRoot } from './compact-range.ts';

// A run of neighbouring leaves is proved by the roots of the perfect subtrees to its left and to its right (SPEC 5.1): their
// sizes follow from the run's place and the tree's size, so that a proof has one form only.

/**
 * The proof that the leaves `from` to `from + count - 1` stand there in a tree.
 *
 * @param leaves all leaf hashes of the tree
 * @throws SealtrailError `proof_malformed` when the run is empty or not in the tree
 */
export function rangeProof(leaves: readonly Hash[], from: number, count: number): Hash[] {
  if (!isRun(from, count, leaves.length)) {
    throw new SealtrailError(
      'proof_malformed',
      `there are no ${count} leaves from ${from} in a tree of ${leaves.length}`,
    );
  }
  return [...subtreesBefore(from), ...subtreesAfter(from + count, leaves.length)].map(({ at, size }) =>
    merkleRoot(leaves.slice(at, at + size)),
  );
}

/**
 * Checks the proof for a run of leaves. Place, size and root come from what the caller trusts; leaves and proof are
 * attacker-controlled. The proof must be consumed exactly.
 */
export function verifyRange(
  from: number,
  leaves: readonly Hash[],
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (!isRun(from, leaves.length, size) || !leaves.every(isHash) || !proof.every(isHash)) return false;
  const before = subtreesBefore(from);
  const after = subtreesAfter(from + leaves.length, size);
  if (proof.length !== before.length + after.length) return false;
  // Perfect subtrees from left to right; equal neighbours merge as a binary counter carries.
  const parts: { hash: Hash; size: number }[] = [];
  const add = (hash: Hash, width: number): void => {
    let node = { hash, size: width };
    for (let last = parts.at(-1); last !== undefined && last.size === node.size; last = parts.at(-1)) {
      parts.pop();
      node = { hash: nodeHash(last.hash, node.hash), size: node.size * 2 };
    }
    parts.push(node);
  };
  for (const [i, subtree] of before.entries()) add(proof[i] as Hash, subtree.size);
  for (const leaf of leaves) add(leaf, 1);
  for (const [i, subtree] of after.entries()) add(proof[before.length + i] as Hash, subtree.size);
  let node: Hash | undefined;
  for (const part of parts.reverse()) node = node === undefined ? part.hash : nodeHash(part.hash, node);
  return node === root;
}

interface Subtree {
  readonly at: number;
  readonly size: number;
}

/** The perfect subtrees that cover the leaves before `end`, largest first: one for each bit of it. */
function subtreesBefore(end: number): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = 0; at < end; ) {
    let size = 1;
    while (size * 2 <= end - at) size *= 2;
    subtrees.push({ at, size });
    at += size;
  }
  return subtrees;
}

/** The perfect subtrees that cover the leaves from `from` to the end, each as large as its place allows. */
function subtreesAfter(from: number, size: number): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = from; at < size; ) {
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= size) width *= 2;
    subtrees.push({ at, size: width });
    at += width;
  }
  return subtrees;
}

function isRun(from: number, count: number, size: number): boolean {
  return (
    [from, count, size].every((n) => Number.isSafeInteger(n) && n >= 0) && count > 0 && from + count <= size
  );
}
