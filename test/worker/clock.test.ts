import { SealtrailError } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import { type AnchoringWorker, createWorker } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { preceded } from '../retention/world.ts';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

const HOUR = 3_600_000;

describe.skipIf(inject('redisUrl') === undefined)('a clock that is put back', () => {
  let test: TestStore;
  let redis: TestRedis;
  let worker: AnchoringWorker | undefined;

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    redis = new TestRedis();
  });

  afterEach(async () => {
    await worker?.close();
    vi.restoreAllMocks();
    await redis.close();
    await test.close();
  });

  async function start(logger: Recorder, store?: Store): Promise<string> {
    const config = { store: test.location, redisUrl: redis.url, queuePrefix: redis.prefix, httpPort: 0 };
    worker = createWorker(
      { ...config, tickMs: 200, sealMs: 0, sweepMs: 0, maxDelayMs: 0 },
      { logger, store },
    );
    const { http } = await worker.start();
    return `http://127.0.0.1:${http.port}/readyz`;
  }

  async function status(url: string): Promise<number> {
    return (await fetch(url)).status;
  }

  function putBack(): void {
    const now = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => now() - HOUR);
  }

  it('does not stop ticks until it is where it was, and readiness tells of the ticks there are', async () => {
    const logger = new Recorder();
    const readyz = await start(logger);
    await until('it is ready', async () => (await status(readyz)) === 200);
    const ticks = async (): Promise<number> => Number((await redis.ticks.getCompleted(0, 0))[0]?.finishedOn);

    putBack();
    await test.append('acme', 3);
    await until('all is anchored', async () => (await test.lag()) === 0);
    // A tick of before may have anchored it.
    await until('ticks are put in place again', () => logger.at('warn').length > 0);
    // On a slow machine two looks find the same, and each says so.
    const warned = new Set(logger.at('warn').map(({ message }) => message));
    expect([...warned]).toEqual([expect.stringContaining('put in place again')]);
    await until('the newest tick is one of the new time', async () => (await ticks()) < Date.now() + 1_000);
    await until('it is ready', async () => (await status(readyz)) === 200);

    await redis.ticks.pause();
    await until('it is late', async () => (await status(readyz)) === 503);
    await redis.ticks.resume();
    await until('it is ready again', async () => (await status(readyz)) === 200);
    await test.expectSound('acme');
  });

  it('does not put off what waits to be tried again', async () => {
    let isAway = true;
    const store = preceded(test.store, 'commit', async () => {
      if (isAway) throw new SealtrailError('store_unavailable', 'gone');
    });
    await test.append('acme', 3);
    await start(new Recorder(), store);
    const delayed = () => redis.anchors.getDelayedCount();
    await until('it waits to be tried again', async () => (await delayed()) === 1);
    putBack();
    isAway = false;
    await until('all is anchored', async () => (await test.lag()) === 0);
    expect(await delayed()).toBe(0);
    await test.expectSound('acme');
  });

  it('is not taken for a tick that came just now', async () => {
    const readyz = await start(new Recorder());
    await until('it is ready', async () => (await status(readyz)) === 200);
    await redis.ticks.pause();
    putBack();
    await until('it is late', async () => (await status(readyz)) === 503);
    await redis.ticks.resume();
  });
});
