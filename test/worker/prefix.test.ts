import { copyFile, symlink } from 'node:fs/promises';
import type { Alert } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Gate } from './helpers/gate.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';
import { TestWorkers } from './helpers/workers.ts';

describe.skipIf(inject('redisUrl') === undefined)('a prefix', () => {
  let redis: TestRedis;
  const endings: (() => Promise<void>)[] = [];
  const alerts: Alert[] = [];

  beforeEach(() => {
    redis = new TestRedis();
    alerts.length = 0;
  });

  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
    await redis.close();
  });

  // A claim lasts as long: longer than a busy machine may stand still.
  const config = { sealMs: 200, takeoverMs: 6_000 };
  const options = { onAlert: (alert: Alert) => void alerts.push(alert) };

  /** A store with a few entries, and its workers. */
  async function place(kind: TestStore['store']['kind'] = 'sqlite') {
    const test = await TestStore.open(kind);
    const workers = new TestWorkers(test, redis, config);
    endings.push(() => test.close());
    endings.push(() => workers.close());
    await test.append('acme', 3);
    return { test, workers };
  }

  const anchored = (test: TestStore) => until('all is anchored', async () => (await test.lag()) === 0);
  const refused = { code: 'config_invalid', message: expect.stringContaining('SEALTRAIL_QUEUE_PREFIX') };

  it.each(STORE_KINDS)(
    'of another store is refused at the start, and that one works on (%s)',
    async (kind) => {
      const one = await place(kind);
      await one.workers.start({}, options);
      const other = await place();
      // Which was never sealed, and one that was.
      for (let i = 0; i < 2; i++)
        await expect(other.workers.start({}, options)).rejects.toMatchObject(refused);
      await one.test.append('globex', 3);
      await anchored(one.test);
      await other.workers.start({ queuePrefix: `${redis.prefix}-b` }, options);
      await anchored(other.test);
      expect(alerts).toEqual([]);
      await one.test.expectSound('acme', 'globex');
      await other.test.expectSound('acme');
    },
  );

  it('is shared by the workers of one store, whatever it is called, and taken again when Redis lost it', async () => {
    const { test, workers } = await place();
    await workers.start({}, options);
    await symlink(test.location, `${test.location}.link`);
    await workers.start({ store: `${test.location}.link` }, options);
    await redis.forget();
    await workers.start({}, options);
    // That seals nothing itself.
    await workers.start({ sealMs: 0 }, options);
    const other = await place();
    await expect(other.workers.start({}, options)).rejects.toMatchObject(refused);
    await anchored(test);
    expect(alerts).toEqual([]);
    await test.expectSound('acme');
  });

  it('is free for a copy, and for another store, when nobody works with it any more', async () => {
    const one = await place();
    await one.workers.start({}, options);
    await anchored(one.test);
    await one.workers.close();
    const copy = await place();
    await copy.test.store.close();
    await one.test.store.close();
    await copyFile(one.test.location, copy.test.location);
    await copy.workers.start({}, options);
    await copy.workers.close();
    await copy.test.expectSound('acme');
    const other = await place();
    await other.workers.start({}, options);
    await anchored(other.test);
    expect(alerts).toEqual([]);
    await other.test.expectSound('acme');
  });

  it('that two stores share all the same raises an alert', async () => {
    const one = await place();
    await one.workers.start({}, options);
    const gate = new Gate(redis.url);
    await gate.reserve();
    endings.unshift(() => gate.shut());
    const other = await place();
    // Redis is not there yet, and the worker waits for it.
    await other.workers.start({ redisUrl: gate.url }, options);
    await gate.open();
    const told = () => alerts.filter(({ code }) => code === 'prefix_shared');
    await until('it is told', () => told().length > 0);
    expect(told()).toMatchObject([
      { tenant: null, message: refused.message, detail: { prefix: redis.prefix } },
    ]);
    await other.workers.close();
    await anchored(one.test);
    await one.test.expectSound('acme');
  });

  it('is not waited for by a worker that is told to stop', async () => {
    const one = await place();
    await one.workers.start({ takeoverMs: 3_600_000 }, options);
    await anchored(one.test);
    const other = await place();
    const worker = other.workers.create({}, { store: other.test.store });
    const started = worker.start();
    await worker.close();
    await expect(started).rejects.toMatchObject({ code: 'store_closed' });
    await one.test.expectSound('acme');
  });
});
