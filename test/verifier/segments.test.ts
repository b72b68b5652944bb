import { encodeEntry, entryHash, genesisEntry } from '@sealtrail/format';
import { verifyTenant } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { buildLog, type LogShape, type StoredLog, setHead, timeAt } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';
import { editAnchor, editEntry, reanchor, relink, removeEntries, rowAt } from '../support/tamper.ts';
import { verify } from '../support/verdict.ts';

/** Anchors over 0 to 3, 4 to 7 and 8 to 11; the entries 12 to 14 are not anchored. */
const SHAPE: LogShape = { entries: 15, segments: [4, 4, 4] };

describe('chosen segments', () => {
  it('are walked, and the chain of all anchors', async () => {
    const report = await verify(buildLog(SHAPE), { segments: [2, 0] });
    expect(report).toMatchObject({
      status: 'valid',
      walked: 8,
      anchors: { checked: 2 },
      summary: 'anchors linked: 3 anchors, 8 entries walked in the segments chosen',
      last: null,
      unanchored: null,
    });
    expect(report.notChecked.map(({ code }) => code)).toEqual(['segments_unselected', 'outside_witness']);
  });

  it('none of them: the anchors alone prove nothing of the entries', async () => {
    const report = await verify(buildLog(SHAPE), { segments: [] });
    expect(report).toMatchObject({
      status: 'unverifiable',
      walked: 0,
      anchors: { checked: 0 },
      findings: [],
    });
  });

  it('report their progress', async () => {
    const steps: unknown[] = [];
    await verify(buildLog(SHAPE), { segments: [0, 1], onProgress: (step) => steps.push(step) });
    expect(steps).toEqual([
      { tenant: 'acme', walked: 4, position: 3, total: 8 },
      { tenant: 'acme', walked: 8, position: 7, total: 8 },
    ]);
  });

  it('do not look at the entries of others', async () => {
    const log = buildLog(SHAPE);
    rowAt(log, 5)['id'] = 'other';
    expect(await verify(log, { segments: [0, 2] })).toMatchObject({ status: 'valid' });
    expect(await verify(log, { segments: [1] })).toMatchObject({ status: 'broken', position: 5 });
  });
});

describe('a log is broken, whichever segments are chosen, when', () => {
  const cases: { name: string; tamper: (log: StoredLog) => void; code: string; position: number | null }[] = [
    {
      name: 'its registration is gone',
      tamper: (log) => {
        log.registry['tenant'] = 'other';
      },
      code: 'tenant_unregistered',
      position: null,
    },
    {
      name: 'its head is gone',
      tamper: (log) => {
        log.head['tenant'] = 'other';
      },
      code: 'head_missing',
      position: null,
    },
    {
      name: 'the newest anchor is gone',
      tamper: (log) => void log.anchors.pop(),
      code: 'anchor_missing',
      position: 8,
    },
    {
      name: 'all anchors are gone',
      tamper: (log) => void log.anchors.splice(0),
      code: 'anchor_missing',
      position: 0,
    },
    {
      name: 'an anchor is gone',
      tamper: (log) => void log.anchors.splice(1, 1),
      code: 'anchor_gap',
      position: 4,
    },
    {
      name: 'an anchor cannot be read',
      tamper: (log) => {
        (log.anchors[1] as Record<string, unknown>)['anchor'] = '{}';
      },
      code: 'anchor_malformed',
      position: 4,
    },
    {
      name: 'an anchor was made anew',
      tamper: (log) => editAnchor(log, 0, (anchor) => void (anchor['records_size'] = 9)),
      code: 'anchor_link_mismatch',
      position: 0,
    },
    {
      name: 'the registration is malformed',
      tamper: (log) => {
        log.registry['note'] = '';
      },
      code: 'registry_malformed',
      position: null,
    },
  ];
  it.each(cases.flatMap((one) => [[0], [1], [2], [0, 1, 2]].map((segments) => ({ ...one, segments }))))(
    '$name, $segments',
    async ({ tamper, code, position, segments }) => {
      const log = buildLog(SHAPE);
      tamper(log);
      const report = await verify(log, { segments });
      expect(report).toMatchObject({ status: 'broken', position });
      expect(report.findingCodes).toHaveProperty(code);
    },
  );
});

describe('a segment is broken when', () => {
  it('its entries were made anew', async () => {
    const log = buildLog(SHAPE);
    editEntry(log, 5, (entry) => void (entry['data'] = {}));
    relink(log, 6);
    expect(await verify(log, { segments: [1] })).toMatchObject({
      status: 'broken',
      position: 4,
      findingCodes: { anchor_root_mismatch: 1 },
    });
    // Entry 8 no longer follows the last entry that the anchor before names, and entry 9 vouches for it.
    expect(await verify(log, { segments: [2] })).toMatchObject({ status: 'broken', position: 7 });
    expect(await verify(log, { segments: [0] })).toMatchObject({ status: 'valid' });
  });

  it('its last entry was changed: its own anchor tells', async () => {
    const log = buildLog(SHAPE);
    editEntry(log, 6, (entry) => void (entry['data'] = {}));
    expect(await verify(log, { segments: [1] })).toMatchObject({ status: 'broken', position: 6 });
  });

  it('entries of it are gone', async () => {
    const log = buildLog(SHAPE);
    removeEntries(log, 6, 7);
    const report = await verify(log, { segments: [1] });
    expect(report).toMatchObject({ status: 'broken', position: 6, walked: 2 });
    expect(report.findingCodes).toHaveProperty('truncated');
  });

  it('it begins with another genesis than the registered one, all else made anew', async () => {
    const log = buildLog({ ...SHAPE, time: (seq) => timeAt(seq + 1) });
    log.registry['time'] = timeAt(0);
    log.registry['genesis'] = entryHash(encodeEntry(genesisEntry('acme', timeAt(0))));
    reanchor(log);
    setHead(log);
    for (const segments of [[0], [0, 1]]) {
      expect(await verify(log, { segments })).toMatchObject({
        status: 'broken',
        position: 0,
        findingCodes: { genesis_invalid: 1 },
      });
    }
  });

  it('the head names another entry inside it', async () => {
    const log = buildLog({ ...SHAPE, headSeq: 9 });
    log.head['hash'] = 'ab'.repeat(32);
    expect(await verify(log, { segments: [2] })).toMatchObject({
      status: 'broken',
      position: 9,
      findingCodes: { head_mismatch: 1 },
    });
  });
});

it('nothing stored for a tenant gives no verdict on segments either', async () => {
  const source = new MemorySource(tablesOf());
  expect(await verifyTenant(source, 'acme', { segments: [] })).toMatchObject({
    status: 'unverifiable',
    walked: 0,
  });
});
