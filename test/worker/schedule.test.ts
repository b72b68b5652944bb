import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { ensureScheduled, schedule } from '../../packages/worker/dist/queue/schedule.js';
import { TestRedis } from './helpers/redis.ts';
import { until } from './helpers/until.ts';

const EVERY_MS = 100;

describe.skipIf(inject('redisUrl') === undefined)('a schedule that is overdue', () => {
  it('does not stand still when its next job is over by the time it is looked up', async () => {
    const redis = new TestRedis();
    onTestFinished(() => redis.close());
    const { ticks } = redis;
    await schedule(ticks, EVERY_MS);
    const next = async (): Promise<number> => (await ticks.getJobScheduler('tick'))?.next ?? 0;
    const overdue = await next();
    await until('it is overdue', () => Date.now() > overdue + 3 * EVERY_MS);
    // A worker that was busy until now takes it between the two looks.
    const busy = new Proxy(ticks, {
      get: (target, name) => {
        if (name !== 'getJobState') return Reflect.get(target, name, target);
        return async (id: string) => {
          await workUntil(redis, async () => (await next()) > overdue && !(await isOpen(id)));
          return target.getJobState(id);
        };
      },
    });
    const isOpen = async (id: string) =>
      ['waiting', 'active', 'delayed'].includes(await ticks.getJobState(id));
    expect(await ensureScheduled(busy, EVERY_MS)).toBe(false);
    expect(await next()).toBeGreaterThan(overdue);
  });
});

async function workUntil(redis: TestRedis, isDone: () => Promise<boolean>): Promise<void> {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const worker = new Worker('tick', async () => ({}), { connection, prefix: redis.prefix });
  await until('the job is over', isDone);
  await worker.close();
  connection.disconnect();
}
