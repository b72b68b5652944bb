// @ts-check
import { Worker } from 'node:worker_threads';

/** @typedef {import('./run.mjs').Outcome} Outcome */

const LOOK_MS = 200;
/** Until the first input is at work: packages are loaded, logs written. */
const BEGIN_MS = 120_000;
const MB = 1_048_576;

/**
 * Runs a part of the campaign in a thread, and ends it when one input takes too long or too much memory: whatever hangs cannot say so
 * itself. The input that was at work then is the problem.
 *
 * @param {{ readonly module: string, readonly name: string, readonly options: Readonly<Record<string, unknown>> }} part a function that
 *   a module exports
 * @param {{ readonly longestMs: number, readonly heapMb?: number, readonly residentMb?: number,
 *   readonly onWhere?: (where: string) => void }} limits of one input, of the thread's heap, and of what the process grows by
 * @returns {Promise<Outcome>}
 */
export function guarded(part, { longestMs, heapMb = 512, residentMb = 1_500, onWhere = () => {} }) {
  const beat = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('guarded.mjs', import.meta.url), {
    workerData: { ...part, beat },
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const resident = process.memoryUsage().rss;
  let where = part.name;
  let seen = -1;
  let since = performance.now();
  return new Promise((resolve) => {
    /** @param {Outcome} outcome */
    const end = (outcome) => {
      clearInterval(looking);
      resolve(outcome);
      void worker.terminate();
    };
    const fail = (/** @type {string} */ what) =>
      end({
        cases: Atomics.load(beat, 0),
        taken: 0,
        codes: {},
        problems: [`${where}, case ${Atomics.load(beat, 1)}: ${what}`],
      });
    const looking = setInterval(() => {
      const begun = Atomics.load(beat, 0);
      if (begun !== seen) since = performance.now();
      seen = begun;
      const longest = begun === 0 ? BEGIN_MS : longestMs;
      if (performance.now() - since > longest) fail(`no end after ${longest} ms`);
      const grown = Math.round((process.memoryUsage().rss - resident) / MB);
      if (grown > residentMb) fail(`memory grew by ${grown} MB`);
    }, LOOK_MS);
    worker.on('message', (/** @type {{ where?: string, outcome?: Outcome }} */ told) => {
      if (told.outcome !== undefined) return end(told.outcome);
      where = told.where ?? where;
      onWhere(where);
    });
    worker.on('error', (error) => fail(error instanceof Error ? `${error.stack}` : String(error)));
    worker.on('exit', (code) => fail(`its thread ended with ${code}`));
  });
}
