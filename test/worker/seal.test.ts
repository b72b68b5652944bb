import { SEALS_TENANT } from '@sealtrail/format';
import { Publisher } from '@sealtrail/publisher';
import { Directory } from '@sealtrail/store';
import type { Alert } from '@sealtrail/worker';
import { startInlineAnchoring } from '@sealtrail/worker/inline';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { Publishing } from './helpers/publishing.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';
import { TestWorkers } from './helpers/workers.ts';

describe.each(STORE_KINDS)('sealing on %s', (kind) => {
  let test: TestStore;
  const endings: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    test = await TestStore.open(kind);
  });

  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
    await test.close();
  });

  const sealed = async () => {
    const lines = (await Directory.at(test.store)).sorted();
    return Object.fromEntries(lines.map(({ tenant, entries }) => [tenant, entries]));
  };

  it('inline: each tick seals what it anchored, once', async () => {
    await test.append('acme', 10);
    await test.append('globex', 4);
    const places = [1, 2].map(() => {
      const one = startInlineAnchoring({ store: test.store, intervalMs: 3_600_000, maxDelayMs: 0 });
      endings.push(() => one.stop());
      return one;
    });
    const ticks = await Promise.all(places.map((place) => place.tick()));
    expect(ticks.map(({ seal }) => seal?.error)).toEqual([undefined, undefined]);
    expect(await sealed()).toEqual({ acme: 11, globex: 5 });
    const { seq } = (await test.store.head(SEALS_TENANT)) ?? { seq: 0 };
    // Nothing changed since: no further seal.
    expect((await places[0]?.tick())?.seal?.outcome).toBe('idle');
    expect((await test.store.head(SEALS_TENANT))?.seq).toBe(seq);
    await test.expectSound('acme', 'globex');
  });

  it('raises an alert for a tenant that disappeared, and keeps it in the directory', async () => {
    await test.append('acme', 3);
    await test.append('gone', 3);
    const alerts: Alert[] = [];
    const place = startInlineAnchoring({
      store: test.store,
      intervalMs: 3_600_000,
      maxDelayMs: 0,
      onAlert: (alert) => void alerts.push(alert),
    });
    endings.push(() => place.stop());
    await place.tick();
    await test.forget('gone');
    await place.tick();
    expect(alerts.map(({ code, tenant, detail }) => [code, tenant, detail])).toContainEqual([
      'seal_refused',
      'gone',
      { reason: 'missing' },
    ]);
    expect(await sealed()).toEqual({ acme: 4, gone: 4 });
    await test.expectSound('acme');
  });

  it('says that the store was set back while it was at its work, once, and that nothing is signed over it', async () => {
    const publishing = await Publishing.make();
    endings.push(() => publishing.remove());
    const signers = await publishing.signers();
    const publisher = new Publisher({ store: test.store, folder: publishing.at('log'), signers });
    endings.push(async () => publisher.close());
    const alerts: Alert[] = [];
    const place = startInlineAnchoring({
      store: test.store,
      publisher,
      intervalMs: 3_600_000,
      maxDelayMs: 0,
      onAlert: (alert) => void alerts.push(alert),
    });
    endings.push(() => place.stop());
    await test.append('acme', 3);
    await place.tick();
    const restore = await test.backUp();
    await test.append('acme', 5);
    const seal = (await place.tick()).seal?.number;
    const [row] = await test.store.readAt(SEALS_TENANT, [Number(seal)]);
    expect(alerts).toEqual([]);
    await restore();
    await place.tick();
    await test.append('acme', 1);
    await test.append('globex', 1);
    for (let i = 0; i < 3; i++) await place.tick();
    expect(alerts.filter(({ code }) => code !== 'publish_refused')).toMatchObject([
      { code: 'store_set_back', tenant: null, detail: { seal, hash: row?.hash } },
    ]);
    expect(alerts.filter(({ code }) => code === 'publish_refused')).toHaveLength(4);
    await test.expectSound('acme', 'globex');
  });

  describe.skipIf(inject('redisUrl') === undefined)('with workers', () => {
    it('one seal after the other, whoever makes it, until everything is under one', async () => {
      const redis = new TestRedis();
      endings.push(() => redis.close());
      await test.append('acme', 10);
      const workers = new TestWorkers(test, redis, { sealMs: 200 });
      endings.push(() => workers.close());
      await Promise.all([workers.start(), workers.start()]);
      await until('the first entries are sealed', async () => (await sealed())['acme'] === 11);
      await test.append('acme', 5);
      await test.append('globex', 2);
      await until('the later ones are', async () => {
        const lines = await sealed();
        return lines['acme'] === 16 && lines['globex'] === 3;
      });
      await test.expectSound('acme', 'globex');
    });
  });
});
