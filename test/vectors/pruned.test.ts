import type { TenantReport } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { vectors } from './load.ts';
import { expectFound, verifyFile } from './verdicts.ts';

const { valid, tampered } = vectors<{
  valid: { file: string; desc: string; entries: number; erased: number; first: number; pruned: boolean }[];
  tampered: { file: string; desc: string; wantCode: string; wantPosition: number | null }[];
}>('pruned.json');

describe('bundles that begin after a pruning, made by the independent implementation', () => {
  it.each(valid)('are valid: $desc', async ({ file, entries, erased, first, pruned }) => {
    const { report, logs } = await verifyFile(file);
    expect([report.status, report.findings]).toEqual(['valid', []]);
    const log = logs[0] as TenantReport;
    expect(log).toMatchObject({ walked: entries, findingCount: 0, openings: { erased } });
    expect(log.range?.from).toBe(first);
    const codes = log.notChecked.map(({ code }) => code);
    expect(codes.includes('pruned')).toBe(pruned);
    expect(codes.includes('positions_before') || codes.includes('pruned')).toBe(first > 0);
  });

  it.each(tampered)('$desc is found ($file)', async ({ file, wantCode, wantPosition }) => {
    expectFound(await verifyFile(file), wantCode, wantPosition);
  });
});
