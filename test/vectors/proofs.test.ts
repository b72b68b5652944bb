import { isSealtrailError, type Target } from '@sealtrail/format';
import { policyOfKey, readVkey } from '@sealtrail/tlog';
import { type ProofTrust, verifyProof } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { vectors } from './load.ts';

interface Bad {
  name: string;
  text: string;
  wantRule: string;
}

const given = vectors<{
  vkey: string;
  valid: {
    name: string;
    text: string;
    tenant: string;
    record: Target | null;
    positions: number[];
    through: number;
    seal: { number: number; hash: string };
    checkpoint: boolean;
  }[];
  invalid: Bad[];
  unvouched: Bad[];
}>('proofs.json');
const policy = policyOfKey(readVkey(given.vkey));

/** The verdict on a text, or the code of its refusal. */
function verdict(text: string, trust?: ProofTrust): string {
  try {
    return verifyProof(text, trust).status;
  } catch (error) {
    if (isSealtrailError(error)) return error.code;
    throw error;
  }
}

describe('proofs made by the independent implementation', () => {
  it.each(given.valid)('hold: $name', (one) => {
    const { text, tenant, record, positions, through, seal, checkpoint } = one;
    const report = verifyProof(text, { seal, policy: checkpoint ? policy : undefined });
    expect(report).toMatchObject({ status: 'valid', tenant, record, seal });
    expect(report.entries.map(({ seq }) => seq)).toEqual(positions);
    if (record !== null) expect(report.covered).toBe(through + 1);
    expect(report.checkpoint !== null).toBe(checkpoint);
  });

  it.each(given.invalid)('are refused: $name (SPEC $wantRule)', ({ text }) => {
    expect(verdict(text)).toMatch(/^(broken|proof_malformed)$/);
  });

  it.each(given.unvouched)(
    'are refused by whoever knows the log’s key: $name (SPEC $wantRule)',
    ({ text }) => {
      expect(verdict(text, { policy })).toMatch(/^(broken|proof_malformed)$/);
    },
  );

  it('are many', () => {
    expect([given.valid.length > 20, given.invalid.length > 150, given.unvouched.length > 20]).toEqual([
      true,
      true,
      true,
    ]);
  });
});
