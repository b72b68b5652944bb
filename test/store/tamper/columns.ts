import { canonicalize, type Opening, type Openings } from '@sealtrail/format';
import { type TamperCase as Case, EARLY, entry, MIDDLE, NO_HASH, OTHER, TENANT } from './case.ts';

const set =
  (changes: Record<string, unknown>): Case['change'] =>
  (raw) =>
    raw.set('entries', entry(MIDDLE), changes);

const loose =
  (changes: Record<string, unknown>): Case['change'] =>
  async (raw) => {
    await raw.loosen();
    await raw.set('entries', entry(MIDDLE), changes);
  };

const changed: readonly Case[] = [
  { what: 'seq: a free position', change: set({ seq: 50 }), code: 'gap', position: MIDDLE },
  {
    what: 'seq: a position that is taken',
    change: loose({ seq: 8 }),
    code: 'column_mismatch',
    position: MIDDLE,
  },
  { what: 'seq: negative', change: set({ seq: -1 }), code: 'row_malformed', position: MIDDLE },
  { what: 'seq: a fraction', change: loose({ seq: 5.5 }), code: 'row_malformed', position: MIDDLE },
  {
    what: 'seq: beyond exact numbers',
    change: loose({ seq: 2 ** 60 }),
    code: 'row_malformed',
    position: MIDDLE,
  },
  { what: 'id', change: set({ id: 'another' }), code: 'column_mismatch', position: MIDDLE },
  { what: 'type', change: set({ type: 'proposal.rejected' }), code: 'column_mismatch', position: MIDDLE },
  { what: 'time', change: set({ time: EARLY }), code: 'column_mismatch', position: MIDDLE },
  {
    what: 'entry: that of another log, which stands elsewhere',
    change: async (raw) => {
      const [, other] = await raw.rows('entries', OTHER);
      await raw.set('entries', entry(MIDDLE), { entry: other?.['entry'] });
    },
    code: 'column_mismatch',
    position: MIDDLE,
  },
  { what: 'hash', change: set({ hash: NO_HASH }), code: 'hash_mismatch', position: MIDDLE },
  {
    what: 'tenant: another one',
    change: set({ tenant: OTHER }),
    code: 'gap',
    position: MIDDLE,
    others: { [OTHER]: 'column_mismatch' },
  },
  {
    what: 'tenant: one that is not registered',
    change: set({ tenant: 'ghost' }),
    code: 'gap',
    position: MIDDLE,
    others: { ghost: 'tenant_unregistered' },
  },
  {
    what: '_id: another position',
    change: set({ _id: `${TENANT}/50` }),
    code: 'row_malformed',
    position: MIDDLE,
    only: 'mongodb',
  },
  {
    what: '_id: another type',
    change: set({ _id: 5 }),
    code: 'row_malformed',
    position: MIDDLE,
    only: 'mongodb',
  },
];

const texts = ['id', 'type', 'time', 'hash', 'entry', 'openings'] as const;

const types: readonly Case[] = [
  ...texts.flatMap((column): Case[] => [
    { what: `${column}: a number`, change: loose({ [column]: 5 }), code: 'row_malformed', position: MIDDLE },
    { what: `${column}: null`, change: loose({ [column]: null }), code: 'row_malformed', position: MIDDLE },
    {
      what: `${column}: bytes`,
      change: loose({ [column]: Buffer.from('x') }),
      code: 'row_malformed',
      position: MIDDLE,
    },
    {
      what: `${column}: missing`,
      change: (raw) => raw.unset('entries', entry(MIDDLE), column),
      code: 'row_malformed',
      position: MIDDLE,
      only: 'mongodb',
    },
    {
      what: `${column}: a list that holds it`,
      change: async (raw) => {
        const row = (await raw.rows('entries', TENANT))[MIDDLE];
        await raw.set('entries', entry(MIDDLE), { [column]: [row?.[column]] });
      },
      code: 'row_malformed',
      position: MIDDLE,
      only: 'mongodb',
    },
  ]),
  // A row whose column says no position is named by its text.
  { what: 'seq: a text', change: loose({ seq: '5' }), code: 'row_malformed', position: MIDDLE },
  { what: 'seq: null', change: loose({ seq: null }), code: 'row_malformed', position: MIDDLE },
  {
    what: 'tenant: null',
    change: loose({ tenant: null }),
    code: 'gap',
    position: MIDDLE,
    others: { 'null (not a text)': 'tenant_unregistered' },
    only: 'sqlite',
  },
  {
    what: 'tenant: missing',
    change: (raw) => raw.unset('entries', entry(MIDDLE), 'tenant'),
    code: 'gap',
    position: MIDDLE,
    others: { 'null (not a text)': 'tenant_unregistered' },
    only: 'mongodb',
  },
  {
    what: 'time: a date',
    change: set({ time: new Date(0) }),
    code: 'row_malformed',
    position: MIDDLE,
    only: 'mongodb',
  },
  {
    what: 'an unknown field',
    change: (raw) => raw.extend('entries', entry(MIDDLE), 'approved_by', 'u-1'),
    code: 'row_malformed',
    position: MIDDLE,
    only: 'mongodb',
  },
  {
    // It is there for every row of the table.
    what: 'an unknown column',
    change: (raw) => raw.extend('entries', entry(MIDDLE), 'approved_by', 'u-1'),
    code: 'row_malformed',
    position: 0,
    others: { [OTHER]: 'row_malformed' },
    only: 'sqlite',
  },
];

/** Writes other openings in the place of an entry's own: a value to be written as JSON, or a text as it is. */
const openings =
  (change: (own: Openings) => unknown): Case['change'] =>
  async (raw) => {
    const row = (await raw.rows('entries', TENANT))[MIDDLE];
    const changed = change(JSON.parse(String(row?.['openings'])) as Openings);
    const text = typeof changed === 'string' ? changed : canonicalize(changed);
    await raw.set('entries', entry(MIDDLE), { openings: text });
  };

const rationale = (changes: Partial<Opening>) =>
  openings((own) => ({ ...own, rationale: { ...own['rationale'], ...changes } }));

const SALT = '0'.repeat(32);

const opened: readonly Case[] = [
  ['a value', rationale({ value: 'another reason' }), 'opening_mismatch'],
  ['a salt', rationale({ salt: SALT }), 'opening_mismatch'],
  [
    'two exchanged',
    openings((own) => ({ diff: own['rationale'], rationale: own['diff'] })),
    'opening_mismatch',
  ],
  ['one removed', openings((own) => ({ rationale: own['rationale'] })), 'opening_missing'],
  ['all removed', openings(() => '{}'), 'opening_missing'],
  ['one added', openings((own) => ({ ...own, zone: { salt: SALT, value: 1 } })), 'opening_unexpected'],
  ['no text of JSON', openings(() => 'erased'), 'opening_malformed'],
  ['empty', openings(() => ''), 'opening_malformed'],
  ['a salt alone', openings((own) => ({ ...own, rationale: { salt: SALT } })), 'opening_malformed'],
  ['the same with a space', openings((own) => canonicalize(own).replace(',', ', ')), 'opening_malformed'],
].map(([what, change, code]) => ({ what: `openings: ${what}`, change, code, position: MIDDLE }) as Case);

/** Every column of a stored entry but its text. */
export const columnCases: readonly Case[] = [...changed, ...types, ...opened].map((one) => ({
  ...one,
  what: `column ${one.what}`,
}));
