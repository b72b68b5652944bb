import { merkleRoot, rangeProof, verifyRange } from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leafHashes, treeRoot } from './tree.ts';

const flip = (hash: string) => `${hash.startsWith('0') ? '1' : '0'}${hash.slice(1)}`;

describe('the proof for a run of neighbouring leaves', () => {
  it('is accepted for every run of every small tree, whose root is that of RFC 6962', () => {
    for (let n = 1; n <= 20; n++) {
      const leaves = leafHashes(n);
      const root = treeRoot(leaves);
      expect(merkleRoot(leaves)).toBe(root);
      for (let from = 0; from < n; from++) {
        for (let count = 1; from + count <= n; count++) {
          const run = leaves.slice(from, from + count);
          expect(verifyRange(from, run, n, rangeProof(leaves, from, count), root)).toBe(true);
        }
      }
    }
  });

  it('is refused at another place, for another size, with another leaf, and in any other form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), fc.nat(), fc.nat(), (n, a, b, at) => {
        const leaves = leafHashes(n);
        const root = treeRoot(leaves);
        const from = a % n;
        const count = 1 + (b % Math.min(3, n - from));
        const run = leaves.slice(from, from + count);
        const proof = rangeProof(leaves, from, count);
        expect(verifyRange(from, run, n, proof, root)).toBe(true);
        // At most one subtree of each size to the left, one growing and one shrinking to the right.
        expect(proof.length).toBeLessThanOrEqual(3 * Math.ceil(Math.log2(n + 1)));
        const no = [
          verifyRange(from + 1, run, n, proof, root),
          verifyRange(from, run, n, [...proof, root], root),
          verifyRange(from, run, n, proof, flip(root)),
          verifyRange(from, run.map(flip), n, proof, root),
          verifyRange(from, run.slice(1), n, proof, root),
          verifyRange(from, [...run, root], n, proof, root),
        ];
        if (proof.length > 0) {
          const i = at % proof.length;
          no.push(verifyRange(from, run, n, proof.with(i, flip(proof[i] as string)), root));
          no.push(verifyRange(from, run, n, proof.slice(1), root));
        }
        if (count > 1) no.push(verifyRange(from, [...run].reverse(), n, proof, root));
        expect(no).toEqual(no.map(() => false));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['an empty run', 0, 0],
    ['a run beyond the end', 3, 2],
    ['a negative place', -1, 1],
    ['a place that is no integer', 0.5, 1],
  ])('is not made for %s', (_, from, count) => {
    expect(() => rangeProof(leafHashes(4), from, count)).toThrow(
      expect.objectContaining({ code: 'proof_malformed' }),
    );
    expect(verifyRange(from, leafHashes(4).slice(0, count), 4, [], treeRoot(leafHashes(4)))).toBe(false);
  });
});
