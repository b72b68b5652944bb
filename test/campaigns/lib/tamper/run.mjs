// @ts-check
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readCheckpointText, readNote, readPolicy } from '@sealtrail/tlog';
import { freshPlace } from '../place.mjs';
import { Progress } from '../progress.mjs';
import { seeded } from '../random.mjs';
import { PLOTS } from './colluding.mjs';
import { evidenceVerdict } from './evidence.mjs';
import { lineCase } from './lines.mjs';
import { moment, whileVerified } from './moments.mjs';
import { longLog } from './published/operator.mjs';
import { PublishedLogs } from './published/run.mjs';
import { MOST_PROBLEMS, Score } from './score.mjs';
import { single } from './singles.mjs';
import { opening, restructure } from './structures.mjs';
import { mongodbVault, sqliteVault } from './tables.mjs';
import { notesOf, tenantVerdict, verdictOf } from './verdict.mjs';
import { bundleOf, evidenceOf, makeWorld } from './world.mjs';

/** Cases on one world; then another one is made. */
const CASES_A_WORLD = 400;
/** Of so many worlds one has a long published log as well. */
const EVERY_LONG = 3;

/**
 * Changes what is stored in every way there is, and holds the verifier to what the specification says about each.
 *
 * @param {object} options
 * @param {'sqlite' | 'mongodb'} options.store
 * @param {number} options.cases
 * @param {number} options.seed
 * @param {string | undefined} [options.folder] where progress is kept
 * @param {(line: string) => void} [options.onWorld]
 */
export async function tamper({ store, cases, seed, folder, onWorld = () => {} }) {
  const begin = { done: 0, worlds: 0, result: new Score().result() };
  const progress = folder === undefined ? undefined : new Progress(folder, { store, cases, seed }, begin);
  let { done, worlds, result } = progress?.read() ?? begin;
  while (done < cases && result.problems.length < MOST_PROBLEMS) {
    const score = new Score(result);
    const some = Math.min(CASES_A_WORLD, cases - done);
    await oneWorld(store, { from: 0, to: some }, seed + worlds, score);
    done += some;
    worlds++;
    result = score.result();
    progress?.write({ done, worlds, result });
    onWorld(`${done} cases, ${result.problems.length} problems`);
  }
  return result;
}

/**
 * One case alone, as a problem names it.
 *
 * @param {{ readonly store: 'sqlite' | 'mongodb', readonly seed: number, readonly only: number }} options
 */
export async function tamperOnce({ store, seed, only }) {
  const score = new Score();
  await oneWorld(store, { from: only, to: only + 1 }, seed, score);
  return score.result();
}

/**
 * @param {'sqlite' | 'mongodb'} store
 * @param {{ readonly from: number, readonly to: number }} cases
 * @param {number} seed
 * @param {Score} score
 */
async function oneWorld(store, { from, to }, seed, score) {
  const place = await freshPlace(store, undefined);
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-tamper-'));
  try {
    const { archive, operator, shown } = await makeWorld(place.location, folder, seed);
    const files = await filesOf(place.location, folder, operator);
    const trust = { policy: readPolicy(shown.policy), checkpoint: newestOf(shown) };
    const whole = { ...trust, ...(await untouched(place.location, archive, files, trust, score, seed)) };
    const long = seed % EVERY_LONG === 0 ? [await longLog(join(folder, 'long'), seed)] : [];
    const logs = await PublishedLogs.open(folder, [shown, ...long]);
    await logs.untouched(score, seed);
    const vault = await (store === 'sqlite' ? sqliteVault(place.location) : mongodbVault(place.location));
    try {
      for (let i = from; i < to && !score.isFull; i++) {
        const told = `seed ${seed}, case ${i}`;
        // Each by itself: one that is looked at again does not need those before it.
        const random = seeded(seed * 1_000_003 + i);
        const chance = random();
        if (chance < 0.42) await one(vault, random, told, score);
        else if (chance < 0.46) await aMoment(vault, random, told, score);
        else if (chance < 0.47) await around(vault, random, told, score);
        else if (chance < 0.55) await several(vault, random, told, score);
        else if (chance < 0.66) await plot(vault, whole, random, told, score);
        else if (chance < 0.77) await bundle(files, folder, random, told, score);
        else if (chance < 0.84) await evidence(files, folder, whole, random, told, score);
        else await logs.change(random, told, score);
      }
    } finally {
      await vault.close();
    }
  } finally {
    await place.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @typedef {{ readonly bundles: Record<string, string[]>, readonly evidence: Record<string, string[]> }} Files */

/** @type {(shown: import('./published/operator.mjs').Shown) => Checkpoint} */
function newestOf({ notes }) {
  return readCheckpointText(readNote(String(notes.at(-1))).text);
}

/** @type {(location: string, folder: string, operator: import('./published/operator.mjs').Operator) => Promise<Files>} */
async function filesOf(location, folder, operator) {
  const bundles = {
    bundle: await bundleOf(location, 'included'),
    'bundle without values': await bundleOf(location, 'withheld'),
  };
  const evidence = await evidenceOf(location, operator);
  for (const [name, lines] of Object.entries({ ...bundles, ...evidence }))
    await writeFile(join(folder, name), text(lines));
  return { bundles, evidence };
}

/** Nothing that nobody touched is called broken, however it is looked at. */
async function untouched(
  /** @type {string} */ location,
  /** @type {string} */ archive,
  /** @type {Files} */ files,
  /** @type {Omit<Whole, 'notes'>} */ { policy, checkpoint },
  /** @type {Score} */ score,
  /** @type {number} */ seed,
) {
  const verdict = await verdictOf(location);
  const notes = notesOf(verdict);
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-whole-'));
  try {
    score.whole('store', verdict, seed);
    score.whole('store, against a seal', await verdictOf(location, { seal: notes.seal }), seed);
    score.whole('store, against a checkpoint', await verdictOf(location, { checkpoint }), seed);
    score.whole('archive', await verdictOf(archive), seed);
    for (const [tenant, last] of notes.positions) {
      const { range, anchors } = verdict.tenants.get(tenant) ?? {};
      const checks = [{}, { trusted: last ?? undefined }, { from: (range?.to ?? 0) >> 1 }];
      const segments = anchors?.through === null || range?.from !== 0 ? [] : [{ segments: [0] }];
      for (const options of [...checks, ...segments]) {
        const report = await tenantVerdict(location, tenant, options);
        score.whole(`one tenant, ${Object.keys(options).join() || 'whole'}`, report, seed);
      }
    }
    for (const [name, lines] of Object.entries(files.bundles)) {
      const path = join(folder, 'whole');
      await writeFile(path, text(lines));
      score.whole(name, await verdictOf(path), seed);
      await writeFile(path, gzipSync(text(lines)));
      score.whole(`${name}, packed`, await verdictOf(path), seed);
    }
    for (const [name, lines] of Object.entries(files.evidence))
      score.whole(`evidence of ${name}`, await evidenceVerdict(folder, lines, { policy }), seed);
    return { notes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @typedef {import('./tables.mjs').Vault} Vault */

/** @type {(vault: Vault, random: () => number, told: string, score: Score) => Promise<void>} */
async function one(vault, random, told, score) {
  const found = single(vault.tables, vault.kind, random);
  if (found === undefined) return;
  const { artefact, how, tables, wanted } = found;
  const location = await vault.write(tables);
  try {
    if (location === undefined) return;
    const verdict = await verdictOf(location);
    score.single(artefact, how, verdict, wanted, told);
  } finally {
    await vault.restore();
  }
}

/** A few of them at once: whatever each may hide of the other, the whole is not valid. @type {typeof one} */
async function several(vault, random, told, score) {
  let { tables } = vault;
  const hows = [];
  for (let i = 0; i < 2 + Math.floor(random() * 3); i++) {
    const found = single(tables, vault.kind, random);
    if (found === undefined || found.wanted.neutral !== undefined) continue;
    tables = found.tables;
    hows.push(`${found.artefact} ${found.how}`);
  }
  if (hows.length === 0) return;
  const location = await vault.write(tables);
  try {
    if (location === undefined) return;
    score.several(hows.join(' + '), await verdictOf(location), told);
  } finally {
    await vault.restore();
  }
}

/** A row that is another one while the product acts, or somebody verifies. @type {typeof one} */
async function aMoment(vault, random, told, score) {
  const location = await vault.write(vault.tables);
  try {
    if (location === undefined) return;
    if (random() < 0.2) {
      const how = await whileVerified(vault.kind, location, random);
      return score.moment(
        `a verification; of an entry ${how}`,
        'put back',
        await verdictOf(location),
        { wrong: undefined, listed: false },
        told,
      );
    }
    const { how, refusal, ...judged } = await moment(vault.kind, location, random);
    score.moment(how, refusal, await verdictOf(location), judged, told);
  } finally {
    await vault.restore(true);
  }
}

/** @type {typeof one} */
async function around(vault, random, told, score) {
  const location = await vault.write(vault.tables);
  if (location === undefined) return;
  /** @type {import('./structures.mjs').Structure | undefined} */
  let made;
  try {
    made = await restructure(vault.kind, location, random);
    const { how, neutral, refused = false } = made;
    const verdict = await verdictOf(location);
    score.single('around the rows', how, verdict, neutral === undefined ? {} : { neutral }, told);
    const opened = refused ? await opening(location) : 'store_layout';
    if (!['store_layout', 'source_invalid'].includes(opened))
      score.problems.push(`${how}: a store over it says ${opened}; ${told}`);
  } finally {
    await made?.undo?.();
    await vault.restore();
  }
}

/** What was noted of a world before it was changed. @typedef {{ notes: ReturnType<typeof notesOf>, checkpoint: Checkpoint, policy: Policy }} Whole */
/** @typedef {import('@sealtrail/tlog').Checkpoint} Checkpoint */
/** @typedef {import('@sealtrail/tlog').Policy} Policy */

/** @type {(vault: Vault, whole: Whole, random: () => number, told: string, score: Score) => Promise<void>} */
async function plot(vault, { notes, checkpoint }, random, told, score) {
  const names = Object.keys(PLOTS);
  const how = /** @type {string} */ (names[Math.floor(random() * names.length)]);
  const { tenant, tables, finish, positions, needs } = /** @type {NonNullable<typeof PLOTS[string]>} */ (
    PLOTS[how]
  )(vault.tables, random);
  const location = await vault.write(tables);
  try {
    if (location === undefined) return;
    await finish?.(location);
    const verdict = await verdictOf(location);
    if (needs === undefined)
      return score.single(
        'collusion',
        how,
        verdict,
        { tenant, ...(positions === undefined ? {} : { positions }) },
        told,
      );
    const noted =
      needs === 'seal'
        ? await verdictOf(location, { seal: notes.seal })
        : await tenantVerdict(location, tenant, { trusted: notes.positions.get(tenant) ?? undefined });
    score.needs(how, needs, verdict.status, noted.status, told);
    if (needs !== 'seal') return;
    const signed = await verdictOf(location, { checkpoint });
    if (signed.status === 'valid') score.problems.push(`${how}: valid against a checkpoint; ${told}`);
  } finally {
    // The product writes wherever it likes in the attacker's place.
    await vault.restore(finish !== undefined);
  }
}

/** @type {(files: Files, folder: string, random: () => number, told: string, score: Score) => Promise<void>} */
async function bundle({ bundles }, folder, random, told, score) {
  const [name, lines] = /** @type {[string, string[]]} */ (Object.entries(bundles)[random() < 0.7 ? 0 : 1]);
  const found = lineCase(lines, random);
  if (found === undefined) return;
  const path = join(folder, 'tampered');
  const changed = text(found.lines);
  await writeFile(path, random() < 0.3 ? gzipSync(changed) : changed);
  score.file(name, found, await verdictOf(path), isNoteOfTime(lines, found.lines), told);
}

/** The time in a bundle's first line is vouched for by nothing (SPEC 8.4). @type {(a: readonly string[], b: readonly string[]) => boolean} */
function isNoteOfTime(before, after) {
  if (before.slice(1).join('\n') !== after.slice(1).join('\n')) return false;
  const same = (/** @type {string} */ line) => line.replace(/"time":"[^"]*"/, '');
  return same(String(before[0])) === same(String(after[0]));
}

/** @type {(files: Files, folder: string, whole: Whole, random: () => number, told: string, score: Score) => Promise<void>} */
async function evidence(files, folder, { policy }, random, told, score) {
  const [name, lines] = /** @type {[string, string[]]} */ (
    Object.entries(files.evidence)[random() < 0.5 ? 0 : 1]
  );
  const found = lineCase(lines, random);
  if (found === undefined) return;
  const before = await evidenceVerdict(folder, lines, { policy });
  const after = await evidenceVerdict(folder, found.lines, { policy, seal: before.seal });
  score.evidence(`evidence of ${name}`, found, before, after, told);
}

/** @param {readonly string[]} lines */
function text(lines) {
  return `${lines.join('\n')}\n`;
}
