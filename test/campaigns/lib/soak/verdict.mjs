// @ts-check
import { quantile } from './windows.mjs';

/** Windows at the beginning of each run that are left out: code is compiled, caches and pools fill. */
const WARM_UP = 0.2;
/** How much larger a median of the last third may be than that of the first: times this, and this much more. */
const LIMITS = { memory: [1.2, 12], latency: [1.5, 2] };

/**
 * @typedef {object} Trend
 * @property {string} what
 * @property {number} first  median of the first third after the warm-up
 * @property {number} last   median of the last third
 * @property {boolean} flat
 */

/** @typedef {import('./windows.mjs').Window} Window */

/**
 * What is wrong with a run, from its windows.
 *
 * @param {readonly Trend[]} found
 * @returns {string[]}
 */
export function grown(found) {
  if (found.length === 0)
    return ['too few windows to say whether anything grew: more --minutes, or a smaller --window'];
  return found
    .filter(({ flat }) => !flat)
    .map(({ what, first, last }) => `${what} grew from ${first.toFixed(1)} to ${last.toFixed(1)}`);
}

/**
 * Compares the first third with the last, by medians: a window that a collection or a neighbour disturbed decides nothing. Latency is
 * compared over all runs, whose log is one; memory within the longest, since each run is a process of its own.
 *
 * @param {readonly Window[]} windows
 * @returns {Trend[]}
 */
export function trends(windows) {
  const runs = [...new Set(windows.map(({ run }) => run))].map((run) => {
    const own = windows.filter((window) => window.run === run);
    return own.slice(Math.ceil(own.length * WARM_UP));
  });
  const warm = runs.flat();
  const longest = runs.reduce((most, run) => (run.length > most.length ? run : most), []);
  if (longest.length < 3) return [];
  /** @type {(what: string, kind: keyof typeof LIMITS, of: (window: Window) => number | undefined) => Trend[]} */
  const trend = (what, kind, of) => {
    const values = (kind === 'memory' ? longest : warm).map(of);
    const third = Math.floor(values.length / 3);
    const first = median(values.slice(0, third));
    const last = median(values.slice(-third));
    if (first === undefined || last === undefined) return [];
    const [times, more] = /** @type {[number, number]} */ (LIMITS[kind]);
    return [{ what, first, last, flat: last <= first * times + more }];
  };
  const operations = [...new Set(warm.flatMap(({ latency }) => Object.keys(latency)))];
  return [
    ...trend('heap after a collection, MB', 'memory', ({ heapMb }) => heapMb),
    ...trend('resident memory, MB', 'memory', ({ rssMb }) => rssMb),
    ...trend("worker's resident memory, MB", 'memory', ({ workerRssMb }) => workerRssMb),
    ...operations.flatMap((name) => [
      ...trend(`${name}: p50, ms`, 'latency', ({ latency }) => latency[name]?.p50),
      ...trend(`${name}: p99, ms`, 'latency', ({ latency }) => latency[name]?.p99),
    ]),
  ];
}

/** @param {readonly (number | undefined)[]} values */
function median(values) {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  return known.length === 0 ? undefined : quantile(known, 0.5);
}
