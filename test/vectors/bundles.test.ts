import { describe, expect, it } from 'vitest';
import { vectors } from './load.ts';
import { expectFound, verifyFile } from './verdicts.ts';

describe('bundles written by the independent implementation', () => {
  it('a whole log is valid, with exact counts', async () => {
    const { report, logs } = await verifyFile('log.bundle.jsonl');
    expect(report.status).toBe('valid');
    expect(logs[0]).toMatchObject({
      tenant: 'acme',
      walked: 8,
      range: { from: 0, to: 7 },
      anchors: { checked: 2, through: 6 },
      unanchored: { from: 7, to: 7, count: 1 },
      position: null,
      findingCount: 0,
    });
  });

  it('a log without its sealed values is valid, and says that they were not checked', async () => {
    const { report, logs } = await verifyFile('log.withheld.jsonl');
    expect(report.status).toBe('valid');
    expect(logs[0]?.openings.checked).toBe(0);
    expect(logs[0]?.notChecked.map(({ code }) => code)).toContain('openings_withheld');
  });

  const { cases } = vectors<{
    cases: { file: string; desc: string; wantCode: string; wantPosition: number | null }[];
  }>('tampered.json');

  it.each(cases)('$desc is found ($file)', async ({ file, wantCode, wantPosition }) => {
    expectFound(await verifyFile(file), wantCode, wantPosition);
  });
});
