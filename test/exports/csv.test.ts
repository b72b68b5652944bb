import { CSV_COLUMNS, factsOf, guardCell } from '@sealtrail/events';
import { type JsonObject, readRecorded } from '@sealtrail/format';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLog } from '../support/memory-log.ts';
import { MemorySource, tablesOf } from '../support/memory-source.ts';
import { storedRows } from '../support/verified.ts';
import { FORMULA_STARTS, parseCsv, unguard } from './helpers/csv-parser.ts';
import { exportAt, exportFrom, storeWith } from './helpers/stored.ts';

/** Rows as records, without their guards, and without the header line. */
function records(text: string): Record<string, string>[] {
  const [header = [], ...rows] = parseCsv(text);
  expect(header).toEqual(CSV_COLUMNS);
  return rows.map((row) => {
    expect(row).toHaveLength(CSV_COLUMNS.length);
    for (const cell of row) expect(FORMULA_STARTS.filter((start) => cell.startsWith(start))).toEqual([]);
    return Object.fromEntries(row.map((cell, i) => [CSV_COLUMNS[i], unguard(cell)]));
  });
}

function recordedOf(row: Readonly<Record<string, unknown>>) {
  return readRecorded({
    entry: String(row['entry']),
    hash: String(row['hash']),
    openings: String(row['openings']),
  });
}

/** What a record has to say about a stored row. */
function expectSame(record: Record<string, string>, row: Readonly<Record<string, unknown>>): void {
  const { entry, hash, openings } = recordedOf(row);
  const { actor, targets } = entry;
  const facts = factsOf(entry);
  const values = Object.fromEntries(Object.entries(openings).map(([field, { value }]) => [field, value]));
  expect(record).toMatchObject({
    tenant: entry.tenant,
    seq: String(entry.seq),
    hash,
    prev: entry.prev,
    time: entry.time,
    id: entry.id,
    type: entry.type,
    actor_type: actor.type,
    actor_id: actor.id,
    actor_role: actor.role ?? '',
    actor_session_id: actor.session_id ?? '',
    actor_auth_method: actor.auth_method ?? '',
    agent_version: actor.agent_version ?? '',
    model: actor.model ?? '',
    prompt_hash: actor.prompt_hash ?? '',
    on_behalf_of_type: actor.on_behalf_of?.type ?? '',
    on_behalf_of_id: actor.on_behalf_of?.id ?? '',
    target_type: targets[0]?.type ?? '',
    target_id: targets[0]?.id ?? '',
    proposal: facts.proposal ?? '',
    action: facts.action ?? '',
    confidence: facts.confidence === undefined ? '' : String(facts.confidence),
    risk: facts.risk ?? '',
    mode: facts.mode ?? '',
  });
  const json = (column: string) => JSON.parse(record[column] ?? '') as unknown;
  expect(json('targets')).toEqual(targets);
  expect(json('data')).toEqual(entry.data);
  expect(json('sealed')).toEqual(entry.sealed);
  expect(json('values')).toEqual(values);
}

describe('a log with every entry type, as CSV', () => {
  it('is read back by an independent parser as what is in the log, and no cell is a formula', async () => {
    const { location } = await storeWith();
    const { text } = await exportAt(location, { format: 'csv', values: 'included' });
    const rows = await storedRows(location, 'acme');
    const read = records(text);
    expect(read).toHaveLength(rows.length);
    for (const [i, record] of read.entries()) expectSame(record, rows[i] ?? {});
  });

  it('has CRLF line ends, no byte order mark, and an empty column of values when they are withheld', async () => {
    const { location } = await storeWith();
    const { text } = await exportAt(location, { format: 'csv' });
    expect(text.startsWith('tenant,seq,hash,')).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
    for (const { values } of records(text)) expect(values).toBe('');
  });
});

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(...FORMULA_STARTS, '"', "'", ',', ';', '\r\n', ' ', '\u200b', '\ufeff', '\0', '|'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => !/\p{Cs}/u.test(text));

describe('hostile values', () => {
  it('are read back unchanged, and none of them can begin a formula', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ action: nasty, risk: nasty, mode: nasty, note: nasty, value: nasty }), {
          minLength: 1,
          maxLength: 5,
        }),
        async (drawn) => {
          const at = (seq: number) => drawn[seq - 1] as (typeof drawn)[number];
          const log = buildLog({
            entries: drawn.length + 1,
            data: (seq): JsonObject => {
              const { value: _, ...data } = at(seq);
              return data;
            },
            sealed: (seq) => ({ value: at(seq).value }),
          });
          const { text } = await exportFrom(new MemorySource(tablesOf(log)), {
            format: 'csv',
            values: 'included',
          });
          const read = records(text);
          expect(read).toHaveLength(log.entries.length);
          for (const [i, record] of read.entries()) expectSame(record, log.entries[i] ?? {});
        },
      ),
      { numRuns: 150 },
    );
  });

  it('guardCell: what it gives is no formula, and dropping one apostrophe gives the text back', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const cell = guardCell(text);
        expect(unguard(cell)).toBe(text);
        // Also for a program that drops blanks and invisible characters before it looks.
        expect(cell.replace(/^[\s\p{C}]+/u, '')).not.toMatch(/^[=+\-@＝＋－＠]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['plain', 'c-104', 'a=b', '', '{"a":1}', '0.5', 'Zoë'])('guardCell leaves %j as it is', (text) => {
    expect(guardCell(text)).toBe(text);
  });
});
