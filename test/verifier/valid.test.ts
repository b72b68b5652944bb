import type { JsonValue } from '@sealtrail/format';
import { verifyAll } from '@sealtrail/verifier';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLog, type LogShape } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';
import { verify } from '../support/verdict.ts';

describe('an untouched log', () => {
  it('is valid, with exact counts and what was not checked', async () => {
    const report = await verify(buildLog());
    expect(report).toEqual({
      tenant: 'acme',
      status: 'valid',
      walked: 10,
      range: { from: 0, to: 9 },
      position: null,
      summary: 'chain valid: 10 entries walked, positions 0 to 9, anchored up to 6',
      findings: [],
      findingCount: 0,
      findingCodes: {},
      last: { seq: 9, hash: buildLog().entries[9]?.['hash'], time: '2026-03-02T08:00:09.000Z' },
      anchors: { checked: 2, through: 6 },
      unanchored: { from: 7, to: 9, count: 3 },
      openings: { checked: 9, erased: 0, unfinished: 0 },
      pruned: null,
      notChecked: [{ code: 'outside_witness', message: expect.any(String) }],
    });
  });

  it('without anchors does not claim any', async () => {
    const report = await verify(buildLog({ entries: 5 }));
    expect(report).toMatchObject({
      status: 'valid',
      summary: 'chain valid: 5 entries walked, positions 0 to 4, not anchored yet',
      anchors: { checked: 0, through: null },
      unanchored: { from: 0, to: 4, count: 5 },
    });
  });

  it('anchored to its end has no tail', async () => {
    const report = await verify(buildLog({ entries: 6, segments: [6] }));
    expect(report).toMatchObject({ status: 'valid', anchors: { checked: 1, through: 5 }, unanchored: null });
  });

  it('may be a genesis alone', async () => {
    const report = await verify(buildLog({ entries: 1 }));
    expect(report).toMatchObject({ status: 'valid', walked: 1, range: { from: 0, to: 0 } });
  });

  it('is summed up over all tenants', async () => {
    const logs = ['acme', 'beta', 'zeta'].map((tenant, i) => buildLog({ tenant, entries: i + 1 }));
    const report = await verifyAll(new MemorySource(tablesOf(...logs)));
    expect(report).toEqual({
      format: 'sealtrail-report/1',
      status: 'valid',
      tenants: 3,
      valid: 3,
      broken: 0,
      unverifiable: 0,
      walked: 6,
      summary: 'all valid: 3 logs, 6 entries walked',
      seal: null,
      checkpoint: null,
      findings: [],
      // This source has no directories of seals.
      notChecked: [{ code: 'other_logs', message: expect.stringContaining('all logs that were sealed') }],
    });
  });
});

/** Logs of all sorts: any number of entries, anchors over any part of them, a head that may lag. */
const shapes: fc.Arbitrary<LogShape> = fc
  .record({
    tenant: fc.stringMatching(/^[A-Za-z0-9._:~-]{1,128}$/),
    entries: fc.integer({ min: 1, max: 40 }),
    sizes: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 45 }),
    oneEach: fc.boolean(),
    headBack: fc.nat(40),
    anchorBack: fc.nat(5),
    step: fc.constantFrom(0, 1, 61_001),
    data: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>, {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    sealed: fc.dictionary(
      fc.constantFrom('args', 'rationale', 'diff.before', 'a.b.c.d'),
      fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>,
      { maxKeys: 3, noNullPrototype: true },
    ),
    targets: fc.uniqueArray(
      fc.record({ type: fc.constantFrom('deal', 'a1_b'), id: fc.constantFrom('1', 'x y', '"q"', 'é', '\\') }),
      { maxLength: 5, selector: ({ type, id }) => `${type} ${id}` },
    ),
  })
  .map(({ tenant, entries, sizes, oneEach, headBack, anchorBack, step, data, sealed, targets }) => {
    const segments: number[] = [];
    let covered = 0;
    for (const size of sizes) {
      if (covered + (oneEach ? 1 : size) > entries) break;
      segments.push(oneEach ? 1 : size);
      covered += oneEach ? 1 : size;
    }
    const newest = segments.length - 1 - anchorBack;
    return {
      tenant,
      entries,
      segments,
      headSeq: Math.max(0, entries - 1 - headBack),
      ...(newest >= 0 ? { headAnchor: newest } : {}),
      time: (seq) => new Date(Date.UTC(2026, 0, 1) + Math.floor(seq / 2) * step).toISOString(),
      data: (seq) => (seq % 2 === 0 ? data : {}),
      sealed: (seq) => (seq % 3 === 0 ? sealed : {}),
      targets: (seq) => targets.slice(seq % 3),
    };
  });

describe('a log of any shape', () => {
  it('is valid when nobody touched it', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.integer({ min: 1, max: 50 }), async (shape, batchRows) => {
        const log = buildLog(shape);
        const report = await verify(log, {}, batchRows, shape.tenant as string);
        const entries = shape.entries as number;
        const covered = (shape.segments ?? []).reduce((sum, size) => sum + size, 0);
        expect(report).toMatchObject({
          status: 'valid',
          findings: [],
          walked: entries,
          range: { from: 0, to: entries - 1 },
          anchors: { checked: shape.segments?.length, through: covered === 0 ? null : covered - 1 },
          unanchored:
            covered === entries ? null : { from: covered, to: entries - 1, count: entries - covered },
        });
      }),
      { numRuns: 150 },
    );
  });

  it('is valid over every range of it', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), fc.nat(), async (shape, a, b) => {
        const log = buildLog(shape);
        const entries = shape.entries as number;
        const [from, to] = [a % entries, b % entries].sort((x, y) => x - y) as [number, number];
        const tenant = shape.tenant as string;
        for (const options of [{ from, to }, { from }, { to }]) {
          const report = await verify(log, options, 7, tenant);
          const [first, last] = [options.from ?? 0, options.to ?? entries - 1];
          expect(report).toMatchObject({
            status: 'valid',
            findings: [],
            walked: last - first + 1,
            range: { from: first, to: last },
          });
        }
        const segments = (shape.segments ?? []).map((_, number) => number).filter((n) => n % 2 === a % 2);
        if (segments.length > 0)
          expect(await verify(log, { segments }, 7, tenant)).toMatchObject({ status: 'valid' });
      }),
      { numRuns: 100 },
    );
  });
});
