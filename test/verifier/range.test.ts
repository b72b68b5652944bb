import { isSealtrailError } from '@sealtrail/format';
import type { VerifyOptions } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { buildLog, type LogShape, type StoredLog, setHead } from '../support/memory-log.ts';
import { editEntry, otherHash, reanchor, relink, removeEntries, rowAt } from '../support/tamper.ts';
import { verify } from '../support/verdict.ts';

/** Anchors over 0 to 3, 4 to 7 and 8 to 11; the entries 12 to 14 are not anchored. */
const SHAPE: LogShape = { entries: 15, segments: [4, 4, 4] };

const hashAt = (log: StoredLog, seq: number) => String(rowAt(log, seq)['hash']);
const codesOf = (notes: readonly { code: string }[]) => notes.map(({ code }) => code);

describe('a range of a log', () => {
  it.each<[VerifyOptions, string]>([
    [{ from: 5, to: 9 }, 'positions 5 to 9, compared with no anchor'],
    [{ to: 2 }, 'positions 0 to 2, compared with no anchor'],
    [{ from: 3, to: 9 }, 'positions 3 to 9, anchored up to 7'],
    [{ from: 12 }, 'positions 12 to 14, not anchored yet'],
  ])('does not say of its anchors what was not looked at: %o', async (options, said) => {
    const { status, summary } = await verify(buildLog(SHAPE), options);
    expect([status, summary]).toEqual(['valid', expect.stringContaining(said)]);
  });

  it.each<{
    options: VerifyOptions;
    walked: number;
    checked: number;
    unanchored: unknown;
    notChecked: string[];
  }>([
    {
      options: { from: 4, to: 11 },
      walked: 8,
      checked: 2,
      unanchored: null,
      notChecked: ['positions_before', 'positions_after'],
    },
    {
      options: { from: 4 },
      walked: 11,
      checked: 2,
      unanchored: { from: 12, to: 14, count: 3 },
      notChecked: ['positions_before'],
    },
    {
      options: { to: 7 },
      walked: 8,
      checked: 2,
      unanchored: null,
      notChecked: ['positions_after'],
    },
    // Both ends inside segments: neither root can be recomputed.
    {
      options: { from: 5, to: 9 },
      walked: 5,
      checked: 0,
      unanchored: null,
      notChecked: ['positions_before', 'positions_after', 'segments_partial'],
    },
    {
      options: { from: 9 },
      walked: 6,
      checked: 0,
      unanchored: { from: 12, to: 14, count: 3 },
      notChecked: ['positions_before', 'segments_partial'],
    },
    {
      options: { from: 13 },
      walked: 2,
      checked: 0,
      unanchored: { from: 13, to: 14, count: 2 },
      notChecked: ['positions_before', 'head'],
    },
    {
      options: { to: 0 },
      walked: 1,
      checked: 0,
      unanchored: null,
      notChecked: ['positions_after', 'segments_partial'],
    },
  ])('$options', async ({ options, walked, checked, unanchored, notChecked }) => {
    const report = await verify(buildLog(SHAPE), options);
    expect(report).toMatchObject({
      status: 'valid',
      walked,
      range: { from: options.from ?? 0, to: options.to ?? 14 },
      anchors: { checked },
    });
    // What lies under an anchor that could not be checked is anchored all the same.
    expect(report.unanchored).toEqual(unanchored);
    expect(codesOf(report.notChecked)).toEqual([...notChecked, 'outside_witness']);
  });

  it('counts the partly covered anchors, and no others', async () => {
    const report = await verify(buildLog({ entries: 40, segments: Array(40).fill(1) }), { from: 3, to: 7 });
    expect(report).toMatchObject({ status: 'valid', anchors: { checked: 5, through: 7 } });
    expect(codesOf(report.notChecked)).not.toContain('segments_partial');
  });

  it('does not look at what lies outside', async () => {
    const log = buildLog(SHAPE);
    rowAt(log, 2)['hash'] = otherHash(hashAt(log, 2));
    expect(await verify(log, { from: 4 })).toMatchObject({ status: 'valid' });
    expect(await verify(log, { to: 3 })).toMatchObject({ status: 'broken', position: 2 });
  });

  it('ends early only if the log does, and says so', async () => {
    const log = buildLog(SHAPE);
    removeEntries(log, 10, 11, 12, 13, 14);
    for (const options of [{ to: 12 }, { from: 8, to: 12 }, { to: 14 }, { to: 100 }, { from: 9 }]) {
      const report = await verify(log, options);
      expect(report).toMatchObject({ status: 'broken', position: 10 });
      expect(report.findingCodes).toHaveProperty('truncated');
    }
    // With the head set back, the anchor still speaks of what is gone.
    setHead(log, 9, 1);
    for (const options of [{ to: 10 }, { from: 9, to: 10 }, { from: 4, to: 30 }]) {
      expect(await verify(log, options)).toMatchObject({ status: 'broken', position: 10 });
    }
  });

  it('behind the end holds nothing to verify', async () => {
    expect(await verify(buildLog(SHAPE), { from: 500 })).toMatchObject({
      status: 'unverifiable',
      walked: 0,
      range: null,
      summary: 'not verifiable: there is no entry from position 500 on',
    });
  });

  it('of which all anchors are gone does not vouch for the one that the head names', async () => {
    const log = buildLog(SHAPE);
    log.anchors = [];
    expect(await verify(log, { from: 5 })).toMatchObject({
      notChecked: expect.arrayContaining([
        { code: 'head', message: 'whether anchor 2, which the head names, is there' },
      ]),
    });
  });
});

describe('a trusted position', () => {
  it('shows that everything was made anew, registry, anchors and head included', async () => {
    const log = buildLog(SHAPE);
    const trusted = { seq: 6, hash: hashAt(log, 6) };
    editEntry(log, 2, (entry) => {
      entry['data'] = { forged: true };
    });
    relink(log, 3);
    reanchor(log);
    setHead(log);
    expect(await verify(log)).toMatchObject({ status: 'valid' });
    const report = await verify(log, { trusted });
    expect(report).toMatchObject({ status: 'broken', position: 6 });
    expect(report.findingCodes).toEqual({ trusted_mismatch: 1 });
  });

  it('shows that the log was cut, head and anchors set back', async () => {
    const log = buildLog(SHAPE);
    const trusted = { seq: 13, hash: hashAt(log, 13) };
    removeEntries(log, 12, 13, 14);
    setHead(log);
    expect(await verify(log)).toMatchObject({ status: 'valid' });
    const report = await verify(log, { trusted });
    expect(report).toMatchObject({ status: 'broken', position: 12 });
    expect(report.findingCodes).toEqual({ trusted_mismatch: 1 });
  });

  it('is where a walk may begin', async () => {
    const log = buildLog(SHAPE);
    const trusted = { seq: 8, hash: hashAt(log, 8) };
    const report = await verify(log, { trusted, since: true });
    expect(report).toMatchObject({ status: 'valid', walked: 7, range: { from: 8, to: 14 } });
    expect(report.last).toEqual({ seq: 14, hash: hashAt(log, 14), time: rowAt(log, 14)['time'] });
    // The entry there is walked too: it must still be the one that was noted.
    const other = await verify(log, { trusted: { seq: 8, hash: hashAt(log, 9) }, since: true });
    expect(other).toMatchObject({ status: 'broken', position: 8, findingCodes: { trusted_mismatch: 1 } });
    removeEntries(log, 8);
    expect(await verify(log, { trusted, since: true })).toMatchObject({ status: 'broken', position: 8 });
  });
});

describe('options that contradict each other', () => {
  const trusted = { seq: 5, hash: 'ab'.repeat(32) };

  it.each<VerifyOptions>([
    { from: 5, to: 4 },
    { since: true },
    { since: true, from: 3, trusted },
    { from: 6, trusted },
    { to: 4, trusted },
    { segments: [0], from: 1 },
    { segments: [0], to: 1 },
    { segments: [0], trusted },
    { segments: [3] },
    { segments: [0, -1] },
    { from: -1 },
    { from: Number.NaN },
    { to: 1.5 },
    { to: Number.POSITIVE_INFINITY },
    { from: 2 ** 53 },
    { trusted: { seq: Number.NaN, hash: trusted.hash } },
  ])('%o are refused', async (options) => {
    const error = await verify(buildLog(SHAPE), options).catch((thrown: unknown) => thrown);
    expect(isSealtrailError(error, 'config_invalid')).toBe(true);
  });
});
