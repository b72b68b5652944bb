import { FINDING_CODES } from '@sealtrail/format';
import { type TenantReport, verifyAll, verifyTenant } from '@sealtrail/verifier';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLog, type LogShape, setHead } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';
import { mutations } from '../support/mutations.ts';
import { isGood } from '../support/oracle.ts';
import { editEntry, rowAt } from '../support/tamper.ts';
import { verify } from '../support/verdict.ts';

const SHAPES: readonly LogShape[] = [
  { entries: 1 },
  { entries: 6 },
  { entries: 8, segments: [1, 1, 1, 1, 1, 1, 1, 1] },
  { entries: 9, segments: [3, 4] },
  { entries: 12, segments: [5, 1, 3], headSeq: 7, headAnchor: 0 },
  { entries: 5, segments: [5], targets: () => [] },
];

async function verifyEvery(tables: ReturnType<typeof tablesOf>) {
  const logs: TenantReport[] = [];
  const source = new MemorySource(tables, { batchRows: 4 });
  const report = await verifyAll(source, { maxFindings: 1_000, onTenant: (log) => void logs.push(log) });
  return { report, logs };
}

describe('stored rows changed at random', () => {
  it('are called valid if and only if every rule still holds, and never make the verifier fail', async () => {
    let good = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SHAPES), mutations, async (shape, changes) => {
        const log = buildLog(shape);
        for (const change of changes) change(log);
        const tables = tablesOf(log);
        const { report, logs } = await verifyEvery(tables);
        const want = isGood(tables);
        if (want) good++;
        expect(report.status === 'valid').toBe(want);
        for (const one of logs) {
          const positions = one.findings.flatMap(({ position }) => (position === null ? [] : [position]));
          expect(one.position).toBe(positions.length === 0 ? null : Math.min(...positions));
          expect(positions.every((position) => Number.isSafeInteger(position) && position >= 0)).toBe(true);
          expect(one.findings.every(({ code }) => FINDING_CODES.includes(code))).toBe(true);
          expect(one.findings).toHaveLength(one.findingCount);
        }
      }),
      { numRuns: 4_000 },
    );
    // A property that only ever sees broken logs would say nothing of the good ones.
    expect(good).toBeGreaterThan(20);
  });

  it('are read in any range and any segments without a failure but of the options', async () => {
    const options = fc.oneof(
      fc.record({ from: fc.nat(12) }),
      fc.record({ to: fc.nat(12) }),
      fc.record({ trusted: fc.record({ seq: fc.nat(12), hash: fc.constant('ab'.repeat(32)) }) }),
      fc.record({ segments: fc.uniqueArray(fc.nat(3), { maxLength: 3 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...SHAPES), mutations, options, async (shape, changes, chosen) => {
        const log = buildLog(shape);
        for (const change of changes) change(log);
        const tables = tablesOf(log);
        const report = await verifyTenant(new MemorySource(tables), 'acme', chosen).catch(
          (error: unknown) => {
            expect(error).toMatchObject({ name: 'SealtrailError', code: 'config_invalid' });
          },
        );
        // What a part of the log is broken by breaks the whole.
        if (report?.status === 'broken' && !('trusted' in chosen)) expect(isGood(tables)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('one entry changed at random', () => {
  const victim = fc.record({
    entries: fc.integer({ min: 2, max: 20 }),
    sizes: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 8 }),
    headBack: fc.nat(20),
    at: fc.nat(),
  });
  const arranged = victim.map(({ entries, sizes, headBack, at }) => {
    const segments: number[] = [];
    for (const size of sizes) {
      if (segments.reduce((sum, one) => sum + one, size) <= entries) segments.push(size);
    }
    return { shape: { entries, segments }, headSeq: Math.max(0, entries - 1 - headBack), seq: at % entries };
  });

  it('is the one that is named, when its row alone tells', async () => {
    const changes = fc.constantFrom('id', 'type', 'time', 'hash', 'entry', 'openings', 'extra');
    await fc.assert(
      fc.asyncProperty(arranged, changes, async ({ shape, headSeq, seq }, column) => {
        const log = buildLog(shape);
        setHead(log, headSeq);
        rowAt(log, seq)[column] = `${rowAt(log, seq)[column]} `;
        expect(await verify(log)).toMatchObject({ status: 'broken', position: seq });
      }),
      { numRuns: 300 },
    );
  });

  it('is the one that is named, when only others tell, as far as they can', async () => {
    await fc.assert(
      fc.asyncProperty(arranged, async ({ shape, headSeq, seq }) => {
        const log = buildLog(shape);
        setHead(log, headSeq);
        editEntry(log, seq, (entry) => {
          entry['data'] = { forged: true };
        });
        const last = shape.entries - 1;
        const segment = segmentOf(shape.segments, seq);
        // Who has a note of this entry: its successor, the head, its anchor. Who vouches for the successor: the one after it
        // or the head.
        const successorStands = seq + 2 <= last || (seq + 1 === last && headSeq === last);
        let want: number | null;
        if (seq === 0 || headSeq === seq || successorStands) want = seq;
        else if (segment === undefined) want = seq === last ? null : seq + 1;
        else want = seq + 1 <= segment.to ? seq + 1 : segment.from;
        expect(await verify(log)).toMatchObject({
          status: want === null ? 'valid' : 'broken',
          position: want,
        });
      }),
      { numRuns: 400 },
    );
  });
});

function segmentOf(segments: readonly number[], seq: number): { from: number; to: number } | undefined {
  let from = 0;
  for (const size of segments) {
    if (seq < from + size) return { from, to: from + size - 1 };
    from += size;
  }
  return undefined;
}
