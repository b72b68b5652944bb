import type { Raw } from '../../support/raw.ts';
import { rehashAnchor } from '../../support/rehash.ts';
import { anchor, type TamperCase as Case, EARLY, HEAD, LATE, NO_HASH, OTHER, TENANT } from './case.ts';

const set =
  (number: number, changes: Record<string, unknown>): Case['change'] =>
  (raw) =>
    raw.set('anchors', anchor(number), changes);

const loose =
  (number: number, changes: Record<string, unknown>): Case['change'] =>
  async (raw) => {
    await raw.loosen();
    await raw.set('anchors', anchor(number), changes);
  };

const columns: readonly Case[] = [
  { what: 'number', change: set(1, { number: 5 }), code: 'column_mismatch', position: 4 },
  { what: 'from_seq', change: set(1, { from_seq: 5 }), code: 'column_mismatch', position: 4 },
  { what: 'to_seq', change: set(1, { to_seq: 6 }), code: 'column_mismatch', position: 4 },
  { what: 'hash', change: set(1, { hash: NO_HASH }), code: 'anchor_hash_mismatch', position: 4 },
  { what: 'hash of the first', change: set(0, { hash: NO_HASH }), code: 'anchor_hash_mismatch', position: 0 },
  {
    what: 'tenant',
    change: set(1, { tenant: OTHER }),
    code: 'anchor_missing',
    position: 4,
    others: { [OTHER]: 'column_mismatch' },
  },
  {
    what: 'tenant: one that is not registered',
    change: set(1, { tenant: 'ghost' }),
    code: 'anchor_missing',
    position: 4,
    others: { ghost: 'tenant_unregistered' },
  },
  ...[
    ['number', '1'],
    ['from_seq', '4'],
    ['from_seq', null],
    ['to_seq', '7'],
    ['to_seq', 7.5],
    ['hash', 5],
    ['hash', null],
    ['anchor', 5],
    ['anchor', null],
  ].map(
    ([column, value]): Case => ({
      what: `${column}: ${JSON.stringify(value)}`,
      change: loose(1, { [column as string]: value }),
      code: 'anchor_malformed',
      position: 4,
    }),
  ),
  // It comes before the first one, and is taken for that.
  { what: 'number: -1', change: loose(1, { number: -1 }), code: 'anchor_malformed', position: 4 },
  { what: 'anchor: no JSON', change: set(1, { anchor: 'gone' }), code: 'anchor_malformed', position: 4 },
  {
    what: 'an unknown field',
    change: (raw) => raw.extend('anchors', anchor(1), 'note', 'x'),
    code: 'anchor_malformed',
    position: 4,
    only: 'mongodb',
  },
  {
    // It is there for every row of the table.
    what: 'an unknown column',
    change: (raw) => raw.extend('anchors', anchor(1), 'note', 'x'),
    code: 'anchor_malformed',
    position: 0,
    only: 'sqlite',
  },
  {
    what: '_id',
    change: set(1, { _id: `${TENANT}/9` }),
    code: 'anchor_malformed',
    position: 4,
    only: 'mongodb',
  },
];

type Change = readonly [
  what: string,
  changes: Record<string, unknown>,
  code: Case['code'],
  position: number | null,
];

/** Every member of the newest anchor, with its hash and columns, and with the head's note of it. */
const MEMBERS: readonly Change[] = [
  ['v', { v: 2 }, 'anchor_malformed', 4],
  ['tenant', { tenant: OTHER }, 'column_mismatch', 4],
  ['number', { number: 2 }, 'anchor_gap', 4],
  ['from', { from: 5 }, 'anchor_gap', 4],
  ['to: fewer', { to: 6 }, 'anchor_root_mismatch', 4],
  ['to: more', { to: 8 }, 'anchor_root_mismatch', 4],
  ['to: beyond the log', { to: 40 }, 'truncated', 11],
  ['entries_root', { entries_root: NO_HASH }, 'anchor_root_mismatch', 4],
  ['records_root', { records_root: NO_HASH }, 'anchor_records_mismatch', 4],
  ['records_size', { records_size: 3 }, 'anchor_records_mismatch', 4],
  ['last', { last: NO_HASH }, 'anchor_last_mismatch', 7],
  // The head vouches for the newest: the one before must then be another.
  ['prev', { prev: NO_HASH }, 'anchor_link_mismatch', 0],
  ['time: before its entries', { time: EARLY }, 'time_decreasing', 4],
  ['an unknown member', { note: 'x' }, 'anchor_malformed', 4],
];

async function tellHead(raw: Raw, hash: string): Promise<void> {
  const [{ number } = {}] = (await raw.rows('anchors', TENANT)).slice(-1);
  await raw.set('heads', HEAD, { anchor_number: number, anchor_hash: hash });
}

const members = MEMBERS.flatMap(([what, changes, code, position]): Case[] => [
  {
    what: `${what}, in the text alone`,
    change: async (raw) => {
      const [, row] = await raw.rows('anchors', TENANT);
      const hash = row?.['hash'];
      await rehashAnchor(raw, TENANT, 1, changes);
      const key = anchor((changes['number'] as number | undefined) ?? 1);
      await raw.set('anchors', key, { number: 1, from_seq: 4, to_seq: 7, hash });
    },
    code: 'anchor_hash_mismatch',
    position: 4,
  },
  {
    what: `${what}, with hash, columns and head`,
    change: async (raw) => tellHead(raw, await rehashAnchor(raw, TENANT, 1, changes)),
    code,
    position,
  },
]);

const chain: readonly Case[] = [
  {
    what: 'time of the newest, with hash and columns but not the head',
    change: async (raw) => void (await rehashAnchor(raw, TENANT, 1, { time: LATE })),
    code: 'head_mismatch',
    position: null,
  },
  {
    what: 'time of the first, with hash and columns',
    change: async (raw) => void (await rehashAnchor(raw, TENANT, 0, { time: LATE })),
    code: 'anchor_link_mismatch',
    position: 0,
  },
  {
    what: 'the first deleted',
    change: (raw) => raw.remove('anchors', anchor(0)),
    code: 'anchor_gap',
    position: 0,
  },
  {
    what: 'the newest deleted',
    change: (raw) => raw.remove('anchors', anchor(1)),
    code: 'anchor_missing',
    position: 4,
  },
  {
    what: 'all deleted',
    change: async (raw) => {
      await raw.remove('anchors', anchor(0));
      await raw.remove('anchors', anchor(1));
    },
    code: 'anchor_missing',
    position: 0,
  },
  {
    what: 'the newest a second time under the next number',
    change: async (raw, kind) => {
      const [, row] = await raw.rows('anchors', TENANT);
      await raw.insert('anchors', {
        ...row,
        number: 2,
        ...(kind === 'mongodb' ? { _id: `${TENANT}/2` } : {}),
      });
    },
    code: 'column_mismatch',
    position: 4,
  },
];

/** Anchors: every column, every member of the text, and their chain. */
export const anchorCases: readonly Case[] = [...columns, ...members, ...chain].map((one) => ({
  ...one,
  what: `anchor: ${one.what}`,
}));
