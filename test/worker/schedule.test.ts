import { setTimeout as sleep } from 'node:timers/promises';
import { SEALS_TENANT } from '@sealtrail/format';
import { startInlineAnchoring } from '@sealtrail/worker/inline';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { ensureScheduled, schedule } from '../../packages/worker/dist/queue/schedule.js';
import { Gate } from './helpers/gate.ts';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';
import { TestWorkers } from './helpers/workers.ts';

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

describe.skipIf(inject('redisUrl') === undefined)('a schedule that was lost', () => {
  it('of seals, which come more often than ticks, is put in place as soon', async () => {
    const test = await TestStore.open('sqlite');
    const redis = new TestRedis();
    const workers = new TestWorkers(test, redis, { tickMs: 3_600_000, sealMs: 10 * EVERY_MS });
    onTestFinished(async () => {
      await workers.close();
      await redis.close();
      await test.close();
    });
    await test.append('acme', 3);
    await workers.start();
    await until('all is anchored', async () => (await test.anchored('acme')).number === 0);
    const sealed = () => test.store.head(SEALS_TENANT);
    await until('it is sealed', async () => ((await sealed())?.seq ?? 0) > 0);
    await redis.forget();
    const seals = await sealed();
    await test.append('globex', 3);
    await until('what came later is sealed', async () => (await sealed())?.seq !== seals?.seq);
    const inline = startInlineAnchoring({ store: test.store, maxDelayMs: 0 });
    await inline.tick();
    await inline.stop();
    await test.expectSound('acme', 'globex');
  });

  it('while Redis said nothing for long is put in place once, and not by each look that waited', async () => {
    const test = await TestStore.open('sqlite');
    const redis = new TestRedis();
    const gate = new Gate(redis.url);
    await gate.open();
    const workers = new TestWorkers(test, redis, { redisUrl: gate.url, tickMs: EVERY_MS });
    onTestFinished(async () => {
      await workers.close();
      await gate.shut();
      await redis.close();
      await test.close();
    });
    await test.append('acme', 3);
    const logger = new Recorder();
    await workers.start({}, { logger });
    const scheduled = async () => (await redis.ticks.getJobScheduler('tick')) !== undefined;
    await until('it is in place', scheduled);
    await until('all is anchored', async () => (await test.lag()) === 0);
    gate.hold();
    await sleep(20 * EVERY_MS);
    await redis.forget();
    gate.release();
    await until('it is in place again', scheduled);
    await test.append('acme', 3);
    await until('ticks come again', async () => (await test.lag()) === 0);
    const told = logger.at('warn').filter(({ message }) => message.includes('the schedule was gone'));
    expect(told).toHaveLength(1);
    await test.expectSound('acme');
  });
});

async function workUntil(redis: TestRedis, isDone: () => Promise<boolean>): Promise<void> {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const worker = new Worker('tick', async () => ({}), { connection, prefix: redis.prefix });
  await until('the job is over', isDone);
  await worker.close();
  connection.disconnect();
}
