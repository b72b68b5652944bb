import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Alert, type InlineAnchoring, startInlineAnchoring } from '@sealtrail/worker/inline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changed } from './helpers/changed.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';
import { until } from './helpers/until.ts';

describe.each(STORE_KINDS)('inline anchoring on %s', (kind) => {
  let test: TestStore;
  const running: InlineAnchoring[] = [];

  beforeEach(async () => {
    test = await TestStore.open(kind);
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((anchoring) => anchoring.stop()));
    await test.close();
  });

  function start(options: Partial<Parameters<typeof startInlineAnchoring>[0]> = {}): InlineAnchoring {
    const anchoring = startInlineAnchoring({
      store: test.store,
      intervalMs: 50,
      maxDelayMs: 0,
      seal: false,
      ...options,
    });
    running.push(anchoring);
    return anchoring;
  }

  it('anchors at once and then each interval', async () => {
    await test.append('acme', 20);
    start({ maxSegment: 8 });
    await until('the first entries are anchored', async () => (await test.anchored('acme')).to === 20);
    await test.append('acme', 1);
    await test.append('globex', 2);
    await until('the later ones are', async () => (await test.lag()) === 0);
    await test.expectSound('acme', 'globex');
  });

  it('runs in several places at once', async () => {
    for (const tenant of ['acme', 'globex']) await test.append(tenant, 100);
    const places = [1, 2, 3].map(() => start({ maxSegment: 4, concurrency: 2, intervalMs: 60_000 }));
    const ticks = await Promise.all(places.map((place) => place.tick()));
    for (const { tick, outcomes } of ticks) {
      expect(tick.outcome).toBe('done');
      expect(outcomes).toMatchObject({ broken: 0, outage: 0, failed: 0 });
    }
    expect(await test.anchored('acme')).toEqual({ number: 25, to: 100 });
    await test.expectSound('acme', 'globex');
  });

  it('raises an alert for a broken log and anchors the others', async () => {
    for (const tenant of ['acme', 'broken', 'zenith']) await test.append(tenant, 5);
    await test.tamper('broken', 3);
    const alerts: Alert[] = [];
    const { outcomes } = await start({
      intervalMs: 60_000,
      onAlert: (alert) => void alerts.push(alert),
    }).tick();
    // The tick at the start and the one asked for: again for as long as it lasts.
    expect(alerts.map(({ code, tenant }) => [code, tenant])).toEqual([
      ['segment_broken', 'broken'],
      ['segment_broken', 'broken'],
    ]);
    expect(outcomes).toMatchObject({ broken: 1, failed: 0 });
    const reports = await test.verify();
    expect(reports.get('broken')).toMatchObject({
      status: 'broken',
      position: 3,
      anchors: { through: null },
    });
    for (const tenant of ['acme', 'zenith']) {
      expect(reports.get(tenant)).toMatchObject({ status: 'valid', unanchored: null });
    }
  });

  it('warns where nobody listens for alerts', async () => {
    await test.append('broken', 5);
    await test.tamper('broken', 3);
    const warnings: Error[] = [];
    const listener = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listener);
    await start({ intervalMs: 60_000 }).tick();
    await until('it warned', () => warnings.some(({ name }) => name === 'SealtrailAlert'));
    process.off('warning', listener);
    expect(warnings.map(({ message }) => message).join()).toContain('broken');
    expect((await test.verify()).get('broken')?.status).toBe('broken');
  });

  it('comes back after an outage', async () => {
    await test.append('acme', 5);
    let outages = 0;
    const store = changed(test.store, {
      addAnchor: async (row) => {
        if (outages++ < 2) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
        return test.store.addAnchor(row);
      },
    });
    const outcomes: string[] = [];
    const alerts: Alert[] = [];
    start({
      store,
      onAnchor: ({ outcome }) => void outcomes.push(outcome),
      onAlert: (alert) => void alerts.push(alert),
    });
    await until('it is told of', () => outcomes.length >= 3);
    expect(outcomes.slice(0, 3)).toEqual(['outage', 'outage', 'anchored']);
    expect(alerts).toEqual([]);
    await test.expectSound('acme');
  });

  it('leaves the event loop its turns', async () => {
    await test.append('acme', 2_000);
    const anchoring = start({ maxSegment: 4, intervalMs: 60_000 });
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
    }, 1);
    await anchoring.tick();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    await test.expectSound('acme');
  });

  it('stops after the segment it is at', async () => {
    await test.append('acme', 2_000);
    const anchoring = start({ maxSegment: 4 });
    await until('it anchors', async () => (await test.anchored('acme')).number >= 2);
    await anchoring.stop();
    const stopped = await test.anchored('acme');
    expect(stopped.to).toBeLessThan(2_000);
    const report = (await test.verify()).get('acme');
    expect(report).toMatchObject({ status: 'valid', anchors: { through: stopped.to } });
    const rest = start();
    await rest.tick();
    await test.expectSound('acme');
  });
});

describe('inline anchoring', () => {
  it.each([
    { intervalMs: 0 },
    { intervalMs: 2 ** 31 },
    { intervalMs: 1.5 },
    { maxSegment: 0 },
    { maxSegment: 65_537 },
    { maxDelayMs: -1 },
    { concurrency: 0 },
    { intervallMs: 1_000 },
    { store: undefined },
    { store: 'audit.db' },
    { views: {} },
    { publisher: 'log' },
    { seal: 'no' },
    { onAlert: 'ops@example.com' },
  ])('refuses %o, and names it', async (options) => {
    const test = await TestStore.open('sqlite');
    const [option] = Object.keys(options);
    expect(() => startInlineAnchoring({ store: test.store, ...options } as never)).toThrow(
      expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(option as string) }),
    );
    await test.close();
  });

  it('refuses nothing at all', () => {
    expect(() => startInlineAnchoring(undefined as never)).toThrow(
      expect.objectContaining({ code: 'config_invalid' }),
    );
  });

  it('holds up no process that is done, and loads neither BullMQ nor Redis', async () => {
    const test = await TestStore.open('sqlite');
    await test.append('acme', 5);
    const script = `
      import { createRequire } from 'node:module';
      const { startInlineAnchoring } = await import(${JSON.stringify(import.meta.resolve('@sealtrail/worker/inline'))});
      const { openStore } = await import(${JSON.stringify(import.meta.resolve('@sealtrail/store'))});
      const store = await openStore(${JSON.stringify(test.location)});
      const anchoring = startInlineAnchoring({ store, maxDelayMs: 0 });
      await anchoring.tick();
      const loaded = () =>
        Object.keys(createRequire(import.meta.url).cache).some((path) => /bullmq|ioredis|prom-client|pino/.test(path));
      const before = loaded();
      await import(${JSON.stringify(import.meta.resolve('@sealtrail/worker'))});
      console.log(JSON.stringify({ inline: before, worker: loaded() }));
    `;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ inline: false, worker: true });
    await test.expectSound('acme');
    await test.close();
  });
});
