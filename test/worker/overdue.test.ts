import { mkdir, rm, writeFile } from 'node:fs/promises';
import { directorySink, Publisher } from '@sealtrail/publisher';
import { sealTenants } from '@sealtrail/store';
import type { Alert } from '@sealtrail/worker';
import { startInlineAnchoring } from '@sealtrail/worker/inline';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { Publishing } from './helpers/publishing.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';
import { TestWorkers } from './helpers/workers.ts';

const HOUR = 3_600_000;

describe('a sink that takes nothing', () => {
  let test: TestStore;
  let publishing: Publishing;
  const endings: (() => Promise<void>)[] = [];
  const alerts: Alert[] = [];
  const onAlert = (alert: Alert) => void alerts.push(alert);

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    publishing = await Publishing.make();
    await test.append('acme', 3);
    alerts.length = 0;
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    for (const end of endings.splice(0).reverse()) await end();
    await test.close();
    await publishing.remove();
  });

  /** A publisher that is at its work so many hours ago. */
  async function place(hoursAgo: number) {
    const clock = { hoursAgo };
    const publisher = new Publisher({
      store: test.store,
      folder: publishing.at('log'),
      signers: await publishing.signers(),
      sinks: [directorySink('archive', publishing.at('archive'))],
      now: () => Date.now() - clock.hoursAgo * HOUR,
    });
    endings.push(async () => publisher.close());
    const state = async () => (await publisher.sinks())[0];
    return { clock, publisher, state };
  }

  /** What anchoring beside it brings to the sink at each tick that is asked for. */
  function start(publisher: Publisher) {
    const { store } = test;
    const inline = startInlineAnchoring({ store, publisher, intervalMs: HOUR, maxDelayMs: 0, onAlert });
    endings.push(() => inline.stop());
    return async () => (await inline.tick()).deliveries;
  }

  it('is told to a person after a day, and once a minute while it lasts', async () => {
    let later = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + later);
    const { clock, publisher, state } = await place(23);
    const tick = start(publisher);
    expect(await tick()).toMatchObject([{ outcome: 'outage' }]);
    expect(alerts).toEqual([]);
    const night = await state();
    expect(night?.quietSince).toBe(night?.since);

    clock.hoursAgo = 0;
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * HOUR);
    for (let i = 0; i < 3; i++) await tick();
    expect(alerts).toMatchObject([
      {
        code: 'delivery_overdue',
        tenant: null,
        message: expect.stringMatching(/the sink archive has taken nothing since .*: archive: cannot write/),
        detail: { sink: 'archive', since: night?.since },
      },
    ]);
    later = 61_000;
    await tick();
    expect(alerts).toHaveLength(2);

    await mkdir(publishing.at('archive'));
    later = 122_000;
    expect(await tick()).toMatchObject([{ outcome: 'delivered' }]);
    expect(await state()).toMatchObject({ outstanding: 0, quietSince: null });
    expect(alerts).toHaveLength(2);
    await test.expectSound('acme');
  });

  it('is not one that takes one after the other, however long the others wait', async () => {
    const { clock, publisher, state } = await place(60);
    await sealTenants(test.store);
    await publisher.publish();
    await test.append('globex', 3);
    await sealTenants(test.store);
    const { checkpoint } = await publisher.publish();
    await mkdir(publishing.at('archive'));
    // The second of them is in its way.
    const name = `${String(checkpoint?.size).padStart(16, '0')}.checkpoint`;
    await writeFile(publishing.at(`archive/${name}`), 'begun');
    clock.hoursAgo = 2;
    const tick = start(publisher);
    await tick();
    expect(await state()).toMatchObject({ since: checkpoint?.time });
    expect(await tick()).toMatchObject([{ outcome: 'outage' }]);
    expect(alerts).toEqual([]);
    await rm(publishing.at(`archive/${name}`));
    expect(await tick()).toMatchObject([{ outcome: 'delivered' }]);
    await test.expectSound('acme', 'globex');
  });

  it.skipIf(inject('redisUrl') === undefined)(
    'is told by workers, after as long as they were told',
    async () => {
      const redis = new TestRedis();
      endings.push(() => redis.close());
      const path = publishing.at('archive');
      const sinksFile = await publishing.sinksFile({ type: 'directory', name: 'archive', path });
      const workers = new TestWorkers(test, redis, { sealMs: 200, ...publishing.config, sinksFile });
      endings.push(() => workers.close());
      const { worker } = await workers.start({}, { onAlert });
      await until('it was tried', async () => (await publishing.sinks().catch(() => []))[0]?.failure != null);
      await worker.close();
      expect(alerts).toEqual([]);
      // Another worker, which has not seen how it began.
      await workers.start({ sinkPatienceMs: 1_000 }, { onAlert });
      await until('it is told', () => alerts.length > 0);
      expect(alerts[0]).toMatchObject({ code: 'delivery_overdue', detail: { sink: 'archive' } });
      await mkdir(path);
      await until('it has everything', async () => (await publishing.sinks())[0]?.outstanding === 0);
      await test.expectSound('acme');
    },
  );
});
