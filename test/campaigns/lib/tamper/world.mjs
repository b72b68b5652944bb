// @ts-check
import { join } from 'node:path';
import {
  anchorTenant,
  erase,
  evidenceText,
  exportBundle,
  Log,
  openStore,
  proveEntry,
  proveHistory,
  prune,
  releaseHold,
  sealTenants,
  setHold,
  setRetention,
} from '@sealtrail/store';
import { openSource } from '@sealtrail/verifier';
import { seeded } from '../random.mjs';
import { Operator } from './published/operator.mjs';

// Logs with a past: proposals and decisions, sealed values, erasures, a hold, a pruning with its archive, several seals, one log that
// was never anchored. How much of each the seed decides.

const DAY_MS = 86_400_000;
/** @type {import('@sealtrail/format').Actor} */
const BY = { type: 'user', id: 'u-dpo', auth_method: 'sso' };
const SEGMENT = 6;
const RECORD = { type: 'contact', id: 'c-1' };

/**
 * @param {string} location of an empty store
 * @param {string} folder for archives
 * @param {number} seed
 * @returns {Promise<{ readonly archive: string, readonly operator: Operator, readonly shown: import('./published/operator.mjs').Shown }>}
 */
export async function makeWorld(location, folder, seed) {
  const operator = new Operator(folder, seed);
  const random = seeded(seed);
  const some = (/** @type {number} */ least, /** @type {number} */ more) =>
    least + Math.floor(random() * (more + 1));
  const store = await openStore(location);
  try {
    await withLog(store, async (log) => {
      await log.appendAll('acme', drafts('a', some(14, 8), random));
      await log.appendAll('beta', drafts('b', some(20, 6), random));
      await log.appendAll('gamma', drafts('g', some(2, 3), random));
      await setRetention(log, 'beta', { preset: 'custom', days: 30 }, { by: BY });
    });
    for (const tenant of ['acme', 'beta']) await anchorTenant(store, tenant, { maxSegment: SEGMENT });
    await sealTenants(store);
    await operator.publish(store);
    const request = { by: BY, basis: /** @type {const} */ ('consent_withdrawn') };
    await erase(store, 'acme', { ...request, about: 'record', target: RECORD, fields: ['name'] });
    await withLog(store, async (log) => {
      await setHold(
        log,
        'acme',
        { hold: 'h-1', target: { about: 'record', type: 'contact', id: 'c-2' } },
        { by: BY },
      );
      await log.appendAll('acme', drafts('a2', some(5, 5), random));
      await releaseHold(log, 'acme', 'h-1', { by: BY });
    });
    const { file } = await prune(store, 'beta', {
      by: BY,
      archive: join(folder, 'archive'),
      now: () => Date.now() + 40 * DAY_MS,
    });
    if (file === null) throw new Error('nothing was pruned');
    await withLog(store, (log) => log.appendAll('beta', drafts('b2', some(8, 4), random)));
    await anchorTenant(store, 'acme', { maxSegment: SEGMENT });
    await anchorTenant(store, 'beta', { maxSegment: SEGMENT });
    await sealTenants(store);
    await operator.publish(store);
    // What no anchor and no seal covers yet.
    await withLog(store, async (log) => {
      for (const tenant of ['acme', 'beta']) await log.appendAll(tenant, drafts('n', some(2, 2), random));
    });
    return { archive: file, operator, shown: await operator.shown(store) };
  } finally {
    await store.close();
  }
}

/**
 * @param {import('@sealtrail/store').Store} store
 * @param {(log: Log) => Promise<unknown>} work
 */
async function withLog(store, work) {
  const log = new Log(store);
  try {
    await work(log);
  } finally {
    await log.close();
  }
}

/**
 * @param {string} name
 * @param {number} count
 * @param {() => number} random
 * @returns {import('@sealtrail/store').EntryDraft[]}
 */
function drafts(name, count, random) {
  return Array.from({ length: count }, (_, i) => ({
    id: `${name}-${i}`,
    type: i % 2 === 0 ? 'proposal.made' : 'decision.made',
    actor:
      i % 2 === 0
        ? { type: 'agent', id: 'assistant' }
        : { type: 'user', id: `u-${i % 3}`, auth_method: 'sso' },
    targets: [{ type: 'contact', id: `c-${i % 4}` }],
    data: { n: i, confidence: Math.round(random() * 100) / 100 },
    sealed: { name: `Zoë ${i}`, rationale: `because of ${i}` },
  }));
}

/**
 * The bundle of a store, as lines.
 *
 * @param {string} location
 * @param {'included' | 'withheld'} openings
 */
export async function bundleOf(location, openings) {
  const source = await openSource(location);
  /** @type {string[]} */
  const chunks = [];
  try {
    await exportBundle(source, async (chunk) => void chunks.push(chunk), {
      openings,
      time: '2026-11-23T00:00:00.000Z',
    });
  } finally {
    await source.close();
  }
  return chunks.join('').trimEnd().split('\n');
}

/**
 * Evidence of one record's history, its values disclosed, and of one entry, under the newest checkpoint; as lines.
 *
 * @param {string} location
 * @param {Operator} operator
 */
export async function evidenceOf(location, operator) {
  const store = await openStore(location);
  try {
    const proofs = {
      record: await operator.complete(await proveHistory(store, 'acme', RECORD)),
      entry: await operator.complete(await proveEntry(store, 'acme', 3)),
    };
    /** @type {Record<string, string[]>} */
    const texts = {};
    for (const [name, proof] of Object.entries(proofs)) {
      let text = '';
      for await (const chunk of evidenceText(store, proof, { disclose: 'all' })) text += chunk;
      texts[name] = text.trimEnd().split('\n');
    }
    return texts;
  } finally {
    await store.close();
  }
}
