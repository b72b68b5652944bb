import { type TamperCase as Case, EARLY, entry, HEAD, LATE, NO_HASH, OTHER, TENANT } from './case.ts';

const head =
  (changes: Record<string, unknown>): Case['change'] =>
  (raw) =>
    raw.set('heads', HEAD, changes);
const looseHead =
  (changes: Record<string, unknown>): Case['change'] =>
  async (raw) => {
    await raw.loosen();
    await raw.set('heads', HEAD, changes);
  };

const heads: readonly Case[] = [
  { what: 'seq: an entry that never was', change: head({ seq: 11 }), code: 'truncated', position: 11 },
  { what: 'seq: an earlier entry', change: head({ seq: 9 }), code: 'head_mismatch', position: 9 },
  { what: 'hash', change: head({ hash: NO_HASH }), code: 'head_mismatch', position: 10 },
  { what: 'time', change: head({ time: LATE }), code: 'head_mismatch', position: 10 },
  {
    what: 'anchor_number: an anchor that never was',
    change: head({ anchor_number: 2 }),
    code: 'anchor_missing',
    position: 8,
  },
  {
    what: 'anchor_number: an earlier anchor',
    change: head({ anchor_number: 0 }),
    code: 'head_mismatch',
    position: null,
  },
  { what: 'anchor_hash', change: head({ anchor_hash: NO_HASH }), code: 'head_mismatch', position: null },
  {
    what: 'anchor_number alone null',
    change: head({ anchor_number: null }),
    code: 'head_malformed',
    position: null,
  },
  {
    what: 'anchor_hash alone null',
    change: head({ anchor_hash: null }),
    code: 'head_malformed',
    position: null,
  },
  ...[
    ['seq', -1],
    ['seq', '10'],
    ['seq', 9.5],
    ['seq', null],
    ['hash', 'no hash'],
    ['hash', 5],
    ['hash', null],
    ['time', 'yesterday'],
    ['time', null],
    ['anchor_number', '1'],
    ['anchor_hash', 5],
  ].map(
    ([column, value]): Case => ({
      what: `${column}: ${JSON.stringify(value)}`,
      change: looseHead({ [column as string]: value }),
      code: 'head_malformed',
      position: null,
    }),
  ),
  ...['seq', 'hash', 'time', 'anchor_number', 'anchor_hash'].map(
    (field): Case => ({
      what: `${field}: missing`,
      change: (raw) => raw.unset('heads', HEAD, field),
      code: 'head_malformed',
      position: null,
      only: 'mongodb',
    }),
  ),
  {
    what: 'an unknown column',
    change: async (raw, kind) => {
      await raw.extend('heads', HEAD, 'note', 'x');
      // In a table the column is there for the other tenant too.
      if (kind === 'sqlite') await raw.remove('heads', { tenant: OTHER });
    },
    code: 'head_malformed',
    position: null,
    others: { [OTHER]: 'head_missing' },
    only: 'sqlite',
  },
  {
    what: 'an unknown field',
    change: (raw) => raw.extend('heads', HEAD, 'note', 'x'),
    code: 'head_malformed',
    position: null,
    only: 'mongodb',
  },
  { what: 'deleted', change: (raw) => raw.remove('heads', HEAD), code: 'head_missing', position: null },
  {
    what: 'tenant',
    change: head({ tenant: 'ghost' }),
    code: 'head_missing',
    position: null,
    others: { ghost: 'tenant_unregistered' },
  },
];

const registration =
  (changes: Record<string, unknown>): Case['change'] =>
  (raw) =>
    raw.set('tenants', { tenant: TENANT }, changes);

const registry: readonly Case[] = [
  { what: 'time', change: registration({ time: EARLY }), code: 'registry_malformed', position: null },
  {
    what: 'time: malformed',
    change: registration({ time: 'once' }),
    code: 'registry_malformed',
    position: null,
  },
  { what: 'genesis', change: registration({ genesis: NO_HASH }), code: 'registry_malformed', position: null },
  {
    what: 'genesis: malformed',
    change: registration({ genesis: '' }),
    code: 'registry_malformed',
    position: null,
  },
  ...['time', 'genesis'].map(
    (column): Case => ({
      what: `${column}: a number`,
      change: async (raw) => {
        await raw.loosen();
        await raw.set('tenants', { tenant: TENANT }, { [column]: 5 });
      },
      code: 'registry_malformed',
      position: null,
    }),
  ),
  {
    what: 'an unknown field',
    change: (raw) => raw.extend('tenants', { tenant: TENANT }, 'note', 'x'),
    code: 'registry_malformed',
    position: null,
    only: 'mongodb',
  },
  {
    what: 'an unknown column',
    change: (raw) => raw.extend('tenants', { tenant: TENANT }, 'note', 'x'),
    code: 'registry_malformed',
    position: null,
    others: { [OTHER]: 'registry_malformed' },
    only: 'sqlite',
  },
  {
    what: 'deleted',
    change: (raw) => raw.remove('tenants', { tenant: TENANT }),
    code: 'tenant_unregistered',
    position: null,
  },
  {
    what: 'renamed',
    change: registration({ tenant: 'zeta' }),
    code: 'tenant_unregistered',
    position: null,
    others: { zeta: 'registry_malformed' },
  },
];

const tenants: readonly Case[] = [
  {
    what: 'all entries of a tenant deleted',
    change: async (raw) => {
      for (let seq = 0; seq <= 10; seq++) await raw.remove('entries', entry(seq));
    },
    code: 'tenant_missing',
    position: 0,
  },
  {
    what: 'everything of a tenant deleted but its registration',
    change: async (raw) => {
      for (let seq = 0; seq <= 10; seq++) await raw.remove('entries', entry(seq));
      await raw.remove('heads', HEAD);
      await raw.remove('anchors', { tenant: TENANT });
    },
    code: 'tenant_missing',
    position: 0,
  },
  {
    what: 'a tenant that nobody registered',
    change: async (raw, kind) => {
      const [first] = await raw.rows('entries', OTHER);
      const row = { ...first, tenant: 'ghost' };
      await raw.insert('entries', kind === 'mongodb' ? { ...row, _id: 'ghost/0' } : row);
      await raw.remove('heads', HEAD);
    },
    code: 'head_missing',
    position: null,
    others: { ghost: 'tenant_unregistered' },
  },
];

const named = (what: string, cases: readonly Case[]) =>
  cases.map((one) => ({ ...one, what: `${what} ${one.what}` }));

/** The head, the registry, and tenants as a whole. */
export const headCases: readonly Case[] = [
  ...named('head', heads),
  ...named('registration', registry),
  ...tenants,
];
