// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorRowSchema, entryRowFault, headRowSchema, registryRowSchema } from '@sealtrail/format';
import { anchorTenant, erase, Log, openStore, sealTenants } from '@sealtrail/store';
import { openSource, verifyAll, verifyTenant } from '@sealtrail/verifier';
import { seededFor } from '../random.mjs';
import { RowSource } from './row-source.mjs';
import { anotherValue } from './values.mjs';

/** @typedef {import('./row-source.mjs').Tables} Tables */
/** @typedef {import('./row-source.mjs').Row} Row */

const RECORD = { type: 'contact', id: 'c-1' };

/**
 * Stored rows, in any of whose fields may stand anything. What is drawn is a number, of which the change is made: no text could hold
 * all that a database can.
 *
 * @returns {Promise<Readonly<Record<string, import('./targets.mjs').Target>>>}
 */
export async function rowTargets() {
  const tables = await realRows();
  /** @type {(run: (random: () => number) => unknown) => import('./targets.mjs').Target} */
  const drawn = (run) => ({
    seeds: ['rows'],
    change: (_text, _seeds, random) => String(Math.floor(random() * 2 ** 52)),
    run: (text) => run(seededFor(1, text, 0)),
  });
  return {
    row: drawn((random) => {
      const { name, row } = one(tables, random);
      const changed = changedRow(row, random);
      if (name === 'entries') return entryRowFault(changed);
      const schema = { tenants: registryRowSchema, heads: headRowSchema, anchors: anchorRowSchema };
      return schema[/** @type {keyof typeof schema} */ (name)]?.safeParse(changed);
    }),
    'stored rows': {
      ...drawn(async (random) => {
        const changed = changedTables(tables, random);
        const source = new RowSource(changed);
        // Whatever is in there: a report.
        const { status } = await verifyAll(source);
        if (!['valid', 'broken', 'unverifiable'].includes(status)) throw new Error(`the status is ${status}`);
        await verifyTenant(source, 'acme', { from: Math.floor(random() * 14) });
      }),
      share: 0.1,
    },
  };
}

/**
 * @param {Tables} tables
 * @param {() => number} random
 */
function one(tables, random) {
  const names = /** @type {(keyof Tables)[]} */ (Object.keys(tables));
  const name = /** @type {keyof Tables} */ (names[Math.floor(random() * names.length)]);
  const i = Math.floor(random() * tables[name].length);
  return { name, i, row: /** @type {Row} */ (tables[name][i]) };
}

/**
 * @param {Tables} tables
 * @param {() => number} random
 */
function changedTables(tables, random) {
  const changed = /** @type {Tables} */ (
    Object.fromEntries(Object.entries(tables).map(([name, rows]) => [name, [...rows]]))
  );
  for (let i = Math.floor(random() * random() * 4); i >= 0; i--) {
    const { name, i: at, row } = one(changed, random);
    if (row === undefined) continue;
    const chance = random();
    if (chance < 0.1) changed[name].splice(at, 1);
    else if (chance < 0.2) changed[name].push({ ...row });
    else changed[name][at] = changedRow(row, random);
  }
  return changed;
}

/**
 * @param {Row} row
 * @param {() => number} random
 */
function changedRow(row, random) {
  const changed = { ...row };
  const columns = Object.keys(row);
  const column = /** @type {string} */ (columns[Math.floor(random() * columns.length)]);
  const chance = random();
  if (chance < 0.1) delete changed[column];
  else if (chance < 0.2) changed[random() < 0.5 ? 'more' : '_id'] = anotherValue('', random);
  else changed[column] = anotherValue(row[column], random);
  return changed;
}

/** What a store holds of two small logs, with anchors, an erasure and seals. @returns {Promise<Tables>} */
async function realRows() {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-fuzz-rows-'));
  const path = join(folder, 'log.db');
  try {
    const store = await openStore(path);
    const log = new Log(store);
    for (let i = 0; i < 12; i++)
      await log.append(i % 4 === 3 ? 'beta' : 'acme', {
        type: 'note.added',
        actor: { type: 'user', id: 'u-1' },
        targets: i % 3 === 0 ? [RECORD] : [],
        sealed: { text: `n ${i}` },
      });
    await log.close();
    const by = { type: /** @type {const} */ ('user'), id: 'u-2', auth_method: 'sso' };
    await erase(store, 'acme', { about: 'record', target: RECORD, basis: 'consent_withdrawn', by });
    for (const tenant of ['acme', 'beta']) await anchorTenant(store, tenant, { maxSegment: 4 });
    await sealTenants(store);
    await store.close();
    return await rowsAt(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} path @returns {Promise<Tables>} */
async function rowsAt(path) {
  /** @type {Tables} */
  const tables = { tenants: [], heads: [], entries: [], anchors: [], directory_changes: [] };
  const source = await openSource(path);
  try {
    for await (const log of source.logs()) {
      tables.tenants.push({ ...log.registry });
      tables.heads.push({ ...(await log.head()) });
      for await (const { entries, anchors } of log.walk({ from: 0 })) {
        tables.entries.push(...entries.map((row) => ({ ...row })));
        tables.anchors.push(...anchors.map((row) => ({ ...row })));
      }
    }
    for await (const rows of source.directoryChanges?.() ?? []) tables.directory_changes.push(...rows);
    return tables;
  } finally {
    await source.close();
  }
}
