import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type AnchoringWorker, createWorker, type WorkerConfig } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Bin } from './helpers/bin.ts';
import { changed } from './helpers/changed.ts';
import { Gate } from './helpers/gate.ts';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

describe.skipIf(inject('redisUrl') === undefined)('outages', () => {
  let test: TestStore;
  let redis: TestRedis;
  let gate: Gate;
  let logger: Recorder;
  let worker: AnchoringWorker;

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    redis = new TestRedis();
    gate = new Gate(redis.url);
    await gate.reserve();
    logger = new Recorder();
    worker = create();
  });

  afterEach(async () => {
    await worker.close();
    await gate.shut();
    await redis.close();
    await test.close();
  });

  function create(
    options: Parameters<typeof createWorker>[1] = {},
    config: Partial<WorkerConfig> = {},
  ): AnchoringWorker {
    return createWorker(
      {
        store: test.location,
        redisUrl: gate.url,
        queuePrefix: redis.prefix,
        tickMs: 200,
        sealMs: 0,
        maxDelayMs: 0,
        httpPort: 0,
        takeoverMs: 1_000,
        graceMs: 2_000,
        ...config,
      },
      { logger, ...options },
    );
  }

  async function readyz(port: number): Promise<{ status: number; state: Record<string, unknown> }> {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    return { status: response.status, state: (await response.json()) as Record<string, unknown> };
  }

  it('starts without Redis, which no append notices, and anchors when Redis is there', async () => {
    const { http } = await worker.start();
    await test.append('acme', 10);
    expect(await readyz(http.port)).toMatchObject({
      status: 503,
      state: { ready: false, redis: 'down', store: 'up', last_tick_age_seconds: null },
    });
    expect((await fetch(`http://127.0.0.1:${http.port}/healthz`)).status).toBe(200);
    expect((await test.verify()).get('acme')).toMatchObject({ status: 'valid', unanchored: { count: 11 } });

    await gate.open();
    await until('all is anchored', async () => (await test.lag()) === 0);
    await until('it is ready, and knows of a tick', async () => {
      const { status, state } = await readyz(http.port);
      return status === 200 && typeof state['last_tick_age_seconds'] === 'number';
    });
    await test.expectSound('acme');
  });

  it('survives a Redis that goes and comes back', async () => {
    await gate.open();
    const { http } = await worker.start();
    await test.append('acme', 10);
    await until('all is anchored', async () => (await test.lag()) === 0);
    for (let round = 0; round < 2; round++) {
      await gate.shut();
      await test.append('acme', 10);
      await until('it is noticed', async () => (await readyz(http.port)).status === 503);
      await gate.open();
      await until('all is anchored again', async () => (await test.lag()) === 0);
    }
    await until('it is ready', async () => (await readyz(http.port)).status === 200);
    await test.expectSound('acme');
  });

  it('survives a Redis that comes back empty', async () => {
    await gate.open();
    await worker.start();
    await test.append('acme', 10);
    await until('all is anchored', async () => (await test.lag()) === 0);
    await gate.shut();
    await test.append('acme', 10);
    await redis.forget();
    await gate.open();
    await until('all is anchored again', async () => (await test.lag()) === 0);
    await test.expectSound('acme');
  });

  it('puts the schedule in place again when it is lost while Redis stays up', async () => {
    await gate.open();
    await worker.start();
    await until('a tick is done', async () => (await redis.ticks.getCompletedCount()) > 0);
    await redis.forget();
    await test.append('acme', 10);
    await until('all is anchored', async () => (await test.lag()) === 0);
    await test.expectSound('acme');
  });

  it('puts the schedule in place again when it stands still', async () => {
    await gate.open();
    await worker.start();
    const told = (): boolean => logger.lines.some(({ message }) => message.includes('stood still'));
    await until('it is noticed', async () => {
      await redis.loseNextTick();
      return told();
    });
    await test.append('acme', 10);
    await until('all is anchored', async () => (await test.lag()) === 0);
    await test.expectSound('acme');
  });

  it('does not take a long tick for a schedule that stands still', async () => {
    await gate.open();
    await test.append('acme', 10);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const store = changed(test.store, {
      unanchored: async function* () {
        await held;
        yield* test.store.unanchored();
      },
    });
    worker = create({ store });
    await worker.start();
    await until('the next tick is long overdue', async () => {
      const scheduler = await redis.ticks.getJobScheduler('tick');
      return scheduler?.next !== undefined && Date.now() - scheduler.next > 6 * 200;
    });
    letGo();
    await until('all is anchored', async () => (await test.lag()) === 0);
    expect(logger.lines.map(({ message }) => message).join()).not.toContain('stood still');
    await test.expectSound('acme');
  });

  it('stops while Redis is away, with and without work under way', async () => {
    await gate.open();
    await test.append('acme', 10);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let runs = false;
    const store = changed(test.store, {
      addAnchor: async (row) => {
        runs = true;
        await held;
        return test.store.addAnchor(row);
      },
    });
    worker = create({ store });
    await worker.start();
    // What Redis calls active the worker need not know of yet.
    await until('a job runs', () => runs);
    await gate.shut();
    const closed = worker.close();
    letGo();
    await closed;
    await test.expectSound('acme');

    const idle = create();
    await idle.start();
    await idle.close();
    expect(logger.at('error')).toEqual([]);
  });

  it.skipIf(inject('mongodbUrl') === undefined)('survives a MongoDB that goes and comes back', async () => {
    await gate.open();
    const mongodb = await TestStore.open('mongodb');
    const way = new Gate(mongodb.location);
    await way.open();
    // The driver must not find its way around the gate.
    const url = new URL(way.url);
    url.searchParams.set('directConnection', 'true');
    const alerts: unknown[] = [];
    worker = create({ onAlert: (alert) => void alerts.push(alert) }, { store: url.href });
    await worker.start();
    await mongodb.append('acme', 5);
    await until('all is anchored', async () => (await mongodb.lag()) === 0);
    await way.shut();
    await mongodb.append('acme', 5);
    await until('it is noticed', () =>
      logger.lines.some(({ level, fields }) => level === 'warn' && fields['outcome'] === 'outage'),
    );
    await way.open();
    await until('all is anchored again', async () => (await mongodb.lag()) === 0);
    expect(alerts).toEqual([]);
    await mongodb.expectSound('acme');
    await worker.close();
    await way.shut();
    await mongodb.close();
  });

  it('ends at once when it is told to before its store could be reached', async () => {
    // Takes connections, and says nothing.
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const bin = new Bin([], {
      SEALTRAIL_STORE: `mongodb://127.0.0.1:${port}/audit`,
      REDIS_URL: redis.url,
      SEALTRAIL_QUEUE_PREFIX: redis.prefix,
    });
    await once(silent, 'connection');
    bin.kill('SIGTERM');
    expect([await bin.ended(), bin.stderr]).toEqual([0, '']);
    silent.close();
    expect((await test.verify()).size).toBe(0);
  });

  it.each(['up', 'away'])('leaves nothing behind that holds up a process, with Redis %s', (state) => {
    const config = {
      store: test.location,
      redisUrl: state === 'up' ? redis.url : gate.url,
      queuePrefix: redis.prefix,
      httpPort: 0,
      logLevel: 'silent',
    };
    const script = `
      const { createWorker } = await import(${JSON.stringify(import.meta.resolve('@sealtrail/worker'))});
      const worker = createWorker(${JSON.stringify(config)});
      await worker.start();
      await worker.close();
    `;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 240_000,
    });
    expect(ended).toMatchObject({ status: 0, signal: null, stderr: '' });
  });

  it('says that Redis is away once, not with every attempt', async () => {
    await worker.start();
    await until('attempts were made', () => logger.at('warn').length > 0);
    await gate.open();
    await until('it is back', () => logger.lines.some(({ message }) => message === 'Redis reached'));
    const said = logger.at('warn').filter(({ message }) => message.startsWith('Redis cannot be reached'));
    expect(said).toHaveLength(1);
    await test.append('acme', 1);
    await until('all is anchored', async () => (await test.lag()) === 0);
    await test.expectSound('acme');
  });
});
