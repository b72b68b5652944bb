import { SealtrailError } from '@sealtrail/format';
import type { Alert } from '@sealtrail/worker';
import { startInlineAnchoring } from '@sealtrail/worker/inline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changed } from './helpers/changed.ts';
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

  /** Anchoring whose ticks are asked for, on a store that may be read and not written. */
  function start() {
    const alerts: Alert[] = [];
    const disk = { isFull: false };
    const store = changed(test.store, {
      addAnchor: async (row) => {
        if (!disk.isFull) return test.store.addAnchor(row);
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
