import type { Store } from '@sealtrail/store';
import { startInlineAnchoring } from '@sealtrail/worker/inline';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { changed } from './helpers/changed.ts';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';
import { TestWorkers } from './helpers/workers.ts';

/** Anchors of a tenant with a long backlog, and how many of them are its share. */
const MANY = 20;
const SHARE = 16;
const LARGE = ['large-a', 'large-b'];
const SMALL = ['small-a', 'small-b', 'small-c'];

describe.each(STORE_KINDS)('tenants with long backlogs and small ones, on %s', (kind) => {
  let test: TestStore;
  let added: string[];
  let store: Store;

  beforeEach(async () => {
    test = await TestStore.open(kind);
    for (const tenant of LARGE) await test.append(tenant, MANY - 1);
    for (const tenant of SMALL) await test.store.register(tenant);
    added = [];
    store = changed(test.store, {
      addAnchor: async (row) => {
        const isNew = await test.store.addAnchor(row);
        if (isNew) added.push(row.tenant);
        return isNew;
      },
    });
  });

  afterEach(() => test.close());

  /** Who was anchored, and how many times in a row. */
  function turns(): [string, number][] {
    const found: [string, number][] = [];
    for (const tenant of added) {
      const last = found.at(-1);
      if (last?.[0] === tenant) last[1]++;
      else found.push([tenant, 1]);
    }
    return found;
  }

  function expectShared(): void {
    const all = turns();
    // However the store orders them: everybody had a turn before anybody had a second one.
    expect(new Set(all.slice(0, 5).map(([tenant]) => tenant)).size).toBe(5);
    for (const tenant of LARGE) {
      const own = all.filter(([name]) => name === tenant).map(([, anchors]) => anchors);
      expect(own).toEqual([SHARE, MANY - SHARE]);
    }
  }

  it('take turns inline', async () => {
    const inline = startInlineAnchoring({
      store,
      maxSegment: 1,
      maxDelayMs: 0,
      seal: false,
      intervalMs: 3_600_000,
    });
    const { outcomes } = await inline.tick();
    await inline.stop();
    expect(outcomes).toMatchObject({ broken: 0, failed: 0 });
    expectShared();
    await test.expectSound(...LARGE, ...SMALL);
  });

  describe.skipIf(inject('redisUrl') === undefined)('with workers', () => {
    let redis: TestRedis;
    let workers: TestWorkers;

    beforeEach(() => {
      redis = new TestRedis();
      workers = new TestWorkers(test, redis, { maxSegment: 1, concurrency: 1 });
    });

    afterEach(async () => {
      await workers.close();
      await redis.close();
    });

    const left = async (): Promise<number> => {
      const { active, waiting, delayed } = await redis.anchors.getJobCounts('active', 'waiting', 'delayed');
      return Number(active) + Number(waiting) + Number(delayed);
    };

    it('take turns, each as one job, and use up no attempt', async () => {
      await redis.anchors.pause();
      await workers.start({}, { store });
      await until('all of them wait', async () => (await left()) === 5);
      await redis.anchors.resume();
      await until('all is anchored', async () => (await test.lag()) === 0);
      await until('all jobs are over', async () => (await left()) === 0);
      expectShared();
      const jobs = (await redis.anchors.getCompleted()).filter(({ returnvalue }) => returnvalue.anchors > 0);
      const shares = jobs.map(({ data, attemptsStarted, attemptsMade }) => [
        data.tenant,
        attemptsStarted,
        attemptsMade,
      ]);
      expect(shares.sort()).toEqual([
        ...LARGE.map((tenant) => [tenant, 2, 1]),
        ...SMALL.map((tenant) => [tenant, 1, 1]),
      ]);
      expect(await redis.anchors.getFailedCount()).toBe(0);
      await test.expectSound(...LARGE, ...SMALL);
    });

    it('are worked on by one of several workers at a time, and none is lost', async () => {
      const running = new Map<string, number>();
      const together: string[] = [];
      // From the first thing that a run asks for to the last anchor that it adds.
      const watched = changed(store, {
        commit: async (tenant, build) => {
          const others = running.get(tenant) ?? 0;
          if (others > 0) together.push(tenant);
          running.set(tenant, others + 1);
          return store.commit(tenant, build);
        },
      });
      const over = (fields: { readonly tenant?: string }): void => {
        if (fields.tenant !== undefined)
          running.set(fields.tenant, (running.get(fields.tenant) as number) - 1);
      };
      const logger = { debug: over, info: over, warn: () => {}, error: () => {} };
      for (let i = 0; i < 3; i++) await workers.start({ concurrency: 4 }, { store: watched, logger });
      await until('all is anchored', async () => (await test.lag()) === 0);
      await until('all jobs are over', async () => (await left()) === 0);
      expect(together).toEqual([]);
      await test.expectSound(...LARGE, ...SMALL);
    });

    it('stay in the queue when a worker stops: after the share, or the segment, that it is at', async () => {
      for (const graceMs of [60_000, 0]) {
        added.length = 0;
        let letGo = (): void => {};
        const held = new Promise<void>((resolve) => {
          letGo = resolve;
        });
        let isHeld = false;
        const slow = changed(store, {
          addAnchor: async (row) => {
            isHeld = true;
            await held;
            return store.addAnchor(row);
          },
        });
        const logger = new Recorder();
        const { worker } = await workers.start({ graceMs }, { store: slow, logger });
        await until('it is at a segment', () => isHeld);
        const closed = worker.close();
        const isOver = () => logger.at('warn').some(({ message }) => message.includes('grace time is over'));
        await until('it is abandoned', () => graceMs > 0 || isOver());
        letGo();
        await closed;
        const tenant = added[0] as string;
        expect(added).toEqual(Array(graceMs > 0 && LARGE.includes(tenant) ? SHARE : 1).fill(tenant));
        const counts = await redis.anchors.getJobCounts('active', 'failed');
        expect(counts).toEqual({ active: 0, failed: 0 });
        expect(await left()).toBe(5 - (SMALL.includes(tenant) ? 1 : 0));
      }
      await workers.start({}, { store });
      await until('another worker does the rest', async () => (await test.lag()) === 0);
      await test.expectSound(...LARGE, ...SMALL);
    });
  });
});
