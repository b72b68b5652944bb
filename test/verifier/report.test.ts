import { verifyAll, verifyTenant } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { buildLog, type StoredLog } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';
import { editEntry, relink, removeEntries, rowAt } from '../support/tamper.ts';
import { verify } from '../support/verdict.ts';

function withWrongIds(count: number): StoredLog {
  const log = buildLog({ entries: count });
  for (const row of log.entries) row['id'] = 'other';
  return log;
}

describe('findings', () => {
  it('are listed up to a bound, and counted exactly', async () => {
    const log = withWrongIds(300);
    const report = await verify(log);
    expect(report).toMatchObject({ findingCount: 300, findingCodes: { column_mismatch: 300 }, walked: 300 });
    expect(report.findings).toHaveLength(100);
    for (const maxFindings of [0, 1, 299, 1_000]) {
      const bounded = await verify(log, { maxFindings });
      expect(bounded.findings).toHaveLength(Math.min(maxFindings, 300));
      expect(bounded).toMatchObject({ status: 'broken', position: 0, findingCount: 300 });
    }
  });

  it('stand in the order in which they were met; the sentence is about the first position', async () => {
    const log = buildLog({ entries: 8, segments: [8] });
    editEntry(log, 1, (entry) => void (entry['targets'] = []));
    relink(log, 2);
    // The head is met after it, the root of the segment last, and it is named by what was found inside.
    const report = await verify(log, { maxFindings: 1 });
    expect(report.findings.map(({ code, position }) => [code, position])).toEqual([['head_mismatch', 7]]);
    expect(report.summary).toBe('chain broken at position 7: entry 7 is not the one that the head names');

    const other = buildLog();
    rowAt(other, 5)['id'] = 'other';
    other.anchors = [];
    const both = await verify(other, { maxFindings: 1 });
    expect(both.findings.map(({ code }) => code)).toEqual(['column_mismatch']);
    expect(both.summary).toBe('chain broken at position 0: anchor 1 was made, but is gone');
  });

  it('do not make a broken entry count as one that was not walked, nor the other way round', async () => {
    const log = buildLog();
    removeEntries(log, 3);
    rowAt(log, 5)['entry'] = 5;
    const report = await verify(log);
    // Eight texts were there to be hashed.
    expect(report).toMatchObject({ status: 'broken', walked: 8, range: { from: 0, to: 9 } });
    expect(report.anchors.checked).toBeLessThanOrEqual(2);
    expect(report.anchors.through).toBeNull();
  });

  it('of an unknown version alone are no verdict', async () => {
    const log = buildLog({ entries: 3 });
    editEntry(log, 2, (entry) => void (entry['v'] = 2));
    log.head['hash'] = rowAt(log, 2)['hash'];
    const report = await verify(log);
    expect(report).toMatchObject({ status: 'unverifiable', findingCodes: { entry_version: 1 }, walked: 3 });
    expect(report.notChecked.map(({ code }) => code)).toContain('unknown_version');
    expect(report.summary).toMatch(/^not verifiable: .*version 2/);
    rowAt(log, 1)['id'] = 'other';
    expect(await verify(log)).toMatchObject({ status: 'broken', position: 1 });
  });
});

describe('progress', () => {
  it('is told now and then, and at the end', async () => {
    const log = buildLog({ entries: 12_001 });
    const steps: { walked: number; total: number | null }[] = [];
    await verify(log, { onProgress: ({ walked, total }) => steps.push({ walked, total }) }, 500);
    expect(steps.map(({ walked }) => walked)).toEqual([5_000, 10_000, 12_001]);
    expect(new Set(steps.map(({ total }) => total))).toEqual(new Set([12_001]));
  });

  it('knows no total without a head', async () => {
    const log = buildLog({ entries: 3 });
    log.head = {};
    const totals: unknown[] = [];
    await verify(log, { onProgress: ({ total }) => totals.push(total) });
    expect(totals).toEqual([null]);
  });

  it('counts the range, not the log', async () => {
    const totals: unknown[] = [];
    await verify(buildLog(), { from: 2, to: 6, onProgress: ({ total }) => totals.push(total) });
    expect(totals).toEqual([5]);
  });
});

describe('a walk that is given up', () => {
  it('ends with the reason, and reads no further', async () => {
    const log = buildLog({ entries: 200 });
    const source = new MemorySource(tablesOf(log), { batchRows: 10 });
    const controller = new AbortController();
    let read = 0;
    const reader = await source.log('acme');
    const walk = reader.walk.bind(reader);
    reader.walk = async function* (range) {
      for await (const batch of walk(range)) {
        read += batch.entries.length;
        if (read === 50) controller.abort(new Error('enough'));
        yield batch;
      }
    };
    source.log = async () => reader;
    await expect(verifyTenant(source, 'acme', { signal: controller.signal })).rejects.toThrow('enough');
    // One batch may be on its way already.
    expect(read).toBeLessThanOrEqual(60);
  });

  it('also before it began', async () => {
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(verify(buildLog(), { signal })).rejects.toThrow('never mind');
    await expect(verifyAll(new MemorySource(tablesOf(buildLog())), { signal })).rejects.toThrow('never mind');
    await expect(verify(buildLog(), { signal, segments: [0] })).rejects.toThrow('never mind');
  });

  it('fails as its source does', async () => {
    const source = new MemorySource(tablesOf(buildLog()));
    const reader = await source.log('acme');
    reader.walk = async function* () {
      yield { anchors: [], entries: [] };
      throw new Error('the disk is gone');
    };
    source.log = async () => reader;
    await expect(verifyTenant(source, 'acme')).rejects.toThrow('the disk is gone');
  });
});
