import { anchorTenant, Log, type Store } from '@sealtrail/store';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { draft } from '../data.ts';
import type { Units } from './units.ts';
import { lineThrough } from './units.ts';
import { medianMs, timed, type World } from './world.ts';

const JOBS = 300;

/** What BullMQ and Redis need for jobs that do nothing. */
export async function measureRedis({ redisUrl }: World): Promise<Units['redis']> {
  const prefix = `sealtrail-scaling-${process.pid}`;
  const connection = { url: redisUrl };
  const queue = new Queue('empty', { connection, prefix });
  const events = new QueueEvents('empty', { connection, prefix });
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  const client = new Redis(redisUrl);
  try {
    const roundTripMs = await medianMs(50, () => client.ping());
    const jobs = Array.from({ length: JOBS }, (_, i) => ({
      name: 'anchor',
      data: { tenant: `tenant-${i}` },
      opts: { attempts: 8, deduplication: { id: `tenant-${i}` } },
    }));
    const addMs = await timed(() => queue.addBulk(jobs));
    const jobBytes = await usedBytes(client, JOBS, prefix);
    const worker = new Worker('empty', async () => ({}), { connection, prefix, autorun: false });
    await worker.waitUntilReady();
    const workMs = await timed(async () => {
      const done = allDone(events, JOBS);
      void worker.run();
      await done;
    });
    await worker.close();
    return { roundTripMs, addJobMs: addMs / JOBS, jobMs: workMs / JOBS, jobBytes };
  } finally {
    await queue.obliterate({ force: true });
    await events.close();
    await queue.close();
    client.disconnect();
  }
}

/** Resolves when so many jobs are over; rejects when one failed. */
export function allDone(events: QueueEvents, jobs: number): Promise<void> {
  let left = jobs;
  return new Promise((resolve, reject) => {
    events.on('completed', () => {
      if (--left === 0) resolve();
    });
    events.on('failed', ({ failedReason }) => reject(new Error(failedReason)));
  });
}

/** Bytes that Redis keeps for one waiting job and its name among those that must not be added twice. */
async function usedBytes(client: Redis, jobs: number, prefix: string): Promise<number> {
  const keys = await client.keys(`${prefix}:empty:*`);
  let bytes = 0;
  for (const key of keys) bytes += Number((await client.call('MEMORY', 'USAGE', key)) ?? 0);
  return Math.round(bytes / jobs);
}

const FEW = 1;
const MANY = 400;
const TIMES = 15;

/** Anchor jobs without a queue: of tenants with few entries, with many, and with some that are not due. */
export async function measureAnchoring({
  mongodb,
  say,
}: World): Promise<Pick<Units['mongodb'], 'anchor' | 'nothingDueMs'>> {
  say('mongodb: anchor jobs');
  const { store, drop } = await mongodb.fresh();
  for (let i = 0; i <= TIMES; i++) {
    await store.register(`few-${i}`);
    await append(store, `many-${i}`, MANY - 1);
  }
  await append(store, 'waiting', 10);
  const anchorFew = await medianMs(TIMES, (i) => anchorTenant(store, `few-${i}`));
  const anchorMany = await medianMs(TIMES, (i) => anchorTenant(store, `many-${i}`));
  const nothingDueMs = await medianMs(TIMES, () => anchorTenant(store, 'waiting', { maxDelayMs: 3_600_000 }));
  await drop();
  return { anchor: lineThrough([FEW, anchorFew], [MANY, anchorMany]), nothingDueMs };
}

/** Appends so many entries to one tenant at once, and gives the head lock back. */
export async function append(store: Store, tenant: string, entries: number): Promise<void> {
  const log = new Log(store);
  await Promise.all(Array.from({ length: entries }, (_, i) => log.append(tenant, draft(i))));
  await log.close();
}
