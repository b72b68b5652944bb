import {
  CompactRange,
  consistencyProof,
  inclusionProof,
  leafHash,
  merkleRoot,
  verifyConsistency,
  verifyInclusion,
} from '@sealtrail/format';
import { segmentRoot } from '@sealtrail/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { vectors } from './load.ts';

interface Probe {
  kind: 'inclusion' | 'consistency';
  desc: string;
  index: number;
  size: number;
  leaf: string;
  root: string;
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[];
  wantErr: boolean;
}
const merkle = vectors<{
  leaves: string[];
  roots: string[];
  inclusion: { index: number; size: number; proof: string[] }[];
  consistency: { size1: number; size2: number; proof: string[] }[];
  probes: Probe[];
}>('merkle.json');

describe('Merkle trees', () => {
  it('have the roots of RFC 6962, built at once, one leaf at a time, and by merkletreejs', () => {
    const range = new CompactRange();
    expect(range.root()).toBe(merkle.roots[0]);
    for (const [i, leaf] of merkle.leaves.entries()) {
      range.append(leaf);
      const leaves = merkle.leaves.slice(0, i + 1);
      expect(range.root()).toBe(merkle.roots[i + 1]);
      expect(merkleRoot(leaves)).toBe(merkle.roots[i + 1]);
      expect(segmentRoot(leaves)).toBe(merkle.roots[i + 1]);
    }
  });

  it('have the proofs of RFC 6962', () => {
    for (const { index, size, proof } of merkle.inclusion) {
      expect(inclusionProof(merkle.leaves.slice(0, size), index)).toEqual(proof);
    }
    for (const { size1, size2, proof } of merkle.consistency) {
      expect(consistencyProof(merkle.leaves.slice(0, size2), size1)).toEqual(proof);
    }
  });

  it('are probed as an attacker would', () => {
    const wrong = merkle.probes.filter((probe) => {
      const accepted =
        probe.kind === 'inclusion'
          ? verifyInclusion(probe.index, probe.size, probe.leaf, probe.proof, probe.root)
          : verifyConsistency(probe.size1, probe.size2, probe.root1, probe.root2, probe.proof);
      return accepted === probe.wantErr;
    });
    expect(merkle.probes.length).toBeGreaterThan(500);
    expect(wrong.map(({ kind, desc }) => `${kind}: ${desc}`)).toEqual([]);
  });

  it('give proofs that verify, and only for their own leaf, place and size', () => {
    const trees = fc.integer({ min: 1, max: 70 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        index: fc.nat(size - 1),
        old: fc.integer({ min: 1, max: size }),
      }),
    );
    fc.assert(
      fc.property(trees, ({ size, index, old }) => {
        const leaves = Array.from({ length: size }, (_, i) => leafHash(`leaf ${i}`));
        const root = merkleRoot(leaves);
        const leaf = leaves[index] as string;
        const proof = inclusionProof(leaves, index);
        expect(verifyInclusion(index, size, leaf, proof, root)).toBe(true);
        expect(verifyInclusion((index + 1) % size, size, leaf, proof, root)).toBe(size === 1);
        expect(verifyInclusion(index, size, leafHash('other'), proof, root)).toBe(false);
        const consistency = consistencyProof(leaves, old);
        const oldRoot = merkleRoot(leaves.slice(0, old));
        expect(verifyConsistency(old, size, oldRoot, root, consistency)).toBe(true);
        expect(verifyConsistency(old, size, leafHash('other'), root, consistency)).toBe(false);
        expect(segmentRoot(leaves)).toBe(root);
      }),
      { numRuns: 200 },
    );
  });
});
