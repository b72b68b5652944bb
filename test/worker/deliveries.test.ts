import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Alert, AnchoringWorker, WorkerConfig } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Publishing } from './helpers/publishing.ts';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';
import { TestWorkers } from './helpers/workers.ts';

describe.skipIf(inject('redisUrl') === undefined)('deliveries to sinks', () => {
  let test: TestStore;
  let redis: TestRedis;
  let publishing: Publishing;
  let workers: TestWorkers;
  const alerts: Alert[] = [];

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    redis = new TestRedis();
    publishing = await Publishing.make();
    workers = new TestWorkers(test, redis, { sealMs: 200, ...publishing.config });
    await test.append('acme', 3);
    alerts.length = 0;
  });

  afterEach(async () => {
    await workers.close();
    await redis.close();
    await test.close();
    await publishing.remove();
  });

  async function start(config: Partial<WorkerConfig>, logger = new Recorder()): Promise<AnchoringWorker> {
    const onAlert = (alert: Alert) => void alerts.push(alert);
    return (await workers.start(config, { logger, onAlert })).worker;
  }

  it('stay for a worker that has the sink, when another one takes them', async () => {
    await mkdir(publishing.at('archive'));
    const file = await publishing.sinksFile({
      type: 'directory',
      name: 'archive',
      path: publishing.at('archive'),
    });
    await redis.deliveries.pause();
    const first = await start({ sinksFile: file });
    await until('a delivery waits', async () => (await redis.deliveries.getWaitingCount()) > 0);
    await first.close();
    const logger = new Recorder();
    const other = await start({}, logger);
    await redis.deliveries.resume();
    await until('it took it', () => logger.at('warn').some(({ fields }) => fields['sink'] === 'archive'));
    await until('it is put off', async () => (await redis.deliveries.getDelayedCount()) === 1);
    await other.close();
    expect(alerts).toEqual([]);
    expect(await redis.deliveries.getFailedCount()).toBe(0);
    await start({ sinksFile: file });
    await until('the sink has everything', async () => (await publishing.sinks())[0]?.outstanding === 0);
    await test.expectSound('acme');
  });

  it('are no failure of the sink when a worker stops, and stay for another one', async () => {
    let asked = 0;
    const silent = createServer(() => void asked++).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const file = await publishing.sinksFile({ type: 'http', name: 'mirror', url });
    const worker = await start({ sinksFile: file, graceMs: 0 });
    await until('the sink is asked', () => asked > 0);
    await worker.close();
    silent.closeAllConnections();
    silent.close();
    expect(await publishing.sinks()).toMatchObject([{ name: 'mirror', failure: null }]);
    const { active, waiting, delayed, failed } = await redis.deliveries.getJobCounts();
    expect({ active, waiting, delayed, failed }).toEqual({ active: 0, waiting: 1, delayed: 0, failed: 0 });
    expect(alerts).toEqual([]);
    await test.expectSound('acme');
  });
});
