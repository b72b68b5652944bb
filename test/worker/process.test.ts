import { type AnchoringWorker, createWorker } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Bin } from './helpers/bin.ts';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

describe.skipIf(inject('redisUrl') === undefined).each(STORE_KINDS)('sealtrail-worker on %s', (kind) => {
  // Small segments make many anchors, so that a signal comes in the middle of them.
  const entries = kind === 'sqlite' ? 12_000 : 2_000;
  let test: TestStore;
  let redis: TestRedis;
  let bin: Bin | undefined;
  let successor: AnchoringWorker | undefined;

  beforeEach(async () => {
    test = await TestStore.open(kind);
    redis = new TestRedis();
    await test.append('acme', entries);
  });

  afterEach(async () => {
    bin?.kill('SIGKILL');
    await bin?.ended();
    await successor?.close();
    successor = undefined;
    await redis.close();
    await test.close();
  });

  function start(env: Readonly<Record<string, string>> = {}): Bin {
    bin = new Bin([], {
      SEALTRAIL_STORE: test.location,
      REDIS_URL: redis.url,
      SEALTRAIL_QUEUE_PREFIX: redis.prefix,
      SEALTRAIL_TICK_INTERVAL: '200ms',
      SEALTRAIL_SEAL_INTERVAL: '0s',
      SEALTRAIL_MAX_SEGMENT: '4',
      SEALTRAIL_MAX_DELAY: '0s',
      SEALTRAIL_HTTP_PORT: '0',
      SEALTRAIL_TAKEOVER: '1s',
      ...env,
    });
    return bin;
  }

  /** Lets the process come to the middle of the log. */
  async function inTheMiddle(): Promise<void> {
    await until('it anchors', async () => (await test.anchored('acme')).number >= 5);
  }

  async function finishWithAnother(): Promise<Recorder> {
    const logger = new Recorder();
    successor = createWorker(
      {
        store: test.location,
        redisUrl: redis.url,
        queuePrefix: redis.prefix,
        tickMs: 200,
        sealMs: 0,
        maxDelayMs: 0,
        httpPort: 0,
        takeoverMs: 1_000,
      },
      { logger },
    );
    await successor.start();
    await until('the successor anchored the rest', async () => (await test.lag()) === 0);
    return logger;
  }

  it('may be killed in the middle: another takes its job over', async () => {
    const process = start();
    await inTheMiddle();
    process.kill('SIGKILL');
    expect(await process.ended()).toBe('SIGKILL');
    expect(await test.lag()).toBeGreaterThan(0);
    expect(await redis.anchors.getActiveCount()).toBe(1);
    const logger = await finishWithAnother();
    expect(logger.lines.map(({ message }) => message)).toContain(
      'a worker died or hung; its job is taken over',
    );
    await test.expectSound('acme');
  });

  it('finishes what is under way on SIGTERM, and exits with 0', async () => {
    const process = start({ SEALTRAIL_GRACE: '10m' });
    await inTheMiddle();
    process.kill('SIGTERM');
    expect(await process.ended()).toBe(0);
    expect(process.logged('tenant anchored')).toBe(true);
    expect(await redis.anchors.getActiveCount()).toBe(0);
    expect(await test.anchored('acme')).toMatchObject({ to: entries });
    await test.expectSound('acme');
  });

  it('abandons what is under way when the grace time is over, for others to continue', async () => {
    const process = start({ SEALTRAIL_GRACE: '0s' });
    await inTheMiddle();
    process.kill('SIGINT');
    expect(await process.ended()).toBe(0);
    expect(process.logged('anchoring abandoned; the next run continues it')).toBe(true);
    expect(await test.lag()).toBeGreaterThan(0);
    // Not lost with a lock that must run out first, and no attempt used up.
    expect(await redis.anchors.getJobCounts('active', 'waiting', 'failed')).toEqual({
      active: 0,
      waiting: 1,
      failed: 0,
    });
    await finishWithAnother();
    await test.expectSound('acme');
  });

  it('exits at once on a second signal', async () => {
    const process = start({ SEALTRAIL_GRACE: '10m' });
    await inTheMiddle();
    process.kill('SIGTERM');
    await until('it is stopping', () => process.logged('worker is stopping'));
    process.kill('SIGTERM');
    expect(await process.ended()).toBe(143);
    expect(await test.lag()).toBeGreaterThan(0);
    await finishWithAnother();
    await test.expectSound('acme');
  });
});
