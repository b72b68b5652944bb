import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isSealtrailError, type Target } from '@sealtrail/format';
import { policyOfKey, readVkey } from '@sealtrail/tlog';
import { type ProofReport, type ProofTrust, readEvidence, verifyEvidence } from '@sealtrail/verifier';
import { describe, expect, it, onTestFinished } from 'vitest';
import { vectorPath, vectors } from './load.ts';

const given = vectors<{
  vkey: string;
  valid: {
    file: string;
    desc: string;
    tenant: string;
    record: Target | null;
    positions: number[];
    opened: number;
    checkpoint: boolean;
  }[];
  invalid: { file: string; desc: string; wantRule: string }[];
}>('evidence.json');
const policy = policyOfKey(readVkey(given.vkey));

async function verify(path: string, trust: ProofTrust): Promise<ProofReport> {
  return verifyEvidence(await readEvidence(path), trust);
}

function packed(file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealtrail-vectors-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'evidence.gz');
  writeFileSync(path, gzipSync(readFileSync(vectorPath(file))));
  return path;
}

describe('evidence made by the independent implementation', () => {
  it.each(given.valid)('holds, packed and not: $desc', async (one) => {
    const { file, tenant, record, positions, opened, checkpoint } = one;
    for (const path of [vectorPath(file), packed(file)]) {
      const report = await verify(path, { policy: checkpoint ? policy : undefined });
      expect(report).toMatchObject({ status: 'valid', tenant, record, disclosed: opened });
      expect(report.entries.map(({ seq }) => seq)).toEqual(positions);
      expect(report.checkpoint !== null).toBe(checkpoint);
    }
  });

  it.each(given.invalid)('is refused: $desc (SPEC $wantRule)', async ({ file }) => {
    const trust = file.includes('checkpoint') ? { policy } : {};
    const outcome = await verify(vectorPath(file), trust).then(
      ({ status }) => status,
      (error: unknown) => {
        if (isSealtrailError(error)) return error.code;
        throw error;
      },
    );
    expect(outcome).toMatch(/^(broken|proof_malformed|bundle_malformed|bundle_truncated)$/);
  });
});
