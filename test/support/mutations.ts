import { canonicalize, entryHash } from '@sealtrail/format';
import fc from 'fast-check';
import { addAnchor, type Row, type StoredLog, setHead } from './memory-log.ts';
import { NO_HASH } from './oracle.ts';
import { type Loose, reanchor, relink } from './tamper.ts';

/** One change of stored rows; what it does not find to change, it leaves. */
export type Mutation = (log: StoredLog) => void;

type Table = 'entries' | 'anchors' | 'head' | 'registry';

function rowsOf(log: StoredLog, table: Table): Row[] {
  return table === 'entries' || table === 'anchors' ? log[table] : [log[table]];
}

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];

/** Any value in any column of any row. */
const anyColumn = fc
  .record({
    table: fc.constantFrom<Table>('entries', 'anchors', 'head', 'registry'),
    row: fc.nat(),
    column: fc.nat(),
    value: fc.oneof(
      fc.constantFrom<unknown>(null, undefined, 0, -1, 1, 1.5, Number.NaN, 2 ** 53, true, '', [], {}, 7n),
      fc.constantFrom<unknown>(
        NO_HASH,
        NO_HASH.toUpperCase(),
        'acme',
        'genesis',
        '{}',
        '[]',
        '{"v":2}',
        '\ud800',
      ),
      fc.nat(12),
      fc.string(),
    ),
  })
  .map(
    ({ table, row, column, value }): Mutation =>
      (log) => {
        const one = pick(rowsOf(log, table), row);
        if (one === undefined) return;
        const name = pick([...Object.keys(one), 'another', '_id'], column) as string;
        if (value === undefined) delete one[name];
        else one[name] = value;
      },
  );

/** The value that another row has in the same column. */
const crossed = fc
  .record({ table: fc.constantFrom<Table>('entries', 'anchors'), a: fc.nat(), b: fc.nat(), column: fc.nat() })
  .map(
    ({ table, a, b, column }): Mutation =>
      (log) => {
        const [x, y] = [pick(rowsOf(log, table), a), pick(rowsOf(log, table), b)];
        if (x === undefined || y === undefined) return;
        const name = pick(Object.keys(x), column) as string;
        [x[name], y[name]] = [y[name], x[name]];
      },
  );

/** Rows removed, repeated, moved. */
const moved = fc
  .record({
    table: fc.constantFrom<Table>('entries', 'anchors'),
    at: fc.nat(),
    to: fc.nat(),
    how: fc.constantFrom('remove', 'repeat', 'cut', 'behead'),
  })
  .map(
    ({ table, at, to, how }): Mutation =>
      (log) => {
        const rows = rowsOf(log, table);
        const from = at % Math.max(1, rows.length);
        if (how === 'remove') rows.splice(from, 1);
        if (how === 'repeat')
          rows.splice(to % (rows.length + 1), 0, ...structuredClone(rows.slice(from, from + 1)));
        if (how === 'cut') rows.splice(from + 1);
        if (how === 'behead') rows.splice(0, from);
      },
  );

/** A member of a stored text, whose hash and columns may follow. */
const anyMember = fc
  .record({
    table: fc.constantFrom<Table>('entries', 'anchors'),
    row: fc.nat(),
    member: fc.nat(),
    value: fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.nat(12),
      fc.constantFrom(NO_HASH, 'other', 'log.started'),
    ),
    how: fc.constantFrom('set', 'remove', 'add'),
    rehash: fc.boolean(),
    columns: fc.boolean(),
  })
  .map(
    ({ table, row, member, value, how, rehash, columns }): Mutation =>
      (log) => {
        const one = pick(rowsOf(log, table), row);
        const name = table === 'entries' ? 'entry' : 'anchor';
        const parsed = parse(one?.[name]);
        if (one === undefined || parsed === undefined) return;
        const key = how === 'add' ? 'another' : (pick(Object.keys(parsed), member) ?? 'v');
        if (how === 'remove') delete parsed[key];
        else parsed[key] = value;
        one[name] = encode(parsed);
        if (rehash) one['hash'] = entryHash(String(one[name]));
        if (columns && key in one && typeof one[key] === typeof parsed[key]) one[key] = parsed[key];
      },
  );

/** Single characters of a stored text. */
const anyCharacter = fc
  .record({
    table: fc.constantFrom<Table>('entries', 'anchors'),
    row: fc.nat(),
    column: fc.constantFrom('entry', 'anchor', 'openings', 'hash', 'time'),
    at: fc.nat(),
    remove: fc.nat(2),
    insert: fc.constantFrom(
      '',
      '0',
      '1',
      'e',
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\\',
      ' ',
      '\u0000',
      'é',
      '\ud800',
    ),
    rehash: fc.boolean(),
  })
  .map(
    ({ table, row, column, at, remove, insert, rehash }): Mutation =>
      (log) => {
        const one = pick(rowsOf(log, table), row);
        const text = one?.[column];
        if (one === undefined || typeof text !== 'string') return;
        const from = at % (text.length + 1);
        one[column] = text.slice(0, from) + insert + text.slice(from + remove);
        if (rehash && (column === 'entry' || column === 'anchor'))
          one['hash'] = entryHash(String(one[column]));
      },
  );

/** What somebody does to cover up: everything after some point made anew. */
const covered = fc
  .record({ how: fc.constantFrom('relink', 'reanchor', 'head', 'lag', 'extend'), at: fc.nat(12) })
  .map(
    ({ how, at }): Mutation =>
      (log) => {
        // On rows that are too broken for it there is nothing to cover up any more.
        try {
          if (how === 'relink') relink(log, at);
          if (how === 'reanchor') reanchor(log, at);
          if (how === 'head') setHead(log);
          if (how === 'lag') setHead(log, at % Math.max(1, log.entries.length), null);
          if (how === 'extend')
            addAnchor(log, Number(log.anchors.at(-1)?.['to_seq'] ?? -1) + 1, log.entries.length - 1);
        } catch {}
      },
  );

/** Canonical where there is a canonical form. */
function encode(value: Loose): string {
  try {
    return canonicalize(value, 100);
  } catch {
    return JSON.stringify(value);
  }
}

function parse(text: unknown): Loose | undefined {
  try {
    const value: unknown = JSON.parse(String(text));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Loose)
      : undefined;
  } catch {
    return undefined;
  }
}

/** A few changes, one after the other. */
export const mutations: fc.Arbitrary<readonly Mutation[]> = fc.array(
  fc.oneof(anyColumn, crossed, moved, anyMember, anyCharacter, covered),
  { minLength: 1, maxLength: 5 },
);
