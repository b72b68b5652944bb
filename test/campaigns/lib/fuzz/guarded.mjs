// @ts-check
import { parentPort, workerData } from 'node:worker_threads';

// The thread of guard.mjs. It notes each input before it begins, where the other thread reads it whatever happens here.

/** @type {{ module: string, name: string, options: object, beat: Int32Array }} */
const { module, name, options, beat } = workerData;
const run = (await import(module))[name];
const outcome = await run({
  ...options,
  onWhere: (/** @type {string} */ where) => parentPort?.postMessage({ where }),
  onCase: (/** @type {number} */ i) => {
    Atomics.store(beat, 1, i);
    Atomics.add(beat, 0, 1);
  },
});
parentPort?.postMessage({ outcome });
