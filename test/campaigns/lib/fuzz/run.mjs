// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  anchorTenant,
  evidenceText,
  Log,
  openStore,
  proveEntry,
  proveHistory,
  sealTenants,
} from '@sealtrail/store';
import { seededFor } from '../random.mjs';
import { inputTargets } from './inputs.mjs';
import { mutate } from './mutate.mjs';
import { rowTargets } from './rows.mjs';
import { coded, targets } from './targets.mjs';
import { tileTargets } from './tiles.mjs';
import { timestampTargets } from './timestamps.mjs';

/**
 * @typedef {object} Outcome
 * @property {number} cases
 * @property {number} taken inputs that a parser took although they were changed
 * @property {Record<string, number>} codes refusals by code
 * @property {readonly string[]} problems each with what it takes to see it again
 */

/**
 * Gives every parser changed inputs.
 *
 * @param {import('./parts.mjs').Options} options `cases` is for each parser
 * @returns {Promise<Outcome>}
 */
export async function fuzz({ cases, seed, from = 0, only, onWhere = () => {}, onCase = () => {} }) {
  /** @type {Outcome & { problems: string[] }} */
  const outcome = { cases: 0, taken: 0, codes: {}, problems: [] };
  const inputs = await inputTargets();
  const all = Object.entries({
    ...targets(await realProofs()),
    ...tileTargets(),
    ...(await timestampTargets()),
    ...(await rowTargets()),
    ...inputs.targets,
  }).filter(([name]) => only === undefined || name === only);
  for (const [name, { seeds, run, change = mutate, share = 1 }] of all) {
    onWhere(name);
    for (let i = from; i < cases * share && outcome.problems.length < 10; i++) {
      onCase(i);
      const random = seededFor(seed, name, i);
      const text = change(/** @type {string} */ (seeds[Math.floor(random() * seeds.length)]), seeds, random);
      outcome.cases++;
      try {
        await run(text);
        outcome.taken++;
      } catch (error) {
        try {
          const code = String(coded(error));
          outcome.codes[code] = (outcome.codes[code] ?? 0) + 1;
        } catch {
          outcome.problems.push(
            `${name}, seed ${seed}, case ${i}: ${String(error)}; input ${JSON.stringify(text.slice(0, 400))}`,
          );
        }
      }
    }
  }
  await inputs.remove();
  return outcome;
}

/** Proofs and evidence of a small log, as a parser would get them. */
async function realProofs() {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-fuzz-'));
  const store = await openStore(join(folder, 'log.db'));
  try {
    const record = { type: 'contact', id: 'c-1' };
    const log = new Log(store);
    for (let i = 0; i < 9; i++) {
      const targets = i % 2 === 0 ? [record] : [];
      await log.append('acme', {
        type: 'note.added',
        actor: { type: 'user', id: 'u-1' },
        targets,
        sealed: { text: `n ${i}` },
      });
    }
    await log.close();
    await anchorTenant(store, 'acme', { maxSegment: 4 });
    await sealTenants(store);
    const history = await proveHistory(store, 'acme', record);
    const evidence = [];
    for await (const line of evidenceText(store, history, { disclose: 'all' })) evidence.push(line.trimEnd());
    const entry = await proveEntry(store, 'acme', 3);
    return { entryProof: JSON.stringify(entry), historyProof: JSON.stringify(history), evidence };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}
