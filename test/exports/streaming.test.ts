import { setImmediate } from 'node:timers/promises';
import {
  type LogBatch,
  type LogReader,
  type LogSource,
  verifyAll,
  type WalkRange,
} from '@sealtrail/verifier';
import { ENTRY_FORMATS, exportEntries } from '@sealtrail/views/export';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildLog, type StoredLog } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';

const ENTRIES = 12_000;
const BATCH_ROWS = 100;
/** The pieces that the export hands on, in characters, and room for one more line. */
const MAX_CHUNK = (1 << 16) + 4_096;

let log: StoredLog;

/** Hands out a log batch by batch, and counts the rows that were asked for. */
class CountingSource implements LogSource {
  readonly columns = true;
  readonly openings = 'included';
  readonly #source = new MemorySource(tablesOf(log), { batchRows: BATCH_ROWS });
  pulled = 0;

  logs(): AsyncIterable<LogReader> {
    return this.#source.logs();
  }

  async log(tenant: string): Promise<LogReader> {
    const reader = await this.#source.log(tenant);
    const walk = (range: WalkRange) => this.#count(reader.walk(range));
    const { registry, start } = reader;
    return { tenant, registry, start, walk, head: () => reader.head(), anchors: () => reader.anchors() };
  }

  async *#count(batches: AsyncIterable<LogBatch>): AsyncGenerator<LogBatch> {
    for await (const batch of batches) {
      this.pulled += batch.entries.length;
      yield batch;
    }
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

describe.each(ENTRY_FORMATS)('%s is streamed', (format) => {
  beforeAll(() => {
    log ??= buildLog({ entries: ENTRIES, data: () => ({ note: 'x'.repeat(100) }) });
  });

  it('12,000 entries in small pieces; each write is waited for, and reading never runs ahead', async () => {
    const source = new CountingSource();
    const written = { lines: 0, longest: 0, pieces: 0 };
    let writing = 0;
    let ahead = 0;
    const write = async (chunk: string) => {
      expect(++writing).toBe(1);
      await setImmediate();
      written.pieces++;
      written.lines += chunk.split('\n').length - 1;
      written.longest = Math.max(written.longest, chunk.length);
      ahead = Math.max(ahead, source.pulled - written.lines);
      writing--;
    };
    const result = await exportEntries(source, write, { tenant: 'acme', format });
    expect(result.entries).toBe(ENTRIES);
    expect(written.lines).toBe(ENTRIES + (format === 'csv' ? 1 : 0));
    expect(written.pieces).toBeGreaterThan(50);
    expect(written.longest).toBeLessThan(MAX_CHUNK);
    // What is being encoded, and the one batch that is asked for meanwhile.
    expect(ahead).toBeLessThanOrEqual(2 * BATCH_ROWS);
    const report = await verifyAll(source, {});
    expect([report.status, report.walked]).toEqual(['valid', ENTRIES]);
  });

  it('nothing more is read while nobody takes what was written', async () => {
    const source = new CountingSource();
    let release = () => {};
    const blocked = new Promise<void>((resolve) => {
      release = resolve;
    });
    let first = () => {};
    const begun = new Promise<void>((resolve) => {
      first = resolve;
    });
    const exporting = exportEntries(
      source,
      () => {
        first();
        return blocked;
      },
      { tenant: 'acme', format },
    );
    await begun;
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    const pulled = source.pulled;
    for (let turn = 0; turn < 50; turn++) await setImmediate();
    expect(source.pulled).toBe(pulled);
    expect(pulled).toBeLessThan(ENTRIES / 10);
    release();
    expect((await exporting).entries).toBe(ENTRIES);
  });

  it('a write that fails ends the export', async () => {
    const source = new CountingSource();
    const write = () => Promise.reject(new Error('the disk is full'));
    await expect(exportEntries(source, write, { tenant: 'acme', format })).rejects.toThrow(
      'the disk is full',
    );
    expect(source.pulled).toBeLessThan(ENTRIES / 10);
  });
});
