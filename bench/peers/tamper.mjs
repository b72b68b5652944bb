// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { inFolder } from './measure.mjs';
import { CHANGES } from './peer.mjs';

/** @typedef {import('./peer.mjs').Peer} Peer */

const WRITER = fileURLToPath(new URL('./writer.mjs', import.meta.url));
const EACH = 300;

/** Tries every change on twenty entries of its own. @param {Peer} peer @param {readonly any[]} drafts @returns {Promise<Record<string, string>>} */
export async function tamper(peer, drafts) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const id of /** @type {import('./peer.mjs').Change[]} */ (Object.keys(CHANGES))) {
    const change = peer.changes[id];
    found[id] =
      change === undefined ? 'nothing is' : await inFolder((folder) => answer(peer, folder, drafts, change));
  }
  return found;
}

/** @param {Peer} peer @param {string} folder @param {readonly any[]} drafts @param {(folder: string) => unknown} change */
async function answer(peer, folder, drafts, change) {
  const form = peer.forms.find(({ durable }) => durable) ?? peer.forms[0];
  if (form === undefined) return 'not tried';
  const noted = await peer.append(folder, drafts.slice(0, 20), form);
  if (!(await peer.verify(folder))) return 'not tried: its log is broken before';
  try {
    await change(folder);
  } catch (error) {
    return `not tried: ${String(error).split('\n')[0]}`;
  }
  const says = async (/** @type {() => Promise<boolean>} */ check) => {
    try {
      return (await answered(check())) ? 'not found' : 'found';
    } catch {
      return 'found: it cannot be read';
    }
  };
  const alone = await says(() => peer.verify(folder));
  const { verifyNoted } = peer;
  if (alone !== 'not found' || verifyNoted === undefined) return alone;
  return (await says(() => verifyNoted(folder, noted))) === 'not found' ? alone : 'found when noted';
}

/** A package may wait for something that never comes. @template T @param {Promise<T>} promise @returns {Promise<T>} */
function answered(promise) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), 30_000);
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, late])).finally(() => clearTimeout(timer));
}

/** Two processes append to one log at the same time: what is left of it, and what its own check says. @param {Peer} peer */
export function twoProcesses(peer) {
  return inFolder(async (folder) => {
    const writers = [0, 1].map((i) => {
      const child = spawn(process.execPath, [WRITER, peer.id, folder, String(i * EACH), String(EACH)], {
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      // A writer that could not even begin is gone when it is told to.
      child.stdin.on('error', () => {});
      return {
        child,
        lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
        ended: once(child, 'exit'),
      };
    });
    await Promise.all(writers.map(({ lines }) => lines.next()));
    for (const { child } of writers) child.stdin.end('go\n');
    const codes = await Promise.all(writers.map(async ({ ended }) => (await ended)[0]));
    const refused = codes.filter((code) => code !== 0).length;
    try {
      const kept = await peer.count(folder);
      const valid = await peer.verify(folder);
      const said = valid ? 'its check says valid' : 'its own check calls the log broken';
      const one =
        refused === 0 ? '' : `; ${refused === 1 ? 'one process was' : 'both processes were'} refused`;
      return `${kept} of ${2 * EACH} entries kept, ${said}${one}`;
    } catch (error) {
      return `cannot be read any more: ${String(error).split('\n')[0]}`;
    }
  });
}
