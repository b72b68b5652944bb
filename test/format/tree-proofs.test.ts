import {
  consistencyProof,
  inclusionProof,
  nodeHash,
  verifyConsistency,
  verifyInclusion,
} from '@sealtrail/format';
import { describe, expect, it } from 'vitest';
import { leafHashes, treeRoot } from './tree.ts';

const leaves = leafHashes(4);
const above = leafHashes(5).at(-1) as string;

// A root with something above it would otherwise pass for the root of the smaller tree.
describe('a proof with a hash more than its tree has levels', () => {
  it('is none that a leaf is in the tree', () => {
    const proof = inclusionProof(leaves, 1);
    const root = treeRoot(leaves);
    expect(verifyInclusion(1, 4, leaves[1] as string, proof, root)).toBe(true);
    const longer = [...proof, above];
    expect(verifyInclusion(1, 4, leaves[1] as string, longer, nodeHash(above, root))).toBe(false);
    expect(verifyInclusion(1, 4, leaves[1] as string, longer, nodeHash(root, above))).toBe(false);
  });

  it('is none that a tree grew out of another', () => {
    const proof = consistencyProof(leaves, 3);
    const [three, four] = [treeRoot(leaves.slice(0, 3)), treeRoot(leaves)];
    expect(verifyConsistency(3, 4, three, four, proof)).toBe(true);
    const longer = [...proof, above];
    expect(verifyConsistency(3, 4, nodeHash(above, three), nodeHash(above, four), longer)).toBe(false);
  });
});

it('a proof about what is not in the tree cannot be made', () => {
  const refused = expect.objectContaining({ code: 'proof_malformed' });
  for (const index of [4, 5, -1, 0.5]) expect(() => inclusionProof(leaves, index)).toThrow(refused);
  for (const size of [5, 0, -1, 0.5]) expect(() => consistencyProof(leaves, size)).toThrow(refused);
});
