import { type AnchoringWorker, createWorker } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, inject, it } from 'vitest';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

describe.skipIf(inject('redisUrl') === undefined)('a Redis that throws keys away', () => {
  let test: TestStore;
  let redis: TestRedis;
  let worker: AnchoringWorker;

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    redis = new TestRedis();
    const config = { store: test.location, redisUrl: redis.url, queuePrefix: redis.prefix, httpPort: 0 };
    worker = createWorker(
      { ...config, tickMs: 200, sealMs: 0, sweepMs: 0, maxDelayMs: 0 },
      { logger: new Recorder() },
    );
  });

  afterEach(async () => {
    await worker.close();
    await redis.close();
    await test.close();
  });

  it.each([
    ['the place of a job in the queue', () => redis.losePlaces()],
    ['a job that has a place in the queue', () => redis.loseJobs()],
  ])('and with them %s keeps no tenant from being anchored', async (_, lose) => {
    await test.append('acme', 3);
    await redis.anchors.pause();
    await worker.start();
    const waiting = () => redis.anchors.getJobs(['waiting']);
    await until('the job waits', async () => (await waiting()).length === 1);
    await lose();
    await redis.anchors.resume();
    await until('all is anchored', async () => (await test.lag()) === 0);
    await until('no job is left', async () => (await waiting()).length === 0);
    await test.append('acme', 3);
    await until('what comes later is anchored', async () => (await test.lag()) === 0);
    await test.expectSound('acme');
  });
});
