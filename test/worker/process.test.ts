import { type AnchoringWorker, createWorker } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Bin } from './helpers/bin.ts';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

/** On a busy machine a worker may not come to renew a short lock, and then leaves its job as one that died does. */
const UNHURRIED = { SEALTRAIL_TAKEOVER: '10m' };
/** A lock that a busy machine still comes to renew, and that runs out while a test waits for it: whoever held it is gone. */
const TAKEOVER_MS = 10_000;

describe.skipIf(inject('redisUrl') === undefined).each(STORE_KINDS)('sealtrail-worker on %s', (kind) => {
  // Small segments make many anchors, so that a signal comes in the middle of them.
  const entries = kind === 'sqlite' ? 12_000 : 1_000;
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
      SEALTRAIL_TAKEOVER: `${TAKEOVER_MS}ms`,
      ...env,
    });
    return bin;
  }

  /** Lets the process come to the middle of the log. */
  async function inTheMiddle(): Promise<void> {
    await until('it anchors', async () => (await test.anchored('acme')).number >= 5);
  }

  /**
   * The tenant's job is in the queue for another worker, also when the signal came between two of its shares. Only where Redis took
   * too long to be told, a lock must run out first.
   */
  async function expectGivenBack(bin: Bin): Promise<void> {
    const untold = bin.lines().some(({ msg }) => String(msg).startsWith('Redis was not told'));
    const { active, failed, waiting, delayed } = await redis.anchors.getJobCounts();
    const left = [active, Number(waiting) + Number(delayed), failed];
    expect(
      untold
        ? [
            [0, 1, 0],
            [1, 0, 0],
          ]
        : [[0, 1, 0]],
    ).toContainEqual(left);
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
        takeoverMs: TAKEOVER_MS,
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
    // Hardly ever none: then it died between two of the tenant's shares.
    const atWork = await redis.anchors.getActiveCount();
    const logger = await finishWithAnother();
    const taken = logger
      .at('warn')
      .filter(({ message, fields }) => message.startsWith('a worker died') && fields['queue'] === 'anchor');
    expect(taken.length).toBeGreaterThanOrEqual(atWork as number);
    await test.expectSound('acme');
  });

  it('finishes the share that is under way on SIGTERM, and exits with 0', async () => {
    const process = start({ SEALTRAIL_GRACE: '10m', ...UNHURRIED });
    await inTheMiddle();
    process.kill('SIGTERM');
    expect(await process.ended()).toBe(0);
    expect(process.logged('tenant anchored')).toBe(true);
    await expectGivenBack(process);
    await finishWithAnother();
    await test.expectSound('acme');
  });

  it('abandons what is under way when the grace time is over, for others to continue', async () => {
    const process = start({ SEALTRAIL_GRACE: '0s', ...UNHURRIED });
    await inTheMiddle();
    process.kill('SIGINT');
    expect(await process.ended()).toBe(0);
    expect(await test.lag()).toBeGreaterThan(0);
    await expectGivenBack(process);
    await finishWithAnother();
    await test.expectSound('acme');
  });

  it('exits at once on a second signal', async () => {
    const process = start({ SEALTRAIL_GRACE: '10m' });
    await inTheMiddle();
    // Two that differ, since one that has not been noticed yet is not counted twice; whichever is noticed last says with what it ends.
    process.kill('SIGTERM');
    process.kill('SIGINT');
    expect([130, 143]).toContain(await process.ended());
    expect(await test.lag()).toBeGreaterThan(0);
    await finishWithAnother();
    await test.expectSound('acme');
  });
});
