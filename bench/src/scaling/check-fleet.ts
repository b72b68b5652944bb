import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { verifyAll } from '@sealtrail/verifier';
import { Queue, QueueEvents } from 'bullmq';
import type { Fresh } from '../beds/bed.ts';
import { callers } from '../measure.ts';
import { allDone, append } from './measure-jobs.ts';
import { tenantName } from './measure-tenants.ts';
import { shuffled, simulate, zipf } from './simulate.ts';
import { along, type Check, type Units } from './units.ts';
import { timed, type World } from './world.ts';

const TENANTS = 300;
const ENTRIES = 15_000;
const SEED = 20_260_131;
const WORKERS = [1, 2];

/** Real workers on a real queue against the simulation of them, with the entries of few tenants and little of many. */
export async function checkFleet(world: World, units: Units): Promise<Check[]> {
  const { mongodb, say } = world;
  say(`mongodb: the fleet, ${TENANTS} tenants`);
  const { store, location, drop } = await mongodb.fresh();
  const sizes = zipf(TENANTS, ENTRIES);
  const order = shuffled(TENANTS, SEED);
  // The tick hands tenants on in the order of their names.
  const entries = order.map((place) => sizes[place] as number);
  await callers(TENANTS, 8, (i) => append(store, tenantName(i), entries[i] as number));
  // The entry that registration wrote is anchored as well.
  const jobMs = entries.map((n) => along(units.mongodb.anchor, n + 1) + units.redis.jobMs);
  const checks: Check[] = [];
  let coreMs = 0;
  for (const workers of WORKERS) {
    say(`mongodb: the fleet, ${workers} ${workers === 1 ? 'worker' : 'workers'}`);
    const measured = await runFleet(world, location, workers);
    await expectAnchored(store);
    // Workers and servers share this machine: however many workers there are, its cores have the same work to do.
    const busyCores = coreMs / cpus().length;
    if (workers === 1) coreMs = measured.coreMs;
    checks.push({
      what: `${TENANTS} tenants of ${Math.min(...sizes)} to ${Math.max(...sizes)} entries, ${workers} ${workers === 1 ? 'worker' : 'workers'}: the last is anchored`,
      from: workers === 1 ? 'job costs, simulated' : 'job costs, simulated; cores',
      unit: 'ms',
      predicted: Math.max(simulate(jobMs, workers).makespanMs, busyCores),
      measured: measured.ms,
    });
    await mongodb.dropAnchors(location);
  }
  await drop();
  return checks;
}

interface Run {
  readonly ms: number;
  readonly coreMs: number;
}

/** Time from the moment at which the jobs of a tick may be taken to the end of the last. */
async function runFleet({ redisUrl }: World, location: string, workers: number): Promise<Run> {
  const prefix = `sealtrail-fleet-${process.pid}-${workers}`;
  const connection = { url: redisUrl };
  const anchors = new Queue('anchor', { connection, prefix });
  const ticks = new Queue('tick', { connection, prefix });
  const events = new QueueEvents('anchor', { connection, prefix });
  await events.waitUntilReady();
  await anchors.pause();
  const fleet = Array.from({ length: workers }, () => start(location, redisUrl, prefix));
  try {
    await until(async () => (await ticks.getCompletedCount()) > 0 && (await ready(anchors, workers)));
    const waiting = await anchors.getJobCountByTypes('waiting');
    if (waiting !== TENANTS) throw new Error(`the tick found ${waiting} tenants, not ${TENANTS}`);
    const before = busyMs();
    const ms = await timed(async () => {
      const done = allDone(events, TENANTS);
      await anchors.resume();
      await done;
    });
    return { ms, coreMs: busyMs() - before };
  } finally {
    await Promise.all(fleet.map(stop));
    await events.close();
    for (const queue of [anchors, ticks]) {
      await queue.obliterate({ force: true });
      await queue.close();
    }
  }
}

/** Time that the machine's cores were busy, whoever with. */
function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

async function ready(queue: Queue, workers: number): Promise<boolean> {
  return (await queue.getWorkersCount()) >= workers;
}

async function expectAnchored(store: Fresh['store']): Promise<void> {
  for await (const { tenant } of store.unanchored()) throw new Error(`${tenant} was not anchored`);
  const source = store.source();
  const report = await verifyAll(source);
  await source.close();
  if (report.status !== 'valid') throw new Error(`the store is not valid: ${report.summary}`);
}

function start(location: string, redisUrl: string, prefix: string): ChildProcess {
  const script = fileURLToPath(new URL('./fleet-worker.js', import.meta.url));
  return spawn(process.execPath, [script, location, redisUrl, prefix], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function stop(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null) return;
  worker.kill('SIGTERM');
  await once(worker, 'exit');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('the workers did not start within a minute');
    await sleep(100);
  }
}
