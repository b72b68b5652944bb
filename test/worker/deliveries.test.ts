import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyFile, LogFolder } from '@sealtrail/publisher';
import { type Alert, type AnchoringWorker, createWorker, type WorkerConfig } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

describe.skipIf(inject('redisUrl') === undefined)('deliveries to sinks', () => {
  let test: TestStore;
  let redis: TestRedis;
  let folder: string;
  const workers: AnchoringWorker[] = [];
  const alerts: Alert[] = [];
  const at = (name: string) => join(folder, name);

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    redis = new TestRedis();
    folder = await mkdtemp(join(tmpdir(), 'sealtrail-worker-deliveries-'));
    await createKeyFile(at('op.key'), 'audit.example/log', 'log');
    await test.append('acme', 3);
    alerts.length = 0;
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await redis.close();
    await test.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(config: Partial<WorkerConfig>, logger = new Recorder()): Promise<AnchoringWorker> {
    const worker = createWorker(
      {
        store: test.location,
        redisUrl: redis.url,
        queuePrefix: redis.prefix,
        tickMs: 200,
        sealMs: 200,
        publishMs: 200,
        sweepMs: 0,
        maxDelayMs: 0,
        httpPort: 0,
        logFolder: at('log'),
        keyFiles: [at('op.key')],
        ...config,
      },
      { logger, onAlert: (alert) => void alerts.push(alert) },
    );
    workers.push(worker);
    await worker.start();
    return worker;
  }

  async function sinksFile(sink: object): Promise<string> {
    await writeFile(at('sinks.json'), JSON.stringify({ sinks: [sink] }));
    return at('sinks.json');
  }

  async function sinks() {
    const log = new LogFolder(at('log'));
    try {
      return await log.sinks();
    } finally {
      log.close();
    }
  }

  it('stay for a worker that has the sink, when another one takes them', async () => {
    await mkdir(at('archive'));
    const file = await sinksFile({ type: 'directory', name: 'archive', path: at('archive') });
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
    await until('the sink has everything', async () => (await sinks())[0]?.outstanding === 0);
    await test.expectSound('acme');
  });

  it('are no failure of the sink when a worker stops, and stay for another one', async () => {
    let asked = 0;
    const silent = createServer(() => void asked++).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const file = await sinksFile({ type: 'http', name: 'mirror', url });
    const worker = await start({ sinksFile: file, graceMs: 0 });
    await until('the sink is asked', () => asked > 0);
    await worker.close();
    silent.closeAllConnections();
    silent.close();
    expect(await sinks()).toMatchObject([{ name: 'mirror', failure: null }]);
    const { active, waiting, delayed, failed } = await redis.deliveries.getJobCounts();
    expect({ active, waiting, delayed, failed }).toEqual({ active: 0, waiting: 1, delayed: 0, failed: 0 });
    expect(alerts).toEqual([]);
    await test.expectSound('acme');
  });
});
