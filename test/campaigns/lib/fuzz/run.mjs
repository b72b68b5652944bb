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
import { seeded } from '../random.mjs';
import { mutate } from './mutate.mjs';
import { coded, targets } from './targets.mjs';

/** Longest time that one input may take, in milliseconds: far beyond what any takes, far below a hang. */
const TOO_LONG_MS = 5_000;

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
 * @param {{ readonly cases: number, readonly seed: number, readonly only?: string | undefined,
 *   readonly onTarget?: (name: string) => void }} options `cases` is for each parser
 * @returns {Promise<Outcome>}
 */
export async function fuzz({ cases, seed, only, onTarget = () => {} }) {
  /** @type {Outcome & { problems: string[] }} */
  const outcome = { cases: 0, taken: 0, codes: {}, problems: [] };
  const all = Object.entries(targets(await realProofs())).filter(
    ([name]) => only === undefined || name === only,
  );
  for (const [name, { seeds, run }] of all) {
    onTarget(name);
    const random = seeded(seed ^ hashOf(name));
    for (let i = 0; i < cases && outcome.problems.length < 10; i++) {
      const text = mutate(/** @type {string} */ (seeds[Math.floor(random() * seeds.length)]), seeds, random);
      const started = performance.now();
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
      const took = performance.now() - started;
      if (took > TOO_LONG_MS)
        outcome.problems.push(`${name}, seed ${seed}, case ${i}: took ${Math.round(took)} ms`);
    }
  }
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

/** @param {string} name */
function hashOf(name) {
  let hash = 0;
  for (const char of name) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return hash;
}
