import { type Hash, hashBytes, nodeHash } from '../hash.ts';

/** `root([])`, RFC 6962, 2.1. */
export const EMPTY_ROOT: Hash = hashBytes(new Uint8Array(0));

/**
 * A Merkle tree that only grows at the right, kept as the roots of its perfect subtrees: one hash for each bit set in the
 * size. Memory is logarithmic, whatever the number of leaves.
 */
export class CompactRange {
  #size = 0;
  // Roots of the perfect subtrees, largest (leftmost) first.
  readonly #subtrees: Hash[] = [];

  get size(): number {
    return this.#size;
  }

  /** Adds a leaf by its hash. */
  append(leaf: Hash): void {
    let node = leaf;
    for (let n = this.#size; n % 2 === 1; n = (n - 1) / 2) {
      node = nodeHash(this.#subtrees.pop() as Hash, node);
    }
    this.#subtrees.push(node);
    this.#size++;
  }

  /** Root of all leaves so far. */
  root(): Hash {
    let root: Hash | undefined;
    for (let i = this.#subtrees.length - 1; i >= 0; i--) {
      const left = this.#subtrees[i] as Hash;
      root = root === undefined ? left : nodeHash(left, root);
    }
    return root ?? EMPTY_ROOT;
  }
}

/** Root of a list of leaf hashes. */
export function merkleRoot(leaves: Iterable<Hash>): Hash {
  const range = new CompactRange();
  for (const leaf of leaves) range.append(leaf);
  return range.root();
}
