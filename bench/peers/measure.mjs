// @ts-check
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * @typedef {import('./peer.mjs').Peer} Peer
 *
 * @typedef {object} Speed
 * @property {string} peer
 * @property {string} form
 * @property {boolean} durable
 * @property {number[]} append  entries a second, one for each round
 * @property {number[]} verify
 * @property {string} [failed]
 */

const RAW = 'raw';
const WARM_UP = 300;

/**
 * All in turn, round by round, so that a machine that drifts drifts for all of them. A first, short round warms up and is not
 * counted; where it was slow the others take fewer entries, and no round begins for which there is no time any more.
 *
 * @param {readonly Peer[]} peers
 * @param {readonly any[]} all
 * @param {{ rounds: number, seconds: number, say: (line: string) => void }} options
 */
export async function measure(peers, all, { rounds, seconds, say }) {
  let drafts = all.slice(0, WARM_UP);
  const began = performance.now();
  /** @type {Speed[]} */
  const ceilings = [true, false].map((durable) => newSpeed(RAW, 'lines', durable));
  const speeds = peers.flatMap(({ id, forms }) =>
    forms.map(({ name, durable }) => newSpeed(id, name, durable)),
  );
  let [counted, longest] = [0, 0];
  for (let round = 0; round <= rounds; round++) {
    const started = performance.now();
    if (round > 1 && (started - began + longest) / 1_000 > seconds) break;
    for (const speed of ceilings) await oneRound(speed, round, raw(drafts, speed.durable), drafts.length);
    for (const peer of peers) {
      for (const form of peer.forms) {
        const speed = speeds.find((one) => one.peer === peer.id && one.form === form.name);
        if (speed === undefined || speed.failed !== undefined) continue;
        const work = {
          append: (/** @type {string} */ folder) => peer.append(folder, drafts, form),
          verify: peer.verify,
        };
        await oneRound(speed, round, work, drafts.length);
      }
    }
    const took = performance.now() - started;
    say(`round ${round} of ${rounds}, ${drafts.length} entries: ${Math.round(took / 1_000)} s`);
    if (round > 0) {
      longest = Math.max(longest, took);
      counted++;
      continue;
    }
    const affordable = Math.floor((drafts.length * seconds * 1_000) / (rounds * took));
    drafts = all.slice(0, Math.max(WARM_UP, affordable));
  }
  return { entries: drafts.length, rounds: counted, ceilings, speeds };
}

/**
 * @param {Speed} speed
 * @param {number} round
 * @param {{ append: (folder: string) => Promise<unknown>, verify: (folder: string) => Promise<boolean> }} work
 * @param {number} count
 */
async function oneRound(speed, round, work, count) {
  try {
    await inFolder(async (folder) => {
      const append = await perSecond(count, () => work.append(folder));
      if (typeof append.result === 'function') append.result();
      const verify = await perSecond(count, () => work.verify(folder));
      if (verify.result !== true) throw new Error('it calls its own log broken');
      if (round === 0) return;
      speed.append.push(append.rate);
      speed.verify.push(verify.rate);
    });
  } catch (error) {
    speed.failed = String(error).split('\n')[0] ?? '';
  }
}

/** What others are held against: a line for each entry; then each line read, parsed and hashed once. @param {readonly any[]} drafts @param {boolean} durable */
function raw(drafts, durable) {
  const path = (/** @type {string} */ folder) => join(folder, 'raw');
  return {
    append: async (/** @type {string} */ folder) => {
      const file = openSync(path(folder), 'a');
      for (const draft of drafts) {
        writeSync(file, `${JSON.stringify(draft)}\n`);
        if (durable) fsyncSync(file);
      }
      closeSync(file);
    },
    verify: async (/** @type {string} */ folder) => {
      let n = 0;
      for await (const line of createInterface({ input: createReadStream(path(folder)) })) {
        createHash('sha256').update(line).digest('hex');
        if (typeof JSON.parse(line) === 'object') n++;
      }
      return n === drafts.length;
    },
  };
}

/** @param {string} peer @param {string} form @param {boolean} durable @returns {Speed} */
function newSpeed(peer, form, durable) {
  return { peer, form, durable, append: [], verify: [] };
}

/** @template T @param {number} count @param {() => Promise<T>} work */
async function perSecond(count, work) {
  const started = performance.now();
  const result = await work();
  return { result, rate: (count * 1_000) / (performance.now() - started) };
}

/** @template T @param {(folder: string) => Promise<T>} work */
export async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-peers-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
