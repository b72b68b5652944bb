// @ts-check
import { canonicalize, entryHash, isSealtrailError, SEALS_TENANT } from '@sealtrail/format';
import { anchorTenant, Log, openStore, sealTenants } from '@sealtrail/store';
import { addSeal } from './add-seal.mjs';
import { lastOf, pick } from './singles.mjs';

// Whoever owns the database knows the format as well as anybody, and has the product to make anchors and seals with. Each level makes
// more of what follows a change agree with it.

/** @typedef {import('./tables.mjs').Row} Row */
/** @typedef {import('./tables.mjs').Tables} Tables */

/**
 * What somebody has to have noted elsewhere: without it nothing shows. The threat model lists the same (docs/design.md).
 *
 * @typedef {'position' | 'seal'} Noted
 */

/**
 * @typedef {object} Plot
 * @property {string} how
 * @property {string} tenant
 * @property {Tables} tables
 * @property {((location: string) => Promise<void>)} [finish] what the product does for the attacker afterwards
 * @property {readonly (number | null)[]} [positions] as for a single change
 * @property {Noted} [needs] what alone shows it
 */

/** Tenants that are changed as a whole; one has lost its first entries to a pruning. */
const TENANTS = ['acme', 'beta'];

/** @type {Readonly<Record<string, (tables: Tables, random: () => number) => Plot>>} */
export const PLOTS = {
  'an entry changed, its hash and columns with it': (tables, random) => {
    const { tenant, seq, kept } = drawn(tables, random);
    const rows = kept.map((row) =>
      row['seq'] === seq ? edited(row, (entry) => (entry['type'] = 'other.type')) : row,
    );
    const after = withRows(tables, tenant, rows);
    // The last entry is vouched for by the head alone, which may lag behind it.
    if (seq === lastOf(tables, tenant) && Number(headOf(tables, tenant)['seq']) < seq)
      return { how: '', tenant, tables: after, needs: 'position' };
    return { how: '', tenant, tables: after, positions: [seq] };
  },
  'everything after it hashed anew, the head as well': (tables, random) => {
    const { tenant, seq, kept } = drawn(tables, random);
    const after = setHead(withRows(tables, tenant, rehashed(kept, seq)), tenant);
    const segment = anchorsOf(tables, tenant).find(
      ({ from_seq, to_seq }) => Number(from_seq) <= seq && seq <= Number(to_seq),
    );
    return segment === undefined
      ? { how: '', tenant, tables: after, needs: 'position' }
      : { how: '', tenant, tables: after, positions: [Number(segment['from_seq'])] };
  },
  'anchors made anew over it': (tables, random) => {
    const { tenant, seq, kept } = drawn(tables, random);
    const after = withoutAnchors(setHead(withRows(tables, tenant, rehashed(kept, seq)), tenant), tenant, seq);
    const isSealed = anchorsOf(after, tenant).length < sealedAnchors(tables, tenant);
    const finish = (/** @type {string} */ location) => anchorAnew(location, tenant);
    return isSealed
      ? { how: '', tenant, tables: after, finish }
      : { how: '', tenant, tables: after, finish, needs: 'position' };
  },
  'seals made anew over it': (tables, random) => {
    const { tenant, seq, kept } = drawn(tables, random);
    const rewritten = withoutAnchors(
      setHead(withRows(tables, tenant, rehashed(kept, seq)), tenant),
      tenant,
      seq,
    );
    const finish = async (/** @type {string} */ location) => {
      await anchorAnew(location, tenant);
      await sealAnew(location);
    };
    return { how: '', tenant, tables: withoutSeals(rewritten), finish, needs: 'seal' };
  },
  'a seal added over it': (tables, random) => {
    const tenant = pick(TENANTS, random);
    const sealed = Number(anchorsOf(tables, tenant).at(-1)?.['to_seq']);
    const kept = rowsOf(tables, tenant);
    const { seq } = drawnFrom(
      kept.filter((row) => Number(row['seq']) <= sealed),
      random,
    );
    const after = withoutAnchors(setHead(withRows(tables, tenant, rehashed(kept, seq)), tenant), tenant, seq);
    const finish = async (/** @type {string} */ location) => {
      await grow(location, tenant);
      await addSeal(location);
    };
    return { how: '', tenant, tables: after, finish, needs: 'seal' };
  },
  'the end cut off, the head set back': (tables, random) => {
    const { tenant, seq, kept } = drawn(tables, random);
    const rows = kept.filter((row) => Number(row['seq']) < seq);
    if (rows.length === 0) return PLOTS['a log gone as a whole']?.(tables, random) ?? impossible();
    const after = setHead(withoutAnchors(withRows(tables, tenant, rows), tenant, seq), tenant);
    const isSealed = anchorsOf(after, tenant).length < sealedAnchors(tables, tenant);
    return isSealed
      ? { how: '', tenant, tables: after }
      : { how: '', tenant, tables: after, needs: 'position' };
  },
  'a log gone as a whole': (tables, random) => {
    const tenant = pick(TENANTS, random);
    return { how: '', tenant, tables: without(tables, tenant) };
  },
  'a log gone as a whole, its lines as well, and sealed on by the product': (tables, random) => {
    const tenant = pick(TENANTS, random);
    const finish = async (/** @type {string} */ location) => {
      const refusal = await sealAnew(location).catch((/** @type {unknown} */ error) => error);
      if (!isSealtrailError(refusal, 'log_broken')) throw new Error('a seal was made over it');
    };
    return { how: '', tenant, tables: withoutLines(without(tables, tenant), tenant), finish };
  },
  'a log gone as a whole, its lines as well, a seal added over the rest': (tables, random) => {
    const tenant = pick(TENANTS, random);
    return { how: '', tenant, tables: withoutLines(without(tables, tenant), tenant), finish: addSeal };
  },
  'a log gone as a whole, seals made anew': (tables, random) => {
    const tenant = pick(TENANTS, random);
    return {
      how: '',
      tenant,
      tables: withoutSeals(without(tables, tenant)),
      finish: sealAnew,
      needs: 'seal',
    };
  },
};

/** A tenant, and one of its entries that is not the first. @type {(tables: Tables, random: () => number) => { tenant: string, seq: number, kept: Row[] }} */
function drawn(tables, random) {
  const tenant = pick(TENANTS, random);
  const kept = rowsOf(tables, tenant);
  return { tenant, ...drawnFrom(kept, random), kept };
}

/** @type {(rows: readonly Row[], random: () => number) => { seq: number }} */
function drawnFrom(rows, random) {
  const changeable = rows.filter(({ type }) => /^(proposal|decision)\./.test(String(type)));
  return { seq: Number(pick(changeable, random)['seq']) };
}

/** @type {(tables: Tables, tenant: string) => Row[]} */
function rowsOf(tables, tenant) {
  const mine = tables['entries']?.filter((row) => row['tenant'] === tenant) ?? [];
  return mine.sort((a, b) => Number(a['seq']) - Number(b['seq']));
}

/** @type {(row: Row, change: (entry: Row) => void) => Row} */
function edited(row, change) {
  const entry = JSON.parse(String(row['entry']));
  change(entry);
  const text = canonicalize(entry);
  return { ...row, type: entry['type'], entry: text, hash: entryHash(text) };
}

/** @type {(rows: readonly Row[], seq: number) => Row[]} */
function rehashed(rows, seq) {
  /** @type {Row[]} */
  const done = [];
  for (const row of rows) {
    if (Number(row['seq']) < seq) done.push(row);
    else if (row['seq'] === seq) done.push(edited(row, (entry) => (entry['type'] = 'other.type')));
    else done.push(edited(row, (entry) => (entry['prev'] = done.at(-1)?.['hash'])));
  }
  return done;
}

/** @type {(tables: Tables, tenant: string, rows: readonly Row[]) => Tables} */
function withRows(tables, tenant, rows) {
  return {
    ...tables,
    entries: [...(tables['entries'] ?? []).filter((row) => row['tenant'] !== tenant), ...rows],
  };
}

/** @type {(tables: Tables, tenant: string) => Row} */
function headOf(tables, tenant) {
  return tables['heads']?.find((row) => (row['tenant'] ?? row['_id']) === tenant) ?? impossible();
}

/** The head names the last entry and the newest anchor that are left. @type {(tables: Tables, tenant: string) => Tables} */
function setHead(tables, tenant) {
  const last = rowsOf(tables, tenant).at(-1) ?? impossible();
  const anchor = anchorsOf(tables, tenant).at(-1);
  const head = {
    ...headOf(tables, tenant),
    ...{ seq: last['seq'], hash: last['hash'], time: last['time'] },
    ...{ anchor_number: anchor?.['number'] ?? null, anchor_hash: anchor?.['hash'] ?? null },
  };
  return {
    ...tables,
    heads: (tables['heads'] ?? []).map((row) => ((row['tenant'] ?? row['_id']) === tenant ? head : row)),
  };
}

/** @type {(tables: Tables, tenant: string) => Row[]} */
function anchorsOf(tables, tenant) {
  const mine = tables['anchors']?.filter((row) => row['tenant'] === tenant) ?? [];
  return mine.sort((a, b) => Number(a['number']) - Number(b['number']));
}

/** Without those that cover a position or what follows it. @type {(tables: Tables, tenant: string, seq: number) => Tables} */
function withoutAnchors(tables, tenant, seq) {
  const anchors = (tables['anchors'] ?? []).filter(
    (row) => row['tenant'] !== tenant || Number(row['to_seq']) < seq,
  );
  return setHead({ ...tables, anchors }, tenant);
}

/** How many of a tenant's anchors the newest seal is over: all there are, since the world is sealed after it is anchored. */
function sealedAnchors(/** @type {Tables} */ tables, /** @type {string} */ tenant) {
  return anchorsOf(tables, tenant).length;
}

/** @type {(tables: Tables, tenant: string) => Tables} */
function without(tables, tenant) {
  /** @type {Tables} */
  const after = { ...tables };
  for (const name of ['tenants', 'heads', 'entries', 'anchors'])
    after[name] = (tables[name] ?? []).filter((row) => (row['tenant'] ?? row['_id']) !== tenant);
  return after;
}

/** What the seals' directories say of a tenant. @type {(tables: Tables, tenant: string) => Tables} */
function withoutLines(tables, tenant) {
  const lines = (tables['directory_changes'] ?? []).filter((row) => row['tenant'] !== tenant);
  return { ...tables, directory_changes: lines };
}

/** @type {(tables: Tables) => Tables} */
function withoutSeals(tables) {
  return { ...without(tables, SEALS_TENANT), directory_changes: [] };
}

/** @type {(location: string, tenant: string) => Promise<void>} */
async function anchorAnew(location, tenant) {
  const store = await openStore(location);
  try {
    await anchorTenant(store, tenant, { maxSegment: 6 });
  } finally {
    await store.close();
  }
}

/** More anchors than there ever were. @type {(location: string, tenant: string) => Promise<void>} */
async function grow(location, tenant) {
  const store = await openStore(location);
  try {
    const log = new Log(store);
    const actor = /** @type {const} */ ({ type: 'agent', id: 'crm-copilot' });
    await log.appendAll(
      tenant,
      Array.from({ length: 12 }, () => ({ type: 'other.type', actor })),
    );
    await log.close();
    await anchorTenant(store, tenant, { maxSegment: 1 });
  } finally {
    await store.close();
  }
}

/** @type {(location: string) => Promise<void>} */
async function sealAnew(location) {
  const store = await openStore(location);
  try {
    await sealTenants(store);
  } finally {
    await store.close();
  }
}

/** @returns {never} */
function impossible() {
  throw new Error('the world is not what it should be');
}
