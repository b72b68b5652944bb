import { SealtrailError } from '@sealtrail/format';
import { Publisher } from '@sealtrail/publisher';
import type { Alert } from '@sealtrail/worker';
import { type InlineOptions, startInlineAnchoring } from '@sealtrail/worker/inline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changed } from './helpers/changed.ts';
import { Publishing } from './helpers/publishing.ts';
import { STORE_KINDS, TestStore } from './helpers/stores.ts';

const MINUTE = 60_000;

describe.each(STORE_KINDS)('an outage that lasts, on %s', (kind) => {
  let test: TestStore;
  let later: number;

  beforeEach(async () => {
    test = await TestStore.open(kind);
    later = 0;
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + later);
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await test.close();
  });

  /** Anchoring whose ticks are asked for, on a store that may be read and not written, or not all of it. */
  function start(options: Partial<InlineOptions> = {}) {
    const alerts: Alert[] = [];
    const disk = { isFull: false, of: /^/ };
    const store = changed(test.store, {
      addAnchor: async (row) => {
        if (!disk.isFull || !disk.of.test(row.tenant)) return test.store.addAnchor(row);
        const cause = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
        throw new SealtrailError('store_unavailable', 'cannot write', {}, { cause });
      },
    });
    const onAlert = (alert: Alert) => void alerts.push(alert);
    const inline = startInlineAnchoring({
      store,
      maxDelayMs: 0,
      intervalMs: 3_600_000,
      seal: false,
      onAlert,
      ...options,
    });
    return { alerts, disk, inline };
  }

  it('is told to a person after five minutes, and each minute while it lasts', async () => {
    const { alerts, disk, inline } = start();
    await test.append('acme', 3);
    disk.isFull = true;
    for (const minute of [0, 2, 4]) {
      later = minute * MINUTE;
      expect((await inline.tick()).outcomes.outage).toBe(1);
    }
    expect(alerts).toEqual([]);
    later = 6 * MINUTE;
    for (let i = 0; i < 3; i++) await inline.tick();
    expect(alerts).toMatchObject([
      {
        code: 'outage_lasts',
        tenant: null,
        message: expect.stringContaining('cannot write'),
        detail: { work: 'anchor', minutes: 6 },
      },
    ]);
    later = 8 * MINUTE;
    await inline.tick();
    expect(alerts).toHaveLength(2);
    disk.isFull = false;
    later = 9 * MINUTE;
    await inline.tick();
    expect(await test.lag()).toBe(0);
    await test.append('acme', 3);
    disk.isFull = true;
    await inline.tick();
    // Another one, which may be a short one.
    expect(alerts).toHaveLength(2);
    disk.isFull = false;
    await inline.tick();
    await inline.stop();
    await test.expectSound('acme');
  });

  it('is told also of some tenants alone, while the others are anchored', async () => {
    const { alerts, disk, inline } = start();
    disk.of = /^(acme|globex)$/;
    disk.isFull = true;
    for (const minute of [0, 2, 4, 6, 6.5, 7]) {
      later = minute * MINUTE;
      for (const tenant of ['acme', 'globex', 'other']) await test.append(tenant, 1);
      expect((await inline.tick()).outcomes).toMatchObject({ anchored: 1, outage: 2 });
    }
    expect(alerts).toMatchObject([
      { code: 'outage_lasts', detail: { work: 'anchor', minutes: 6 } },
      { code: 'outage_lasts', detail: { work: 'anchor', minutes: 7, tenants: 2 } },
    ]);
    for (const { tenant } of alerts) expect(['acme', 'globex']).toContain(tenant);
    disk.isFull = false;
    await inline.tick();
    await inline.stop();
    await test.expectSound('acme', 'globex', 'other');
  });

  it('is told of what is published, too', async () => {
    const publishing = await Publishing.make();
    const signers = await publishing.signers();
    const publisher = new Publisher({ store: test.store, folder: publishing.at('log'), signers });
    publisher.publish = async () => {
      throw new SealtrailError('store_unavailable', 'somebody else holds the folder');
    };
    const { alerts, inline } = start({ seal: true, publisher });
    await test.append('acme', 3);
    for (const minute of [0, 3, 6]) {
      later = minute * MINUTE;
      expect((await inline.tick()).publish?.outcome).toBe('outage');
    }
    expect(alerts).toMatchObject([{ code: 'outage_lasts', detail: { work: 'publish', minutes: 6 } }]);
    await inline.stop();
    publisher.close();
    await publishing.remove();
    await test.expectSound('acme');
  });

  it('is not two that have nothing to do with each other', async () => {
    const { alerts, disk, inline } = start();
    await test.append('acme', 3);
    disk.isFull = true;
    await inline.tick();
    later = 2 * 3_600_000;
    await inline.tick();
    disk.isFull = false;
    await inline.tick();
    expect(alerts).toEqual([]);
    await inline.stop();
    await test.expectSound('acme');
  });
});
