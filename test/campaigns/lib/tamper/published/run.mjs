// @ts-check
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pick } from '../singles.mjs';
import { fileCase, whereOf } from './files.mjs';
import {
  noteCase,
  policyCase,
  proofCase,
  provesTheSame,
  remembersTheSame,
  saidBy,
  saysTheSame,
} from './notes.mjs';
import { PLOTS } from './plots.mjs';
import { proofSaid, Stage } from './stage.mjs';
import { memory } from './witness.mjs';

// A published log under changes: by whoever can write to the web server, by the operator with its key; and the files that whoever
// verifies keeps.

/** How often the command is run as well. */
const BY_COMMAND = 0.02;

/** @typedef {import('./operator.mjs').Shown} Shown */
/** @typedef {import('./stage.mjs').Said} Said */
/** @typedef {import('../score.mjs').Score} Score */
/** @typedef {{ readonly shown: Shown, readonly stage: Stage, readonly random: () => number, readonly told: string, readonly score: Score }} Case */

/** Published logs, each in a folder of its own. */
export class PublishedLogs {
  /** @type {{ readonly shown: Shown, readonly stage: Stage }[]} */
  #logs = [];

  /** @param {string} folder @param {readonly Shown[]} all */
  static async open(folder, all) {
    const logs = new PublishedLogs();
    for (const [i, shown] of all.entries()) {
      const path = join(folder, `shown-${i}`);
      await mkdir(path, { recursive: true });
      const stage = new Stage(path, shown);
      await stage.begin();
      logs.#logs.push({ shown, stage });
    }
    return logs;
  }

  /** Untouched they are valid, whatever was remembered of them. @param {Score} score @param {number} seed */
  async untouched(score, seed) {
    for (const { shown, stage } of this.#logs) {
      for (const policy of [shown.policy, shown.key]) {
        for (const state of [undefined, ...shown.notes])
          score.whole('published log', await stage.said(policy, state), seed);
      }
      score.whole(
        'tlog-proof',
        proofSaid(shown.proof, String(shown.leaves[shown.proved]), shown.policy),
        seed,
      );
    }
  }

  /** One change. @param {() => number} random @param {string} told @param {Score} score */
  async change(random, told, score) {
    const one = { ...pick(this.#logs, random), random, told, score };
    const chance = random();
    try {
      if (chance < 0.45) await file(one);
      else if (chance < 0.6) await checkpoint(one);
      else if (chance < 0.67) await remembered(one);
      else if (chance < 0.74) await policyOf(one);
      else if (chance < 0.82) proof(one);
      else if (chance < 0.87) await memory(one);
      else await plot(one);
    } finally {
      await one.stage.restore();
    }
  }
}

/** @param {Case} one */
async function file({ shown, stage, random, told, score }) {
  const found = fileCase(shown, random);
  if (found === undefined) return;
  const { path, how, bytes } = found;
  const where = whereOf(found, /** @type {Buffer} */ (shown.files.get(path)), shown.leaves.length);
  await stage.put([[path, bytes]]);
  const state = pick([undefined, ...shown.notes], random);
  const said = await stage.said(shown.policy, state);
  const artefact = path.startsWith('tile/entries/') ? 'published leaves' : 'published tiles';
  const neutral = where === undefined ? 'a partial tile of an older size' : undefined;
  score.published(artefact, how, said, { where, neutral }, told);
  await byCommand({ shown, stage, random, told, score }, shown.policy, state, said);
}

/** @param {Case} one */
async function checkpoint({ shown, stage, random, told, score }) {
  const note = String(shown.notes.at(-1));
  const found = noteCase(note, shown.notes.slice(0, -1), random);
  if (found === undefined) return;
  await stage.put([['checkpoint', found.note]]);
  const state = pick([undefined, ...shown.notes], random);
  const said = await stage.said(shown.policy, state);
  const neutral = saysTheSame(found.note, note)
    ? 'signatures that say nothing to whoever verifies'
    : undefined;
  score.published('checkpoint', found.how, said, { neutral }, told);
  await byCommand({ shown, stage, random, told, score }, shown.policy, state, said);
}

/** What was remembered is the reader's own; lost, it leaves the reader with what the others know. @param {Case} one */
async function remembered({ shown, stage, random, told, score }) {
  const note = pick(shown.notes, random);
  const found = noteCase(note, shown.notes, random);
  if (found === undefined) return;
  const said = await stage.said(shown.policy, found.note);
  const neutral = remembersTheSame(found.note, note)
    ? 'signatures were verified when it was remembered'
    : undefined;
  score.published('remembered checkpoint', found.how, said, { neutral }, told);
  await byCommand({ shown, stage, random, told, score }, shown.policy, found.note, said);
}

/** @param {Case} one */
async function policyOf({ shown, stage, random, told, score }) {
  const found = policyCase(shown.policy, random);
  if (found === undefined) return;
  const state = pick([undefined, ...shown.notes], random);
  const said = await stage.said(found.policy, state);
  const neutral =
    saidBy(found.policy) === saidBy(shown.policy) ? 'comments and addresses of a policy' : undefined;
  score.published('policy', found.how, said, { neutral }, told);
  await byCommand({ shown, stage, random, told, score }, found.policy, state, said);
}

/** @param {Case} one */
function proof({ shown, random, told, score }) {
  const found = proofCase(shown.proof, shown.notes.slice(0, -1), random);
  if (found === undefined) return;
  const said = proofSaid(found.proof, String(shown.leaves[shown.proved]), shown.policy);
  const neutral = provesTheSame(found.proof, shown.proof)
    ? 'extra data of a tlog-proof, and signatures that say nothing'
    : undefined;
  score.published('tlog-proof', found.how, said, { neutral }, told);
}

/** @param {Case} one */
async function plot({ shown, stage, random, told, score }) {
  const name = pick(Object.keys(PLOTS), random);
  const made = /** @type {NonNullable<typeof PLOTS[string]>} */ (PLOTS[name]);
  const { how, files, where, needs } = await made(shown, random);
  await stage.put(files);
  const newest = String(shown.notes.at(-1));
  const noted = await stage.said(shown.key, newest);
  // A witness has cosigned nothing that the operator signs afterwards.
  const isOld = shown.notes.includes(String(files.get('checkpoint') ?? newest));
  const witnessed = await stage.said(shown.policy);
  if (witnessed.status === 'valid' && !isOld)
    score.problems.push(`${name}: valid for a policy with witnesses; ${told}`);
  if (needs !== undefined)
    return score.needs(how || name, needs, (await stage.said(shown.key)).status, noted.status, told);
  const said = await stage.said(shown.key);
  score.published('collusion', name, said, { where }, told);
  score.published('collusion', `${name}, against what was remembered`, noted, {}, told);
  await byCommand({ shown, stage, random, told, score }, shown.key, undefined, said);
}

/** @type {(one: Case, policy: string, state: string | undefined, said: Said) => Promise<void>} */
async function byCommand({ stage, random, told, score }, policy, state, said) {
  if (random() >= BY_COMMAND) return;
  const problem = await stage.commandDiffers(policy, state, said);
  if (problem !== undefined) score.problems.push(`${problem}; ${told}`);
}
