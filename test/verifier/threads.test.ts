import { openSource, verifyAll, verifyTenant } from '@sealtrail/verifier';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleFile, bundleLines, verifyBundle } from '../support/bundle-file.ts';
import { reportsInParts } from '../support/in-parts.ts';
import { buildLog, type LogShape, type StoredLog, timeAt } from '../support/memory-log.ts';

const SEGMENTS = [4, 4, 4, 4, 4];
const SHAPE: LogShape = { entries: 24, segments: SEGMENTS };
/** Another history of the same tenant, with as many entries and anchors. */
const OTHER: LogShape = { ...SHAPE, data: (seq) => ({ other: seq }) };

/** The first positions of one log with the rest of another: each of them keeps every rule. */
function spliced(first: StoredLog, second: StoredLog, at: number): StoredLog {
  const before = (column: string) => (row: Record<string, unknown>) => Number(row[column]) < at;
  const after = (column: string) => (row: Record<string, unknown>) => Number(row[column]) >= at;
  return {
    registry: first.registry,
    head: second.head,
    entries: [...first.entries.filter(before('seq')), ...second.entries.filter(after('seq'))],
    anchors: [...first.anchors.filter(before('from_seq')), ...second.anchors.filter(after('from_seq'))],
  };
}

describe('a log that is walked in parts', () => {
  it.each([
    ['whole', {}],
    ['without its values', { openings: 'withheld' }],
    ['from the middle', { from: 8 }],
  ] as const)('%s has the same report', async (_, shape) => {
    const lines = bundleLines([buildLog(SHAPE), buildLog({ ...SHAPE, tenant: 'beta' })], shape);
    const { report, logs } = await verifyBundle(lines);
    expect(report.status).toBe('valid');
    for (const entries of [1, 4, 5]) {
      const inParts = await reportsInParts(bundleFile(lines), entries);
      expect([...inParts.reports.values()]).toEqual(logs);
      expect(inParts.report).toEqual(report);
      expect([...inParts.joined]).toEqual(['acme', 'beta']);
    }
  });

  it('from the middle is broken as well without its first anchors', async () => {
    const lines = bundleLines([buildLog(SHAPE)], { from: 8 });
    for (const left of [2, 1]) {
      lines.splice(
        lines.findIndex((line) => line.startsWith('{"anchor":')),
        1,
      );
      const counted = lines.with(-1, (lines.at(-1) as string).replace('"anchors":3', `"anchors":${left}`));
      // Compared with parts of four entries.
      const { report, logs } = await verifyBundle(counted);
      expect([report.status, logs[0]?.findings.map(({ code }) => code)]).toEqual(['broken', ['anchor_gap']]);
      for (const entries of [1, 5]) {
        expect((await reportsInParts(bundleFile(counted), entries)).report).toEqual(report);
      }
    }
  });

  it('has the same report when its file was cut between two lines', async () => {
    const lines = bundleLines([buildLog(SHAPE), buildLog({ ...SHAPE, tenant: 'beta' })]);
    for (let kept = 2; kept < lines.length; kept++) {
      // Compared with parts of four entries.
      const { report } = await verifyBundle(lines.slice(0, kept));
      expect(report.status).toBe('broken');
    }
  });

  it('has the same report when its last line was cut or is no text', async () => {
    const bytes = Buffer.from(
      bundleLines([buildLog(SHAPE)])
        .map((line) => `${line}\n`)
        .join(''),
    );
    for (let cut = 1; cut < 50; cut += 8) {
      const noText = Buffer.from(bytes);
      noText[bytes.length - cut - 1] = 0xff;
      for (const content of [bytes.subarray(0, -cut), noText]) {
        const { report } = await verifyBundle(content);
        expect(report.status).toBe('broken');
      }
    }
  });

  it('has the same report, or is refused as well, when bytes of its file were changed', async () => {
    const lines = bundleLines([buildLog(SHAPE), buildLog({ ...SHAPE, tenant: 'beta' })]).map(
      (line) => `${line}\n`,
    );
    const good = Buffer.from(lines.join(''));
    const starts = lines.map((_, i) => Buffer.byteLength(lines.slice(0, i).join('')));
    const change = fc.record({
      // Above all where lines begin and end.
      at: fc.oneof(
        fc.nat(good.length),
        fc
          .tuple(fc.constantFrom(...starts), fc.integer({ min: -40, max: 40 }))
          .map(([start, by]) => start + by),
      ),
      remove: fc.oneof(fc.constantFrom(0, 1, good.length), fc.nat(3_000)),
      insert: fc.constantFrom('', '', '\n', '"', '}', '\xff', '{"end":{', '\n{"tenant":{"', '\n{"anchor":{"'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
        const changed = changes.reduce((bytes, { at, remove, insert }) => {
          const from = Math.max(0, at);
          return Buffer.concat([
            bytes.subarray(0, from),
            Buffer.from(insert, 'latin1'),
            bytes.subarray(from + remove),
          ]);
        }, good);
        const outcome = await verifyBundle(changed).catch((error: Error) => error.name);
        expect(outcome).not.toBe('AssertionError');
      }),
      { numRuns: 300 },
    );
  });

  // What an attacker would hope for: nothing is wrong with any part. Where anchors do not fit, the one before is at fault.
  it.each([
    ['that belong to two histories', spliced(buildLog(SHAPE), buildLog(OTHER), 8), 4],
    [
      'of which the second is older',
      spliced(buildLog(SHAPE), buildLog({ ...SHAPE, time: (seq) => timeAt(seq - 1_000) }), 8),
      4,
    ],
    ['of which one is missing', without(buildLog(SHAPE), 8, 11), 8],
    ['of which the first is missing', without(buildLog(SHAPE), 0, 3), 0],
  ])('is broken when it is made of parts %s', async (_, log, position) => {
    const { logs } = await verifyBundle(bundleLines([log]));
    expect(logs[0]).toMatchObject({ status: 'broken', position });
  });

  it('is broken when two parts change places', async () => {
    const lines = bundleLines([buildLog(SHAPE)]);
    // Header and tenant, then an anchor and four entries for each segment.
    const second = lines.splice(2 + 5, 5);
    lines.splice(2 + 10, 0, ...second);
    const { logs } = await verifyBundle(lines);
    expect(logs[0]).toMatchObject({ status: 'broken', position: 4 });
  });
});

describe('threads', () => {
  const long = bundleLines([buildLog({ entries: 6_100, segments: Array(60).fill(100), sealed: () => ({}) })]);

  it('give the same report, and progress up to the last entry', async () => {
    const source = await openSource(bundleFile(long));
    const alone = await verifyTenant(source, 'acme');
    const steps: number[] = [];
    const report = await verifyTenant(source, 'acme', {
      threads: 2,
      partEntries: 2_000,
      onProgress: ({ walked }) => void steps.push(walked),
    });
    await source.close();
    expect(report).toEqual(alone);
    expect(report).toMatchObject({ status: 'valid', walked: 6_100 });
    expect(steps).toEqual([2_000, 4_000, 6_100]);
  });

  it('name the position of a change', async () => {
    const lines = [...long];
    const at = lines.findIndex((line) => line.includes('"seq":5012,'));
    lines[at] = (lines[at] as string).replace(/"type":"[a-z]+\./, '"type":"forged.');
    const source = await openSource(bundleFile(lines));
    const [alone, report] = [
      await verifyAll(source),
      await verifyAll(source, { threads: 2, partEntries: 2_000 }),
    ];
    await source.close();
    expect(report).toEqual(alone);
    expect(report.summary).toContain('chain broken at position 5,012');
  });

  it('stop when they are told to', async () => {
    const source = await openSource(bundleFile(long));
    const why = new Error('enough');
    const stop = new AbortController();
    const verified = verifyAll(source, {
      threads: 2,
      partEntries: 2_000,
      signal: stop.signal,
      onProgress: () => stop.abort(why),
    });
    await expect(verified).rejects.toBe(why);
    await source.close();
  });

  it.each([{ threads: 0 }, { threads: 1.5 }, { threads: 1_025 }, { threads: 2, partEntries: 0 }])(
    'cannot be %o',
    async (options) => {
      const source = await openSource(bundleFile(long.slice(0, 1)));
      await expect(verifyAll(source, options)).rejects.toMatchObject({ code: 'config_invalid' });
      await source.close();
    },
  );
});

function without(log: StoredLog, from: number, to: number): StoredLog {
  const kept = (column: string) => (row: Record<string, unknown>) =>
    Number(row[column]) < from || Number(row[column]) > to;
  return { ...log, entries: log.entries.filter(kept('seq')), anchors: log.anchors.filter(kept('from_seq')) };
}
