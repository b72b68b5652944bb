import type { JsonLine } from '@sealtrail/events';
import { encodeEntry, entryHash } from '@sealtrail/format';
import { describe, expect, inject, it } from 'vitest';
import { newMongodbPlace } from '../support/places.ts';
import { storedRows } from '../support/verified.ts';
import { ALL_DRAFTS, append, exportAt, jsonLines, storeWith } from './helpers/stored.ts';

async function expectWholeLog(location: string): Promise<void> {
  const { text, result } = await exportAt(location, { format: 'jsonl', values: 'included' });
  const rows = await storedRows(location, 'acme');
  const lines = jsonLines<JsonLine>(text);
  expect(lines).toHaveLength(rows.length);
  for (const [i, { seq, hash, entry, values }] of lines.entries()) {
    const row = rows[i] ?? {};
    expect([seq, hash, encodeEntry(entry)]).toEqual([row['seq'], row['hash'], row['entry']]);
    expect(entryHash(encodeEntry(entry))).toBe(hash);
    expect(Object.keys(values ?? {}).sort()).toEqual(Object.keys(entry.sealed).sort());
  }
  const end = (seq: number) => ({ seq, hash: lines[seq]?.hash });
  expect(result).toEqual({
    tenant: 'acme',
    format: 'jsonl',
    values: 'included',
    entries: rows.length,
    first: end(0),
    last: end(rows.length - 1),
    verified: false,
  });
}

describe('a log with every entry type, as JSON Lines', () => {
  it('is the log, entry for entry, each with the hash of its text', async () => {
    await expectWholeLog((await storeWith()).location);
  });

  it('holds the values that were sealed', async () => {
    const { location } = await storeWith();
    const { text } = await exportAt(location, { format: 'jsonl', values: 'included' });
    const lines = jsonLines<JsonLine>(text);
    expect(lines[0]).toMatchObject({ entry: { type: 'log.started' }, values: {} });
    for (const [i, { sealed = {} }] of ALL_DRAFTS.entries()) expect(lines[i + 1]?.values).toEqual(sealed);
  });

  it.skipIf(inject('mongodbUrl') === undefined)('also from MongoDB', async () => {
    const { location } = await newMongodbPlace(inject('mongodbUrl') ?? '')();
    await append(location, ALL_DRAFTS);
    await expectWholeLog(location);
  });
});
