// @ts-check
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = /** @type {() => void} */ (runInNewContext('gc'));

/**
 * @typedef {object} Window
 * @property {number} run  0, and one more each time that a soak is taken up again: by another process, with other memory
 * @property {number} heapMb  what is left after a collection
 * @property {number} rssMb
 * @property {number | undefined} workerRssMb  of the worker's process, where there is one
 * @property {Record<string, { n: number, p50: number, p99: number }>} latency  in milliseconds, by operation
 */

/** Collects latencies, and closes a window of them now and then. */
export class Windows {
  /** @type {Window[]} */
  closed = [];
  /** @type {Map<string, number[]>} */
  #times = new Map();
  /** @type {() => number | undefined} */
  #worker;
  #run;

  /**
   * @param {() => number | undefined} worker the process of the worker
   * @param {number} run
   */
  constructor(worker, run) {
    this.#worker = worker;
    this.#run = run;
  }

  /**
   * @param {string} operation
   * @param {number} ms
   */
  add(operation, ms) {
    const times = this.#times.get(operation);
    if (times === undefined) this.#times.set(operation, [ms]);
    else times.push(ms);
  }

  close() {
    /** @type {Window['latency']} */
    const latency = {};
    for (const [operation, times] of this.#times) {
      times.sort((a, b) => a - b);
      latency[operation] = { n: times.length, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
    }
    this.#times.clear();
    collect();
    const { heapUsed, rss } = process.memoryUsage();
    const window = {
      run: this.#run,
      heapMb: mb(heapUsed),
      rssMb: mb(rss),
      workerRssMb: rssOf(this.#worker()),
      latency,
    };
    this.closed.push(window);
    return window;
  }
}

/**
 * @param {readonly number[]} sorted
 * @param {number} q
 */
export function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

/** @param {number} bytes */
function mb(bytes) {
  return bytes / 1_048_576;
}

/** Only where /proc says it. @param {number | undefined} pid */
function rssOf(pid) {
  if (pid === undefined) return undefined;
  try {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1_024;
  } catch {
    return undefined;
  }
}
