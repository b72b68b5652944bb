// @ts-check
import { join } from 'node:path';
import { isSealtrailError } from '@sealtrail/format';
import { authenticatedUser, openSealtrail } from '@sealtrail/sdk';
import { openTokens } from '@sealtrail/service';
import { anchorTenant, erase, Log, prune, sealTenants, setHold, setRetention } from '@sealtrail/store';
import { openViews } from '@sealtrail/views';
import { freshPlace } from '../place.mjs';
import { seededFor } from '../random.mjs';
import { mongodbVault, sqliteVault } from '../tamper/tables.mjs';
import { ACTION, ACTIONS, BY, note, PROPOSALS, RECORD, said } from './store-actions.mjs';
import { anotherValue } from './values.mjs';

const DAY_MS = 86_400_000;
const TENANTS = ['acme', 'beta'];
/** Actions for each change: most of the time goes to making it. */
const ACTIONS_EACH = 8;
/** Whoever changes these holds a lock, and is waited for. */
const LOCK = ['holder', 'until', 'fence', 'wanted'];

/**
 * A store of which somebody changed a row, in any table, to anything that the database can hold; and everything that is done with a
 * store. Each action succeeds or is refused with a code, and as no server is away, nothing is called an outage: that would be waited for,
 * and spooled through.
 *
 * @param {import('./parts.mjs').Options} options `cases` is for each kind of store; MongoDB is changed where MONGODB_URL names one
 */
export async function fuzzStores(options) {
  /** @type {Counted} */
  const outcome = { cases: 0, taken: 0, codes: {}, problems: [] };
  await fuzzStore('sqlite', outcome, options);
  if (process.env['MONGODB_URL']) await fuzzStore('mongodb', outcome, options);
  return outcome;
}

/** @typedef {import('./run.mjs').Outcome & { problems: string[] }} Counted */

/**
 * @param {'sqlite' | 'mongodb'} kind
 * @param {Counted} outcome
 * @param {import('./parts.mjs').Options} options
 */
async function fuzzStore(kind, outcome, { cases, seed, from = 0, onWhere = () => {}, onCase = () => {} }) {
  const place = await freshPlace(kind, undefined);
  try {
    await makeWorld(place.location, place.folder);
    const vault = await (kind === 'mongodb' ? mongodbVault : sqliteVault)(place.location);
    onWhere(kind);
    try {
      for (let i = from; i < cases && outcome.problems.length < 10; i++) {
        onCase(i);
        const random = seededFor(seed, kind, i);
        const { tables, what } = changedRow(vault.tables, random);
        // Undefined where the database itself cannot hold it.
        const location = await vault.write(tables).catch(() => undefined);
        const told = `${kind}, seed ${seed}, case ${i}: ${what}`;
        if (location !== undefined) await act({ location, folder: place.folder, random }, outcome, told);
        await vault.restore(true);
      }
    } finally {
      await vault.close();
    }
  } finally {
    await place.remove();
  }
}

/**
 * @param {Pick<import('./store-actions.mjs').World, 'location' | 'folder' | 'random'>} where
 * @param {Counted} outcome
 * @param {string} told
 */
async function act({ location, folder, random }, outcome, told) {
  const names = Object.keys(ACTIONS);
  const done = async (/** @type {string} */ name, /** @type {() => Promise<unknown>} */ work) => {
    outcome.cases++;
    try {
      await work();
      outcome.taken++;
    } catch (error) {
      const code = isSealtrailError(error) ? error.code : 'none';
      outcome.codes[code] = (outcome.codes[code] ?? 0) + 1;
      if (code === 'none' || code === 'store_unavailable')
        outcome.problems.push(`${told}; ${name}: ${error instanceof Error ? error.stack : error}`);
    }
  };
  await done('open', async () => {
    const sealtrail = await openSealtrail({ store: location });
    try {
      for (let i = 0; i < ACTIONS_EACH; i++) {
        const name = pick(names, random);
        const world = {
          sealtrail,
          location,
          folder,
          random,
          tenant: pick(TENANTS, random),
          id: pick(PROPOSALS, random),
        };
        await done(name, () => /** @type {import('./store-actions.mjs').Action} */ (ACTIONS[name])(world));
      }
    } finally {
      await sealtrail.close();
    }
  });
}

/**
 * @param {import('../tamper/tables.mjs').Tables} tables
 * @param {() => number} random
 */
function changedRow(tables, random) {
  const table = pick(Object.keys(tables), random);
  const rows = tables[table] ?? [];
  const at = Math.floor(random() * rows.length);
  const before = /** @type {import('../tamper/tables.mjs').Row} */ (rows[at]);
  const row = { ...before };
  const column = pick(
    Object.keys(row).filter((name) => !LOCK.includes(name)),
    random,
  );
  const chance = random();
  if (chance < 0.2) delete row[column];
  else row[column] = anotherValue(row[column], random);
  const changed = chance < 0.1 ? [] : chance < 0.15 ? [before, row] : [row];
  const what = chance < 0.1 ? 'deleted' : `with another ${column}${chance < 0.15 ? ', besides' : ''}`;
  return {
    tables: { ...tables, [table]: rows.flatMap((one, i) => (i === at ? changed : [one])) },
    what: `row ${at} of ${table} ${what}`,
  };
}

/** @template T @param {readonly T[]} list @param {() => number} random */
function pick(list, random) {
  return /** @type {T} */ (list[Math.floor(random() * list.length)]);
}

/** Two logs with proposals in every state, one with an erasure and a hold, one pruned; seals, and all that lies beside them. */
async function makeWorld(/** @type {string} */ location, /** @type {string} */ folder) {
  const by = authenticatedUser({ id: 'u-1', auth_method: 'sso' });
  const sealtrail = await openSealtrail({ store: location });
  const { store } = sealtrail;
  const log = new Log(store);
  for (const tenant of TENANTS) {
    const trail = sealtrail.trail(tenant);
    for (const id of PROPOSALS) await trail.propose(ACTION, said(id));
    await trail.approve('p-0', { by });
    await trail.approveEdited(ACTION, 'p-1', { by, input: { contact: 'c-1', phone: '2' } });
    await trail.reject('p-2', { by });
    await trail.execute(ACTION, 'p-0', async () => ({ ok: true }));
    await trail.grant({ agent: 'assistant', action: 'other' }, { by });
    await log.append(tenant, note('n-1'));
  }
  await setRetention(log, 'beta', { preset: 'custom', days: 30 }, { by: BY });
  for (const tenant of TENANTS) await anchorTenant(store, tenant, { maxSegment: 4 });
  await sealTenants(store);
  await erase(store, 'acme', { about: 'record', target: RECORD, fields: ['text'], basis: 'other', by: BY });
  await setHold(
    log,
    'acme',
    { hold: 'h-1', target: { about: 'record', type: 'contact', id: 'c-2' } },
    { by: BY },
  );
  await prune(store, 'beta', {
    by: BY,
    archive: join(folder, 'archive'),
    now: () => Date.now() + 40 * DAY_MS,
  });
  for (const id of ['m-1', 'm-2', 'm-3', 'm-4', 'm-5']) await log.append('beta', note(id));
  await anchorTenant(store, 'acme', { maxSegment: 4 });
  await sealTenants(store);
  await log.close();
  const views = await openViews({ store: location });
  for (const tenant of TENANTS) await views.coaching(tenant);
  await views.close();
  const tokens = await openTokens(location);
  const expires = new Date(Date.now() + DAY_MS).toISOString();
  await tokens.create({ name: 'one', role: 'admin', scope: { tenants: 'all' }, expires });
  await tokens.close();
  await sealtrail.close();
}
