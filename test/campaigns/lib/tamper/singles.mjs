// @ts-check

// One change to what is stored, and what has to be said about it. What is expected is worked out here, from what was changed, and
// from the specification (SPEC 8, 9): not from what the verifier says.

/** @typedef {import('./tables.mjs').Row} Row */
/** @typedef {import('./tables.mjs').Tables} Tables */

/**
 * @typedef {object} Wanted
 * @property {string} [tenant] whose log must be broken
 * @property {readonly (number | null)[]} [positions] one of which must be named; absent where the specification names none
 * @property {string} [neutral] why this is no change of the log
 */

/**
 * @typedef {object} Case
 * @property {string} artefact such as `entries.hash`
 * @property {string} how
 * @property {Tables} tables the changed ones, beside the others as they were
 * @property {Wanted} wanted
 */

/** The head's fields that are no part of the log (SPEC 8.2). */
const LOCK = ['holder', 'until', 'fence', 'wanted', 'anchored_to'];
/** Entries that account for what is missing (SPEC 16, 17). */
export const ACCOUNTS = ['log.erased', 'retention.pruned'];
const VALUES = [
  null,
  0,
  1,
  -1,
  1.5,
  2 ** 53,
  '',
  'x',
  '{}',
  'f'.repeat(64),
  '2000-01-01T00:00:00.000Z',
  true,
];
const TEXTS = ['entry', 'anchor', 'openings'];

/**
 * @param {Tables} tables
 * @param {'sqlite' | 'mongodb'} kind
 * @param {() => number} random
 * @returns {Case | undefined} nothing, when what was drawn changes nothing
 */
export function single(tables, kind, random) {
  const names = Object.keys(tables).filter((name) => WANTED[name] !== undefined);
  const table = pick(names, random);
  const rows = /** @type {Row[]} */ (tables[table]);
  const at = Math.floor(random() * rows.length);
  const row = /** @type {Row} */ (rows[at]);
  const chance = random();
  if (chance < 0.12) {
    const rest = rows.filter((_, i) => i !== at);
    return {
      artefact: table,
      how: 'deleted',
      tables: { ...tables, [table]: rest },
      wanted: lost(tables, table, row),
    };
  }
  if (chance < 0.2) return repeated(tables, table, at, random);
  const field = chance < 0.23 ? 'another' : pick(Object.keys(row), random);
  const { how, value } = changed(rows, row, field, random, kind);
  if (same(value, row[field])) return undefined;
  const after = { ...row };
  if (value === undefined) delete after[field];
  else after[field] = value;
  const wanted = wantedOf(tables, table, row, field, value);
  return { artefact: `${table}.${field}`, how, tables: { ...tables, [table]: rows.with(at, after) }, wanted };
}

/** A copy of a row where none was. @type {(tables: Tables, table: string, at: number, random: () => number) => Case | undefined} */
function repeated(tables, table, at, random) {
  const rows = /** @type {Row[]} */ (tables[table]);
  const row = /** @type {Row} */ (rows[at]);
  if (table === 'entries') {
    const { tenant } = row;
    const last = lastOf(tables, String(tenant));
    const seq = last + (random() < 0.5 ? 1 : 7);
    const copy = { ...row, seq, ...('_id' in row ? { _id: `${tenant}/${seq}` } : {}), id: `copy-${seq}` };
    return {
      artefact: table,
      how: 'repeated behind the end',
      tables: { ...tables, [table]: [...rows, copy] },
      wanted: { tenant: String(tenant), positions: [seq, last + 1] },
    };
  }
  if (table === 'tenants' || table === 'heads') {
    const name = '_id' in row ? '_id' : 'tenant';
    const wanted = { tenant: 'somebody', positions: [null, 0] };
    return {
      artefact: table,
      how: 'repeated for a new name',
      tables: { ...tables, [table]: [...rows, { ...row, [name]: 'somebody' }] },
      wanted,
    };
  }
  return undefined;
}

/** @type {(rows: readonly Row[], row: Row, field: string, random: () => number, kind: string) => { how: string, value: unknown }} */
function changed(rows, row, field, random, kind) {
  const value = row[field];
  const chance = random();
  if (field === 'another') return { how: 'added', value: pick([1, 'x', ''], random) };
  if (chance < 0.1 && kind === 'mongodb') return { how: 'taken away', value: undefined };
  if (chance < 0.35) return { how: "another row's", value: pick(rows, random)[field] };
  if (typeof value === 'string' && chance < 0.75) {
    if (TEXTS.includes(field) && random() < 0.3)
      return { how: 'the same, written otherwise', value: rewritten(value, random) };
    return { how: 'one character', value: oneCharacter(value, random) };
  }
  if (chance < 0.82)
    return {
      how: 'as another type',
      value: kind === 'sqlite' ? Buffer.from(String(value)) : otherType(value),
    };
  return { how: 'set', value: pick(VALUES, random) };
}

/** @param {unknown} value */
function otherType(value) {
  return typeof value === 'string' ? Buffer.from(value) : String(value);
}

/** JSON that means the same. @type {(text: string, random: () => number) => string} */
function rewritten(text, random) {
  switch (Math.floor(random() * 4)) {
    case 0:
      return `${text} `;
    case 1:
      return text.replace(':', ': ');
    case 2:
      return text.replace('{', '{"v":1,');
    default:
      return JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()));
  }
}

/** @type {(text: string, random: () => number) => string} */
export function oneCharacter(text, random) {
  const at = Math.floor(random() * text.length);
  const other = pick('0123456789abcdefxyzA"{}:,\\ é'.split(''), random);
  return random() < 0.2
    ? text.slice(0, at) + text.slice(at + 1)
    : text.slice(0, at) + other + text.slice(at + 1);
}

/** What a change of a field has to lead to, by table. @type {Record<string, (tables: Tables, row: Row, field: string, value: unknown) => Wanted>} */
const WANTED = {
  entries: (tables, { tenant, seq, type }, field, value) => {
    const [own, at] = [String(tenant), Number(seq)];
    const first = firstOf(tables, own);
    // A column more is one for all rows of a table, from the first on.
    if (field === 'another') return { tenant: own };
    // An account that cannot be read, or shares its place, accounts for nothing: what it is about is then missing, and comes before it.
    const isShared = field === 'seq' && isAccount(tables, own, Number(value));
    if (ACCOUNTS.includes(String(type)) || isShared) return { tenant: own };
    // Where it stood is a gap; what is there in its stead may come earlier. In SQLite true is 1.
    if (field === 'seq')
      return {
        tenant: own,
        positions: [
          at,
          typeof value === 'number' || value === true ? Number(value) : at,
          lastOf(tables, own),
          ...lead(first),
        ],
      };
    if (field === 'tenant' || field === '_id')
      return unheaded(tables, own, at) ? { tenant: own } : { tenant: own, positions: [at, ...lead(first)] };
    return { tenant: own, positions: [at] };
  },
  anchors: (tables, { tenant, from_seq, to_seq }, field, value) => {
    const own = String(tenant);
    const first = firstOf(tables, own);
    // Where a pruned log begins is known from its anchors alone. Numbers and bounds decide what is a segment's neighbour, and an anchor
    // that belongs elsewhere has bounds of its own: another may be the one that is named.
    const isOther = field === 'anchor' && tables['anchors']?.some(({ anchor }) => anchor === value);
    return Number(to_seq) < first ||
      isOther ||
      ['number', 'from_seq', 'to_seq', 'tenant', 'another'].includes(field)
      ? { tenant: own }
      : { tenant: own, positions: [Number(from_seq)] };
  },
  heads: (_, row, field) => {
    if (LOCK.includes(field)) return { neutral: 'the lock is not part of the log' };
    return { tenant: String(row['tenant'] ?? row['_id']) };
  },
  tenants: (_, row, field) =>
    field === 'tenant' || field === '_id'
      ? {}
      : { tenant: String(row['tenant'] ?? row['_id']), positions: [null] },
  directory_changes: (_tables, _row, field) =>
    // Of these rows nothing has to be believed: the roots are in the seals (SPEC 12.2).
    field === 'another' || field === '_id' ? { neutral: 'no column of a directory' } : {},
};

/** @type {(tables: Tables, table: string, row: Row, field: string, value: unknown) => Wanted} */
function wantedOf(tables, table, row, field, value) {
  return /** @type {NonNullable<typeof WANTED[string]>} */ (WANTED[table])(tables, row, field, value);
}

/** What a row that is gone has to lead to. @type {(tables: Tables, table: string, row: Row) => Wanted} */
function lost(tables, table, row) {
  const tenant = String(row['tenant'] ?? row['_id']);
  switch (table) {
    case 'entries':
      if (unheaded(tables, tenant, Number(row['seq'])))
        return { neutral: 'nothing says yet that it was there' };
      if (ACCOUNTS.includes(String(row['type']))) return { tenant };
      return { tenant, positions: [Number(row['seq']), ...lead(firstOf(tables, tenant))] };
    case 'anchors':
    case 'heads':
      return { tenant };
    case 'tenants':
      return { tenant, positions: [null] };
    default:
      return {};
  }
}

/** Whether the entry at a position accounts for something. @type {(tables: Tables, tenant: string, seq: number) => boolean} */
function isAccount(tables, tenant, seq) {
  return (tables['entries'] ?? []).some(
    (row) => row['tenant'] === tenant && row['seq'] === seq && ACCOUNTS.includes(String(row['type'])),
  );
}

/** Whether an entry is the last one, and the head lags behind it. @type {(tables: Tables, tenant: string, seq: number) => boolean} */
function unheaded(tables, tenant, seq) {
  const head = tables['heads']?.find((row) => (row['tenant'] ?? row['_id']) === tenant);
  return seq === lastOf(tables, tenant) && Number(head?.['seq']) < seq;
}

/** A log that lost its first entries without a word is broken from 0 on. @type {(first: number) => number[]} */
function lead(first) {
  return first > 0 ? [0] : [];
}

/** @type {(tables: Tables, tenant: string) => number} */
function firstOf(tables, tenant) {
  const mine = tables['entries']?.filter((row) => row['tenant'] === tenant) ?? [];
  return Math.min(...mine.map(({ seq }) => Number(seq)));
}

/** @type {(tables: Tables, tenant: string) => number} */
export function lastOf(tables, tenant) {
  const mine = tables['entries']?.filter((row) => row['tenant'] === tenant) ?? [];
  return Math.max(...mine.map(({ seq }) => Number(seq)));
}

/** @type {<T>(list: readonly T[], random: () => number) => T} */
export function pick(list, random) {
  return /** @type {any} */ (list[Math.floor(random() * list.length)]);
}

/** @type {(a: unknown, b: unknown) => boolean} */
function same(a, b) {
  // SQLite has no booleans: true is 1.
  return (
    a === b || (a === undefined && b === null) || (a === null && b === undefined) || (a === true && b === 1)
  );
}
