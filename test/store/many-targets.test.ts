import { MAX_SEGMENT_TARGETS, readAnchor, type Target } from '@sealtrail/format';
import { anchorTenant, Log, type Store } from '@sealtrail/store';
import { type LogReader, type LogSource, verifyTenant } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { draft } from '../support/drafts.ts';
import { buildLog } from '../support/memory-log.ts';
import { newSqlitePlace } from '../support/places.ts';
import { verify } from '../support/verdict.ts';
import { expectIntact } from '../support/verified.ts';

const PER_ENTRY = 256;
/** After the first entry, which names none: as many as one segment has room for. */
const FULL = MAX_SEGMENT_TARGETS / PER_ENTRY;

function targetsOf(n: number): Target[] {
  return Array.from({ length: PER_ENTRY }, (_, i) => ({ type: 'deal', id: `${n}-${i}` }));
}

/** A store that tells how many entries each batch of a walk has. */
function counting(store: Store, onBatch: (entries: number) => void): Store {
  const overriding = <T extends object>(target: T, name: keyof T, other: unknown): T =>
    new Proxy(target, {
      get: (_, asked) => {
        if (asked === name) return other;
        const value: unknown = Reflect.get(target, asked);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const walked = (reader: LogReader): LogReader =>
    overriding(reader, 'walk', async function* (range: Parameters<LogReader['walk']>[0]) {
      for await (const batch of reader.walk(range)) {
        onBatch(batch.entries.length);
        yield batch;
      }
    });
  const read = (source: LogSource): LogSource =>
    overriding(source, 'log', async (tenant: string) => walked(await source.log(tenant)));
  return overriding(store, 'source', () => read(store.source()));
}

describe('entries that name very many targets', { timeout: 400_000 }, () => {
  it('come under anchors over no more than a verifier has to hold in memory', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const log = new Log(store);
    const many = Array.from({ length: FULL + 10 }, (_, n) => ({ ...draft(`d-${n}`), targets: targetsOf(n) }));
    await log.appendAll('acme', many);
    await log.close();
    const segments: (readonly [number, number])[] = [];
    const result = await anchorTenant(store, 'acme', {
      onAnchor: ({ from, to }) => segments.push([from, to]),
    });
    expect(segments).toEqual([
      [0, FULL],
      [FULL + 1, FULL + 10],
    ]);
    expect(result).toMatchObject({ anchors: 2, entries: FULL + 11, through: FULL + 10, pending: 0 });
    const source = store.source();
    expect(await verifyTenant(source, 'acme')).toMatchObject({ status: 'valid', anchors: { checked: 2 } });
    await source.close();
    expect(readAnchor(String((await store.lastAnchor('acme'))?.anchor)).from).toBe(FULL + 1);
    await expectIntact(place.location, { acme: FULL + 10 });
  });

  it('are not read beyond the segment that they fill, which the next one would read again', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const log = new Log(store);
    const many = Array.from({ length: FULL }, (_, n) => ({ ...draft(`d-${n}`), targets: targetsOf(n) }));
    const few = Array.from({ length: 2_500 }, (_, n) => draft(`e-${n}`));
    await log.appendAll('acme', [...many, ...few]);
    await log.close();
    const read: number[] = [];
    const upTo: number[] = [];
    await anchorTenant(
      counting(store, (entries) => read.push(entries)),
      'acme',
      {
        onAnchor: ({ to }) => {
          upTo.push(to);
          read.push(Number.NaN);
        },
      },
    );
    expect(upTo).toEqual([FULL, FULL + 2_500]);
    const first = read.slice(0, read.findIndex(Number.isNaN));
    expect(first.reduce((sum, entries) => sum + entries, 0)).toBeLessThan(FULL + 2_000);
    await expectIntact(place.location, { acme: FULL + 2_500 });
  });

  it('under one anchor over more are not what it may be over', async () => {
    const entries = FULL + 2;
    const over = buildLog({ entries, segments: [entries], targets: (n) => (n === 0 ? [] : targetsOf(n)) });
    const report = await verify(over);
    expect(report).toMatchObject({ status: 'broken', position: 0 });
    expect(report.findings).toMatchObject([{ code: 'anchor_records_mismatch', anchor: 0 }]);
    expect(report.findings[0]?.message).toContain('262144 targets');
    const full = buildLog({ entries: FULL + 1, segments: [FULL + 1], targets: targetsOf });
    expect((await verify(full)).status).toBe('valid');
  });
});
