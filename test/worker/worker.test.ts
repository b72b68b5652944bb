import { type Alert, type AnchoringWorker, createWorker, type WorkerConfig } from '@sealtrail/worker';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { changed } from './helpers/changed.ts';
import { Recorder } from './helpers/recorder.ts';
import { TestRedis } from './helpers/redis.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

describe.skipIf(inject('redisUrl') === undefined).each(STORE_KINDS)('worker on %s', (kind) => {
  let test: TestStore;
  let redis: TestRedis;
  const workers: AnchoringWorker[] = [];

  beforeEach(async () => {
    test = await TestStore.open(kind);
    redis = new TestRedis();
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await redis.close();
    await test.close();
  });

  function worker(
    options: Parameters<typeof createWorker>[1] = {},
    config: Partial<WorkerConfig> = {},
  ): AnchoringWorker {
    const one = createWorker(
      {
        store: test.location,
        redisUrl: redis.url,
        queuePrefix: redis.prefix,
        tickMs: 200,
        sealMs: 0,
        maxSegment: 16,
        maxDelayMs: 0,
        httpPort: 0,
        graceMs: 5_000,
        ...config,
      },
      { logger: new Recorder(), ...options },
    );
    workers.push(one);
    return one;
  }

  it('anchors what is there and what comes later, and opens and closes the store itself', async () => {
    await test.append('acme', 40);
    await worker().start();
    await until('the first entries are anchored', async () => (await test.anchored('acme')).to === 40);
    await test.append('acme', 5);
    await test.append('globex', 3);
    await until('the later ones are', async () => (await test.lag()) === 0);
    expect(await test.anchored('acme')).toEqual({ number: 3, to: 45 });
    await test.expectSound('acme', 'globex');
  });

  it('lets a segment that is not full wait', async () => {
    await test.append('acme', 20);
    await worker({}, { maxDelayMs: 3_600_000 }).start();
    await until('the full segment is anchored', async () => (await test.anchored('acme')).to === 15);
    await until('more ticks went by', async () => (await redis.ticks.getCompletedCount()) >= 4);
    await until('the job of the last is over', async () => (await redis.anchors.getActiveCount()) === 0);
    expect(await test.anchored('acme')).toEqual({ number: 0, to: 15 });
    expect((await test.verify()).get('acme')).toMatchObject({ status: 'valid', unanchored: { count: 5 } });
  });

  it('has one job for a tenant while it waits, however many ticks and workers', async () => {
    await test.append('acme', 5);
    await test.append('globex', 5);
    await redis.anchors.pause();
    await Promise.all([worker().start(), worker().start()]);
    await until('ticks went by', async () => (await redis.ticks.getCompletedCount()) >= 4);
    const waiting = await redis.anchors.getJobs(['waiting', 'active', 'delayed']);
    expect(waiting.map(({ data }) => data)).toEqual(
      expect.arrayContaining([{ tenant: 'acme' }, { tenant: 'globex' }]),
    );
    expect(waiting).toHaveLength(2);
    await redis.anchors.resume();
    await until('all is anchored', async () => (await test.lag()) === 0);
    await test.expectSound('acme', 'globex');
  });

  it('has one job for a tenant while it runs', async () => {
    await test.append('acme', 5);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const store = changed(test.store, {
      addAnchor: async (row) => {
        await held;
        return test.store.addAnchor(row);
      },
    });
    await worker({ store }).start();
    await until('the job runs', async () => (await redis.anchors.getActiveCount()) === 1);
    const ticks = await redis.ticks.getCompletedCount();
    await until('ticks went by', async () => (await redis.ticks.getCompletedCount()) >= ticks + 3);
    expect(await redis.anchors.getJobCounts('active', 'waiting', 'delayed', 'failed')).toEqual({
      active: 1,
      waiting: 0,
      delayed: 0,
      failed: 0,
    });
    letGo();
    await until('all is anchored', async () => (await test.lag()) === 0);
    await test.expectSound('acme');
  });

  it('stands several workers that anchor the same tenants at once, and jobs delivered twice', async () => {
    const tenants = ['acme', 'globex', 'initech'];
    for (const tenant of tenants) await test.append(tenant, 200);
    // Without deduplication, as if each job had been delivered several times over.
    const jobs = tenants.flatMap((tenant) =>
      Array.from({ length: 4 }, () => ({ name: 'anchor', data: { tenant } })),
    );
    await redis.anchors.addBulk(jobs);
    const logger = new Recorder();
    for (let i = 0; i < 3; i++) await worker({ logger }, { maxSegment: 8 }).start();
    await until('all is anchored', async () => (await test.lag()) === 0);
    await until('all jobs are over', async () => {
      const { active, waiting, delayed } = await redis.anchors.getJobCounts('active', 'waiting', 'delayed');
      return active === 0 && waiting === 0 && delayed === 0;
    });
    expect(await redis.anchors.getFailedCount()).toBe(0);
    expect(logger.at('error')).toEqual([]);
    for (const tenant of tenants) expect(await test.anchored(tenant)).toEqual({ number: 25, to: 200 });
    await test.expectSound(...tenants);
  });

  it('refuses a broken segment with an alert and without retry, and anchors the others', async () => {
    for (const tenant of ['acme', 'broken', 'zenith']) await test.append(tenant, 10);
    await test.tamper('broken', 4);
    const alerts: Alert[] = [];
    const logger = new Recorder();
    const { http } = await worker({ logger, onAlert: (alert) => void alerts.push(alert) }).start();
    await until('the others are anchored', async () => (await test.anchored('zenith')).to === 10);
    await until('the alert came twice', () => alerts.length >= 2);
    expect(alerts[0]).toMatchObject({
      code: 'segment_broken',
      tenant: 'broken',
      detail: {
        findings: expect.arrayContaining([expect.objectContaining({ code: 'hash_mismatch', position: 4 })]),
      },
    });
    expect(logger.at('error')[0]?.fields).toMatchObject({ alert: 'segment_broken', tenant: 'broken' });
    await until('the job is over', async () => (await redis.anchors.getFailedCount()) > 0);
    const [failed] = await redis.anchors.getFailed();
    expect(failed).toMatchObject({ data: { tenant: 'broken' }, attemptsMade: 1 });
    const metrics = await (await fetch(`http://127.0.0.1:${http.port}/metrics`)).text();
    expect(metrics).toMatch(/^sealtrail_alerts_total\{code="segment_broken"\} [1-9]/m);

    const reports = await test.verify();
    expect(reports.get('broken')).toMatchObject({
      status: 'broken',
      position: 4,
      anchors: { through: null },
    });
    expect(reports.get('acme')).toMatchObject({ status: 'valid', unanchored: null });
    expect(reports.get('zenith')).toMatchObject({ status: 'valid', unanchored: null });
  });

  it('refuses a log that was cut', async () => {
    for (const tenant of ['acme', 'cut']) await test.append(tenant, 10);
    await test.cut('cut', 10);
    const alerts: Alert[] = [];
    await worker({ onAlert: (alert) => void alerts.push(alert) }).start();
    await until('the alert came', () => alerts.length > 0);
    await until('the other is anchored', async () => (await test.anchored('acme')).to === 10);
    expect(alerts[0]).toMatchObject({ code: 'log_broken', tenant: 'cut' });
    expect(await test.anchored('cut')).toEqual({ number: -1, to: -1 });
    const reports = await test.verify();
    expect(reports.get('cut')).toMatchObject({ status: 'broken', position: 10 });
    expect(reports.get('acme')).toMatchObject({ status: 'valid', unanchored: null });
  });

  it('gives a hook that fails no power over anchoring', async () => {
    await test.append('acme', 3);
    await test.append('broken', 3);
    await test.tamper('broken', 2);
    const logger = new Recorder();
    await worker({
      logger,
      onAlert: () => {
        throw new Error('the pager is down');
      },
    }).start();
    await until('the fault is logged', () =>
      logger.lines.some(({ message }) => message === 'a listener failed'),
    );
    await until('the other is anchored', async () => (await test.anchored('acme')).to === 3);
    expect((await test.verify()).get('acme')).toMatchObject({ status: 'valid', unanchored: null });
  });

  it('tries again after an outage of the store', async () => {
    await test.append('acme', 3);
    let outages = 0;
    const store = changed(test.store, {
      addAnchor: async (row) => {
        if (outages++ < 2) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        return test.store.addAnchor(row);
      },
    });
    const alerts: Alert[] = [];
    await worker({ store, onAlert: (alert) => void alerts.push(alert) }).start();
    await until('all is anchored', async () => (await test.lag()) === 0);
    await until('the job is over', async () => (await redis.anchors.getCompletedCount()) > 0);
    const [job] = await redis.anchors.getCompleted();
    expect(job).toMatchObject({ attemptsMade: 3, opts: { attempts: 8 } });
    expect(alerts).toEqual([]);
    await test.expectSound('acme');
  });

  it('fails a job that is none of its own, and says so once for many', async () => {
    await test.append('acme', 3);
    await redis.anchors.add('anchor', { tenant: 'acme', extra: 1 });
    await redis.anchors.add('anchor', { tenant: '../etc' }, { attempts: 5 });
    const logger = new Recorder();
    await worker({ logger }).start();
    await until('both failed', async () => (await redis.anchors.getFailedCount()) === 2);
    for (const job of await redis.anchors.getFailed()) {
      expect(job.failedReason).toContain('none of Sealtrail');
      expect(job.attemptsMade).toBe(1);
    }
    const told = logger.at('warn').filter(({ message }) => message.includes('none of Sealtrail'));
    expect(told).toMatchObject([{ fields: { queue: 'anchor' } }]);
    await until('all is anchored', async () => (await test.lag()) === 0);
    await test.expectSound('acme');
  });

  it('keeps no more than a number of jobs that are over', async () => {
    await test.append('acme', 3);
    const foreign = { name: 'anchor', data: {} };
    await redis.anchors.addBulk([
      ...Array.from({ length: 520 }, () => foreign),
      ...Array.from({ length: 220 }, () => ({ name: 'anchor', data: { tenant: 'acme' } })),
    ]);
    await worker({}, { concurrency: 16 }).start();
    await until('ticks went by', async () => (await redis.ticks.getCompletedCount()) >= 20);
    await until('the queue is empty', async () => {
      const { active, waiting, delayed } = await redis.anchors.getJobCounts('active', 'waiting', 'delayed');
      return active === 0 && waiting === 0 && delayed === 0;
    });
    expect(await redis.anchors.getFailedCount()).toBe(500);
    expect(await redis.anchors.getCompletedCount()).toBe(200);
    expect(await redis.ticks.getCompletedCount()).toBe(20);
    await test.expectSound('acme');
  });
});
