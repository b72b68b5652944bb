// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { openSealtrail } from '@sealtrail/sdk';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { openViews } from '@sealtrail/views';
import { seeded } from '../random.mjs';
import { startAnchoring } from './anchoring.mjs';
import { OPERATIONS } from './operations.mjs';
import { trends } from './verdict.mjs';
import { Windows } from './windows.mjs';

/** Operations at once. */
const CALLERS = 16;

/**
 * Works on one store as a CRM would, at a steady pace, for as long as is wanted.
 *
 * @param {import('../place.mjs').Place} place
 * @param {{ readonly seconds: number, readonly window: number, readonly tenants: number, readonly rate: number, readonly seed: number,
 *   readonly redis: string | undefined, readonly onWindow?: (line: string) => void }} options `window` in seconds, `rate` in
 *   operations a second; with `redis` a worker process anchors, without it this one does
 */
export async function soak(place, { seconds, window, tenants, rate, seed, redis, onWindow = () => {} }) {
  /** @type {string[]} */
  const problems = [];
  const sealtrail = await openSealtrail({ store: place.location });
  const views = await openViews({ store: place.location });
  const source = await openSource(place.location);
  const anchoring = await startAnchoring({ sealtrail, views, place, redis });
  const windows = new Windows(() => anchoring.pid);
  const random = seeded(seed);
  const world = { sealtrail, views, source, random, open: new Map(), approved: new Map() };
  const names = Array.from({ length: tenants }, (_, i) => `tenant-${i}`);
  const choose = chooser(random);
  let operations = 0;
  const started = performance.now();
  const ends = started + seconds * 1_000;
  try {
    const caller = async (/** @type {number} */ i) => {
      // Each has its own turns, so that a slow operation holds up no other.
      for (let turn = i; problems.length === 0; turn += CALLERS) {
        const due = started + (turn * 1_000) / rate;
        if (due > ends) return;
        const wait = due - performance.now();
        if (wait > 0) await sleep(wait);
        const [name, [, run]] = choose();
        const tenant = /** @type {string} */ (names[Math.floor(random() * names.length)]);
        const began = performance.now();
        try {
          if (!(await run(world, tenant))) continue;
        } catch (error) {
          problems.push(`${name} for ${tenant}: ${error instanceof Error ? error.stack : error}`);
        }
        windows.add(name, performance.now() - began);
        operations++;
      }
    };
    const callers = Promise.all(Array.from({ length: CALLERS }, (_, i) => caller(i)));
    for (let next = started + window * 1_000; next <= ends && problems.length === 0; next += window * 1_000) {
      await Promise.race([sleep(Math.max(0, next - performance.now())), callers]);
      const { heapMb, rssMb, workerRssMb, latency } = windows.close();
      const of = Object.values(latency).reduce((sum, { n }) => sum + n, 0);
      const worker = workerRssMb === undefined ? '' : `, worker ${workerRssMb.toFixed(0)} MB`;
      const append = latency['append']?.p50.toFixed(1) ?? '-';
      onWindow(
        `${of} operations, append p50 ${append} ms, heap ${heapMb.toFixed(0)} MB, resident ${rssMb.toFixed(0)} MB${worker}`,
      );
    }
    await callers;
  } finally {
    problems.push(...(await anchoring.stop()));
    await source.close();
    await views.close();
    await sealtrail.close();
  }
  const found = trends(windows.closed);
  for (const { what, first, last, flat } of found)
    if (!flat) problems.push(`${what} grew from ${first.toFixed(1)} to ${last.toFixed(1)}`);
  return {
    problems,
    operations,
    windows: windows.closed,
    trends: found,
    ...(await verified(place.location, problems)),
  };
}

/** Draws operations by their weights. @param {() => number} random */
function chooser(random) {
  const all = Object.entries(OPERATIONS);
  const sum = all.reduce((total, [, [weight]]) => total + weight, 0);
  return () => {
    let left = random() * sum;
    for (const one of all) {
      left -= one[1][0];
      if (left < 0) return one;
    }
    return /** @type {typeof all[number]} */ (all.at(-1));
  };
}

/**
 * @param {string} location
 * @param {string[]} problems
 */
async function verified(location, problems) {
  const source = await openSource(location);
  try {
    let unanchored = 0;
    const report = await verifyAll(source, {
      onTenant: (tenant) => {
        unanchored += tenant.unanchored?.count ?? 0;
        if (tenant.status !== 'valid') problems.push(`${tenant.tenant}: ${tenant.summary}`);
      },
    });
    if (report.status !== 'valid') problems.push(report.summary);
    return { entries: report.walked, tenants: report.tenants, unanchored };
  } finally {
    await source.close();
  }
}
