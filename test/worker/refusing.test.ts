import { setTimeout as sleep } from 'node:timers/promises';
import { type AnchoringWorker, createWorker } from '@sealtrail/worker';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

describe.skipIf(inject('redisUrl') === undefined)('a Redis that answers, and refuses', () => {
  let test: TestStore;
  let redis: TestRedis;
  let admin: Redis;
  let logger: Recorder;
  let worker: AnchoringWorker | undefined;

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    redis = new TestRedis();
    admin = new Redis(redis.url);
    logger = new Recorder();
  });

  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await admin.acl('DELUSER', redis.prefix);
    admin.disconnect();
    await redis.close();
    await test.close();
  });

  async function start(url: string): Promise<AnchoringWorker> {
    worker = createWorker(
      {
        store: test.location,
        redisUrl: url,
        queuePrefix: redis.prefix,
        tickMs: 200,
        sealMs: 0,
        maxDelayMs: 0,
        httpPort: 0,
        graceMs: 2_000,
      },
      { logger },
    );
    await worker.start();
    return worker;
  }

  /** The URL of a user of this test's own. */
  async function user(...rules: readonly string[]): Promise<string> {
    await admin.acl('SETUSER', redis.prefix, 'on', '>right', '~*', '&*', '+@all', ...rules);
    const url = new URL(redis.url);
    url.username = redis.prefix;
    url.password = 'right';
    return url.href;
  }

  it('is asked again after a while, not at once, and is done with when it takes commands again', async () => {
    // As one that is out of memory, or a replica since a failover: it answers, and every script fails.
    const url = await user('-evalsha', '-eval');
    await test.append('acme', 3);
    const started = await start(url);
    await until('it is said', () => logger.at('warn').some(({ message }) => message === 'queue error'));
    await sleep(1_500);
    const errors = logger.lines.filter(({ message }) => message === 'queue error');
    expect(errors.length).toBeLessThan(100);
    const said = errors.filter(({ level }) => level === 'warn').map(({ fields }) => fields['reason']);
    expect(said).toHaveLength(new Set(said).size);

    await user();
    await until('all is anchored', async () => (await test.lag()) === 0);
    await test.expectSound('acme');

    await user('-evalsha', '-eval');
    await until('it is refused again', () => logger.lines.filter(isQueueError).length > errors.length + 3);
    await started.close();
  });

  it('is not worked in when it has no database of that number', async () => {
    await test.append('acme', 3);
    const url = new URL(redis.url);
    url.pathname = '/999999';
    const started = await start(url.href);
    await until('it is said', () => logger.at('warn').some(isAway));
    await sleep(1_000);
    expect(logger.at('warn').find(isAway)?.fields['reason']).toContain('DB index is out of range');
    expect(logger.lines.map(({ message }) => message)).not.toContain('Redis reached');
    // Nothing was put into the database that everybody else is in.
    expect(await redis.ticks.getJobSchedulers()).toEqual([]);
    expect(await test.lag()).toBe(4);
    await started.close();
  });
});

function isAway({ message }: { readonly message: string }): boolean {
  return message.startsWith('Redis cannot be reached');
}

function isQueueError({ message }: { readonly message: string }): boolean {
  return message === 'queue error';
}
