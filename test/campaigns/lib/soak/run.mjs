// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { SEALS_TENANT } from '@sealtrail/format';
import { openSealtrail } from '@sealtrail/sdk';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { openViews } from '@sealtrail/views';
import { seeded } from '../random.mjs';
import { startAnchoring } from './anchoring.mjs';
import { Notes } from './notes.mjs';
import { OPERATIONS } from './operations.mjs';
import { Windows } from './windows.mjs';

/** Operations at once. */
const CALLERS = 16;

/**
 * Works on one store as a CRM would, at a steady pace, for as long as is wanted. All that fails is a problem, and what does not verify
 * in the end; whether anything grew is for whoever looks at the windows.
 *
 * @param {import('../place.mjs').Place} place
 * @param {{ readonly seconds: number, readonly window: number, readonly tenants: number, readonly rate: number, readonly seed: number,
 *   readonly redis: string | undefined, readonly everyMs?: number, readonly notes?: Notes,
 *   readonly onWindow?: (line: string) => unknown }} options `window` in seconds, `rate` in operations a second; with `redis` a worker
 *   process anchors, without it this one does, every so many milliseconds
 */
export async function soak(
  place,
  {
    seconds,
    window,
    tenants,
    rate,
    seed,
    redis,
    everyMs = 5_000,
    notes = new Notes(undefined, {}),
    onWindow = () => {},
  },
) {
  /** @type {string[]} */
  const problems = [];
  const sealtrail = await openSealtrail({ store: place.location });
  const views = await openViews({ store: place.location });
  const source = await openSource(place.location);
  const anchoring = await startAnchoring({ sealtrail, views, place, redis, everyMs });
  const windows = new Windows(() => anchoring.pid, notes.run);
  // One that is taken up again does not do the same things once more.
  const random = seeded(seed + notes.run);
  const world = { sealtrail, views, source, random, open: new Map(), approved: new Map() };
  const names = Array.from({ length: tenants }, (_, i) => `tenant-${i}`);
  const choose = chooser(random);
  /** @type {Record<string, number>} */
  const done = {};
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
        done[name] = (done[name] ?? 0) + 1;
      }
    };
    const callers = Promise.all(Array.from({ length: CALLERS }, (_, i) => caller(i)));
    for (let next = started + window * 1_000; next <= ends && problems.length === 0; next += window * 1_000) {
      await Promise.race([sleep(Math.max(0, next - performance.now())), callers]);
      const closed = windows.close();
      notes.add(closed);
      const { heapMb, rssMb, workerRssMb, latency } = closed;
      const of = Object.values(latency).reduce((sum, { n }) => sum + n, 0);
      const worker = workerRssMb === undefined ? '' : `, worker ${workerRssMb.toFixed(0)} MB`;
      const append = latency['append']?.p50.toFixed(1) ?? '-';
      await onWindow(
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
  return {
    problems,
    done,
    windows: [...notes.before, ...windows.closed],
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
    let seals = 0;
    const report = await verifyAll(source, {
      onTenant: (tenant) => {
        if (tenant.tenant === SEALS_TENANT) seals = tenant.walked - 1;
        else unanchored += tenant.unanchored?.count ?? 0;
        if (tenant.status !== 'valid') problems.push(`${tenant.tenant}: ${tenant.summary}`);
      },
    });
    if (report.status !== 'valid') problems.push(report.summary);
    return { entries: report.walked, tenants: report.tenants, seals, unanchored };
  } finally {
    await source.close();
  }
}
