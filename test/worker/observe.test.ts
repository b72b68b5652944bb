import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { changed } from './helpers/changed.ts';
import { TestRedis } from './helpers/redis.ts';
import { TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';
import { TestWorkers } from './helpers/workers.ts';

describe.skipIf(inject('redisUrl') === undefined)('health and metrics', () => {
  let test: TestStore;
  let redis: TestRedis;
  let workers: TestWorkers;

  beforeEach(async () => {
    test = await TestStore.open('sqlite');
    redis = new TestRedis();
    workers = new TestWorkers(test, redis, { maxSegment: 4 });
  });

  afterEach(async () => {
    await workers.close();
    await redis.close();
    await test.close();
  });

  /** Where one of them tells of itself. */
  async function start(...how: Parameters<TestWorkers['start']>): Promise<string> {
    const { http } = await workers.start(...how);
    expect(http.host).toBe('127.0.0.1');
    return `http://127.0.0.1:${http.port}`;
  }

  /** Samples by name and labels. */
  async function metrics(base: string): Promise<Map<string, number>> {
    const response = await fetch(`${base}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain');
    const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))];
      }),
    );
  }

  it('counts what was done', async () => {
    await test.append('acme', 9);
    await test.append('globex', 1);
    await test.append('broken', 3);
    await test.tamper('broken', 1);
    const base = await start();
    await until('the others are anchored', async () => (await test.lag()) === 4);
    await until('a later tick found only the broken one', async () => {
      return (await metrics(base)).get('sealtrail_unanchored_tenants') === 1;
    });
    const found = await metrics(base);
    expect(found.get('sealtrail_anchors_total')).toBe(4);
    expect(found.get('sealtrail_anchored_entries_total')).toBe(12);
    expect(found.get('sealtrail_unanchored_entries')).toBe(4);
    expect(found.get('sealtrail_jobs_total{job="anchor",outcome="anchored"}')).toBe(2);
    expect(found.get('sealtrail_jobs_total{job="anchor",outcome="broken"}')).toBeGreaterThan(0);
    expect(found.get('sealtrail_jobs_total{job="tick",outcome="done"}')).toBeGreaterThan(1);
    expect(found.get('sealtrail_alerts_total{code="segment_broken"}')).toBeGreaterThan(0);
    expect(found.get('sealtrail_alerts_total{code="anchor_failed"}')).toBe(0);
    expect(found.get('sealtrail_tick_age_seconds')).toBeGreaterThanOrEqual(0);
    expect(found.get('sealtrail_job_duration_seconds_count{job="anchor"}')).toBeGreaterThan(2);
    // However many tenants there are, none of them is a label.
    expect([...found.keys()].join()).not.toMatch(/acme|globex|tenant=/);
    expect((await test.verify()).get('acme')).toMatchObject({ status: 'valid', unanchored: null });
  });

  it('tells of ticks that another worker ran', async () => {
    await test.append('acme', 2);
    await start();
    await until('all is anchored', async () => (await test.lag()) === 0);
    await workers.close();
    // Takes no tick itself.
    await redis.ticks.pause();
    const second = await start();
    await until('it heard of it', async () => (await metrics(second)).has('sealtrail_tick_age_seconds'));
    await test.expectSound('acme');
  });

  it('is ready when store and Redis answer, and says what does not', async () => {
    let storeUp = true;
    const store = changed(test.store, {
      head: async (tenant) => {
        if (!storeUp) throw new Error('down');
        return test.store.head(tenant);
      },
    });
    const base = await start({}, { store });
    await until('it is ready', async () => (await fetch(`${base}/readyz`)).status === 200);
    storeUp = false;
    const down = await fetch(`${base}/readyz`);
    expect(down.status).toBe(503);
    expect(await down.json()).toMatchObject({ ready: false, redis: 'up', store: 'down' });
    expect(await (await fetch(`${base}/healthz`)).text()).toBe('alive\n');
  });

  it('is not ready when ticks stay out', async () => {
    const base = await start();
    await until('it is ready', async () => (await fetch(`${base}/readyz`)).status === 200);
    await redis.ticks.pause();
    await until('it is late', async () => (await fetch(`${base}/readyz`)).status === 503);
    expect(await (await fetch(`${base}/readyz`)).json()).toMatchObject({
      redis: 'up',
      store: 'up',
      tick_late: true,
    });
    await redis.ticks.resume();
    await until('it is ready again', async () => (await fetch(`${base}/readyz`)).status === 200);
  });

  it('is ready while the ticks come as another worker wants them', async () => {
    const base = await start();
    await until('it is ready', async () => (await fetch(`${base}/readyz`)).status === 200);
    await start({ tickMs: 3_600_000 });
    type State = { readonly tick_late: boolean; readonly last_tick_age_seconds: number | null };
    const state = async () => (await (await fetch(`${base}/readyz`)).json()) as State;
    await until('its own intervals went by', async () => Number((await state()).last_tick_age_seconds) > 1);
    expect(await state()).toMatchObject({ ready: true, tick_late: false });
  });

  it('answers nothing else', async () => {
    const base = await start();
    expect((await fetch(`${base}/`)).status).toBe(404);
    expect((await fetch(`${base}/metrics/..%2f`)).status).toBe(404);
    expect((await fetch(`${base}/constructor`)).status).toBe(404);
    const post = await fetch(`${base}/metrics`, { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const head = await fetch(`${base}/healthz?x=1`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('cleans up when its port is taken, and is not started again when closed', async () => {
    const base = await start();
    const port = Number(new URL(base).port);
    const second = workers.create({ httpPort: port });
    await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.close();
    await expect(second.start()).rejects.toMatchObject({ code: 'config_invalid' });
  });
});
