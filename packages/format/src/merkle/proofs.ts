import { SealtrailError } from '../errors.ts';
import { type Hash, isHash, nodeHash } from '../hash.ts';
import { merkleRoot } from './compact-range.ts';

/** A run of neighbouring leaves: from `from` up to, without it, `to`. */
export type Span = readonly [from: number, to: number];

/**
 * The subtrees whose roots are the inclusion proof for one leaf (RFC 9162, 2.1.3.1), in the order of the proof.
 *
 * @throws SealtrailError `proof_malformed` when the index is not in the tree
 */
export function inclusionSpans(index: number, size: number): Span[] {
  if (!isIndex(index) || !isIndex(size) || index >= size) {
    throw new SealtrailError('proof_malformed', `there is no leaf ${index} in a tree of ${size}`);
  }
  const path: Span[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      path.push([middle, to]);
      to = middle;
    } else {
      path.push([from, middle]);
      from = middle;
    }
  }
  return path.reverse();
}

/**
 * The subtrees whose roots are the consistency proof from `size` leaves to `total` (RFC 9162, 2.1.4.1), in its order.
 *
 * @throws SealtrailError `proof_malformed` when `size` is 0 or beyond the tree
 */
export function consistencySpans(size: number, total: number): Span[] {
  if (!isIndex(size) || !isIndex(total) || size < 1 || size > total) {
    throw new SealtrailError('proof_malformed', `no consistency proof from size ${size} to ${total}`);
  }
  const path: Span[] = [];
  let from = 0;
  let to = total;
  // The subtree that is whole in the old tree is known to the verifier only while it starts at leaf 0.
  while (size !== to) {
    const middle = from + splitPoint(to - from);
    if (size <= middle) {
      path.push([middle, to]);
      to = middle;
    } else {
      path.push([from, middle]);
      from = middle;
    }
  }
  if (from !== 0) path.push([from, to]);
  return path.reverse();
}

/** The inclusion proof for one leaf, from all leaf hashes of the tree; throws as {@link inclusionSpans}. */
export function inclusionProof(leaves: readonly Hash[], index: number): Hash[] {
  return inclusionSpans(index, leaves.length).map(([from, to]) => merkleRoot(leaves.slice(from, to)));
}

/** The consistency proof from the first `size` leaves to all; throws as {@link consistencySpans}. */
export function consistencyProof(leaves: readonly Hash[], size: number): Hash[] {
  return consistencySpans(size, leaves.length).map(([from, to]) => merkleRoot(leaves.slice(from, to)));
}

/**
 * Checks an inclusion proof (RFC 9162, 2.1.3.2). Index, size and root come from what the caller trusts; `proof` is
 * attacker-controlled. The proof must be consumed exactly.
 */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Hash,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size) return false;
  if (!isHash(leaf) || !proof.every(isHash)) return false;
  let node = leaf;
  let fn = index;
  let sn = size - 1;
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      node = nodeHash(sibling, node);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      node = nodeHash(node, sibling);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && node === root;
}

/**
 * Checks a consistency proof (RFC 9162, 2.1.4.2). Sizes and roots come from what the caller trusts; `proof` is
 * attacker-controlled.
 */
export function verifyConsistency(
  size1: number,
  size2: number,
  root1: Hash,
  root2: Hash,
  proof: readonly Hash[],
): boolean {
  if (!isIndex(size1) || !isIndex(size2) || size1 < 1 || size1 > size2) return false;
  if (!isHash(root1) || !isHash(root2) || !proof.every(isHash)) return false;
  if (size1 === size2) return proof.length === 0 && root1 === root2;
  let fn = size1 - 1;
  let sn = size2 - 1;
  while (fn % 2 === 1) {
    fn = half(fn);
    sn = half(sn);
  }
  // A size that is a power of two is one whole subtree: its root is the first node, and the proof does not repeat it.
  const path = fn === 0 ? [root1, ...proof] : proof;
  const first = path[0];
  if (first === undefined) return false;
  let old = first;
  let now = first;
  for (const node of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      old = nodeHash(node, old);
      now = nodeHash(node, now);
      while (fn % 2 === 0 && fn !== 0) {
        fn = half(fn);
        sn = half(sn);
      }
    } else {
      now = nodeHash(now, node);
    }
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && old === root1 && now === root2;
}

/** The largest power of two smaller than n, for n > 1. Arithmetic, not bits: sizes go beyond 2^31. */
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isIndex(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}
