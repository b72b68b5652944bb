import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonLine } from '@sealtrail/events';
import { isSealtrailError } from '@sealtrail/format';
import { openSource } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { bundleLines } from '../support/bundle-file.ts';
import { buildLog, type LogShape, timeAt } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';
import { newSqlitePlace } from '../support/places.ts';
import { exportFrom, jsonLines, type Options } from './helpers/stored.ts';

type Range = Pick<Options, 'from' | 'to' | 'since' | 'until'>;

async function positions(range: Range, shape: LogShape = { entries: 10 }): Promise<number[]> {
  const source = new MemorySource(tablesOf(buildLog(shape)));
  const { text, result } = await exportFrom(source, { format: 'jsonl', ...range });
  const lines = jsonLines<JsonLine>(text);
  expect(result.entries).toBe(lines.length);
  expect(result.first?.seq).toBe(lines[0]?.seq);
  expect(result.last).toEqual(
    lines.length === 0 ? null : { seq: lines.at(-1)?.seq, hash: lines.at(-1)?.hash },
  );
  return lines.map(({ seq }) => seq);
}

async function refusal(options: Partial<Options>, source = new MemorySource(tablesOf(buildLog()))) {
  let text = '';
  try {
    ({ text } = await exportFrom(source, { format: 'jsonl', ...options }));
  } catch (error) {
    if (isSealtrailError(error)) return { code: error.code, position: error.detail['position'] };
    throw error;
  }
  throw new Error(`nothing was refused: ${text}`);
}

describe('ranges', () => {
  it.each<[string, Range, number[]]>([
    ['the whole log', {}, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['from a position', { from: 7 }, [7, 8, 9]],
    ['to a position, inclusive', { to: 2 }, [0, 1, 2]],
    ['one position', { from: 4, to: 4 }, [4]],
    ['beyond the end', { from: 8, to: 100 }, [8, 9]],
    ['after the end', { from: 10 }, []],
    ['since a time, inclusive', { since: timeAt(7) }, [7, 8, 9]],
    ['until a time, exclusive', { until: timeAt(2) }, [0, 1]],
    ['times and positions', { from: 3, to: 8, since: timeAt(5), until: timeAt(7) }, [5, 6]],
    ['before everything', { until: timeAt(0) }, []],
  ])('%s', async (_, range, expected) => {
    expect(await positions(range)).toEqual(expected);
  });

  it('times that several entries share', async () => {
    const time = (seq: number) => timeAt(Math.floor(seq / 3));
    expect(await positions({ since: timeAt(1), until: timeAt(2) }, { entries: 10, time })).toEqual([3, 4, 5]);
  });

  it('an export that begins where the last one ended adds up to the log', async () => {
    const source = new MemorySource(tablesOf(buildLog({ entries: 10 })));
    const whole = await exportFrom(source, { format: 'jsonl' });
    const early = await exportFrom(source, { format: 'jsonl', to: 5 });
    const next = (early.result.last?.seq ?? 0) + 1;
    const late = await exportFrom(source, { format: 'jsonl', from: next });
    expect(early.text + late.text).toBe(whole.text);
  });

  it('leaves out what is appended meanwhile', async () => {
    const log = buildLog({ entries: 10, headSeq: 6 });
    expect((await exportFrom(new MemorySource(tablesOf(log)), { format: 'jsonl' })).result.last?.seq).toBe(6);
  });

  it('a bundle is read as a store is, from where it was cut off', async () => {
    const { folder } = await newSqlitePlace();
    const file = join(folder, 'cut.jsonl');
    const log = buildLog({ entries: 10, segments: [4, 3] });
    const lines = bundleLines([log], { from: 4, openings: 'withheld' });
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
    const source = await openSource(file);
    try {
      const { text, result } = await exportFrom(source, { format: 'jsonl' });
      expect([result.first?.seq, result.last?.seq]).toEqual([4, 9]);
      const stored = await exportFrom(new MemorySource(tablesOf(log)), { format: 'jsonl', from: 4 });
      expect(text).toBe(stored.text);
      await expect(exportFrom(source, { format: 'jsonl', from: 3 })).rejects.toMatchObject({
        code: 'source_invalid',
      });
      await expect(exportFrom(source, { format: 'jsonl', values: 'included' })).rejects.toMatchObject({
        code: 'config_invalid',
      });
    } finally {
      await source.close();
    }
  });
});

describe('what cannot be exported', () => {
  it.each<[string, Partial<Options>]>([
    ['a range that ends before it begins', { from: 5, to: 4 }],
    ['times that exclude each other', { since: timeAt(5), until: timeAt(5) }],
    ['a time that is none', { since: '2026-03-01' }],
    ['a position that is none', { from: -1 }],
    ['a tenant that is no name', { tenant: 'a/b' }],
  ])('%s is config_invalid', async (_, options) => {
    expect(await refusal(options)).toEqual({ code: 'config_invalid', position: undefined });
  });

  it('a format or a choice of values that there is not is config_invalid', async () => {
    const untyped = [{ format: 'xml' }, { values: 'some' }] as unknown as Partial<Options>[];
    for (const options of untyped) expect((await refusal(options)).code).toBe('config_invalid');
  });

  it('a tenant that is not there is source_invalid', async () => {
    expect((await refusal({ tenant: 'nobody' })).code).toBe('source_invalid');
  });

  it.each<[string, (log: ReturnType<typeof buildLog>) => void, number | undefined]>([
    ['a missing entry', (log) => log.entries.splice(4, 1), 4],
    ['a cut log', (log) => log.entries.splice(7), 7],
    ['a changed text', (log) => change(log, 3, 'entry', (text) => text.replace('copilot', 'copiloT')), 3],
    ['a text that is no entry', (log) => change(log, 3, 'entry', () => '{}'), 3],
    ['a text that is no text', (log) => Object.assign(log.entries[3] ?? {}, { entry: 7 }), 3],
    ['two entries that changed places', (log) => swap(log), 2],
    ['an entry of another tenant', (log) => lend(log), 3],
    ['a head that is none', (log) => Object.assign(log.head, { seq: 'x' }), undefined],
  ])('%s is segment_broken and named by its position', async (_, tamper, position) => {
    const log = buildLog({ entries: 10 });
    tamper(log);
    const source = new MemorySource(tablesOf(log));
    expect(await refusal({}, source)).toEqual({ code: 'segment_broken', position });
  });

  it('openings that cannot be read matter only when values are wanted', async () => {
    const log = buildLog({ entries: 10 });
    change(log, 3, 'openings', () => '{"rationale":7}');
    const source = new MemorySource(tablesOf(log));
    expect((await exportFrom(source, { format: 'jsonl' })).result.entries).toBe(10);
    expect(await refusal({ values: 'included' }, source)).toEqual({ code: 'segment_broken', position: 3 });
  });
});

function change(
  { entries }: ReturnType<typeof buildLog>,
  at: number,
  column: string,
  how: (text: string) => string,
): void {
  const row = entries[at] ?? {};
  row[column] = how(String(row[column]));
}

/** Their columns stay; what is hashed is exchanged, with its hash. */
function swap({ entries }: ReturnType<typeof buildLog>): void {
  const [one, other] = [entries[2] ?? {}, entries[3] ?? {}];
  for (const column of ['entry', 'hash', 'openings']) {
    [one[column], other[column]] = [other[column], one[column]];
  }
}

/** Its columns stay; what is hashed is what another tenant has at that position, with its hash. */
function lend({ entries }: ReturnType<typeof buildLog>): void {
  const { entry, hash, openings } = buildLog({ tenant: 'beta', entries: 10 }).entries[3] ?? {};
  Object.assign(entries[3] ?? {}, { entry, hash, openings });
}
