import { rangeProof, verifyRange } from '@sealtrail/format';
import { describe, expect, it } from 'vitest';
import { vectors } from './load.ts';

const { leaves, proofs, probes } = vectors<{
  leaves: string[];
  proofs: { start: number; end: number; size: number; proof: string[] }[];
  probes: {
    desc: string;
    start: number;
    size: number;
    leaves: string[];
    proof: string[];
    root: string;
    wantErr: boolean;
  }[];
}>('ranges.json');

describe('range proofs', () => {
  it('are those of the independent implementation', () => {
    for (const { start, end, size, proof } of proofs) {
      expect(rangeProof(leaves.slice(0, size), start, end - start)).toEqual(proof);
    }
    expect(proofs.length).toBeGreaterThan(100);
  });

  it('are probed as an attacker would', () => {
    const wrong = probes.filter(
      (probe) =>
        verifyRange(probe.start, probe.leaves, probe.size, probe.proof, probe.root) === probe.wantErr,
    );
    expect(probes.length).toBeGreaterThan(300);
    expect(wrong.map(({ desc }) => desc)).toEqual([]);
  });
});
