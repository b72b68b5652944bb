import { describe, it } from 'vitest';
import type { Row } from '../support/memory-log.ts';
import { otherHash, rowAt } from '../support/tamper.ts';
import { expectBroken, type TamperCase } from '../support/verdict.ts';

/** The genesis, a middle entry, the last and the first of a segment, and the last of all. */
const POSITIONS = [0, 2, 3, 4, 9];

/** Changes one row of the entries, at each of the positions. */
function everywhere(
  name: string,
  change: (row: Row) => void,
  wantCode: TamperCase['wantCode'],
): TamperCase[] {
  return POSITIONS.map((seq) => ({
    name: `${name}, entry ${seq}`,
    tamper: (log) => change(rowAt(log, seq)),
    wantCode,
    wantPosition: seq,
  }));
}

const set = (column: string, value: unknown) => (row: Row) => {
  row[column] = value;
};

describe('a column that says something else than the text', () => {
  it.each([
    ...everywhere('another id', set('id', 'evt-77'), 'column_mismatch'),
    ...everywhere('another type', set('type', 'proposal.approved'), 'column_mismatch'),
    ...everywhere('another time', set('time', '2026-03-02T09:00:00.000Z'), 'column_mismatch'),
    ...everywhere(
      'another hash',
      (row) => {
        row['hash'] = otherHash(row['hash']);
      },
      'hash_mismatch',
    ),
    ...everywhere(
      'the hash in capitals',
      (row) => {
        row['hash'] = String(row['hash']).toUpperCase();
      },
      'hash_mismatch',
    ),
    ...everywhere('a time that is no time', set('time', 'yesterday'), 'column_mismatch'),
    ...everywhere('an empty id', set('id', ''), 'column_mismatch'),
  ])('$name', expectBroken);
});

describe('a row of another shape', () => {
  it.each([
    ...['id', 'type', 'time', 'hash', 'entry', 'openings', 'seq'].flatMap((column) => [
      ...everywhere(`no column ${column}`, (row) => delete row[column], 'row_malformed'),
      ...everywhere(`nothing in the column ${column}`, set(column, null), 'row_malformed'),
      ...everywhere(`a list in the column ${column}`, set(column, []), 'row_malformed'),
    ]),
    ...['id', 'type', 'time', 'hash', 'entry', 'openings'].flatMap((column) => [
      ...everywhere(`a number in the column ${column}`, set(column, 5), 'row_malformed'),
      ...everywhere(`bytes in the column ${column}`, set(column, new Uint8Array(3)), 'row_malformed'),
    ]),
    ...everywhere('a column more', set('approved_by', 'u-1'), 'row_malformed'),
    ...everywhere('a column more, with an empty name', set('', ''), 'row_malformed'),
    ...everywhere('a column named _id with another value', set('_id', 'acme/77'), 'row_malformed'),
    ...everywhere(
      'a column named __proto__',
      (row) => {
        Object.defineProperty(row, '__proto__', { value: 1, enumerable: true });
      },
      'row_malformed',
    ),
    ...everywhere(
      'the position as text',
      (row) => {
        row['seq'] = String(row['seq']);
      },
      'row_malformed',
    ),
    ...everywhere('a negative position', set('seq', -1), 'row_malformed'),
    ...everywhere('a position that is no number', set('seq', Number.NaN), 'row_malformed'),
    ...everywhere('a position beyond what is exact', set('seq', 2 ** 53), 'row_malformed'),
    ...everywhere(
      'a position between two others',
      (row) => {
        row['seq'] = Number(row['seq']) - 0.5;
      },
      'row_malformed',
    ),
    ...everywhere(
      'a position as a large integer',
      (row) => {
        row['seq'] = BigInt(Number(row['seq']));
      },
      'row_malformed',
    ),
  ])('$name', expectBroken);
});

describe('a row that its columns move elsewhere', () => {
  it.each<TamperCase>([
    {
      name: 'to another tenant: it is missing here',
      tamper: (log) => set('tenant', 'other')(rowAt(log, 2)),
      wantCode: 'gap',
      wantPosition: 2,
    },
    {
      name: 'to another tenant, the last one',
      tamper: (log) => set('tenant', 'other')(rowAt(log, 9)),
      wantCode: 'truncated',
      wantPosition: 9,
    },
    {
      name: 'to no tenant',
      tamper: (log) => set('tenant', null)(rowAt(log, 5)),
      wantCode: 'gap',
      wantPosition: 5,
    },
    {
      name: 'behind the end: its own place is empty',
      tamper: (log) => set('seq', 50)(rowAt(log, 2)),
      wantCode: 'gap',
      wantPosition: 2,
    },
    {
      name: 'to the place of the one before',
      tamper: (log) => set('seq', 4)(rowAt(log, 5)),
      wantCode: 'duplicate',
      wantPosition: 4,
    },
    {
      name: 'to the place of the one after',
      tamper: (log) => set('seq', 6)(rowAt(log, 5)),
      wantCode: 'gap',
      wantPosition: 5,
    },
    {
      name: 'to position 0',
      tamper: (log) => set('seq', 0)(rowAt(log, 9)),
      wantCode: 'duplicate',
      wantPosition: 0,
    },
  ])('$name', expectBroken);
});
