import { join } from 'node:path';
import { Log } from '@sealtrail/store';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import { openViews } from '@sealtrail/views';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';
import { approved, proposed } from './story.ts';

/** The smallest of the numbers that a share of them does not exceed. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

it('gives medians and 90th percentiles within the precision that it states, from milliseconds to months', async () => {
  const place = await newSqlitePlace();
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  const store = await openSqliteStore(place.location, { now: () => now });
  onTestFinished(() => store.close());
  const log = new Log(store);
  const views = await openViews({ store, index: join(place.folder, 'index.db') });
  onTestFinished(() => views.close());
  const lengths: Record<string, number> = {};
  let run = 0;
  const durations = fc.array(
    fc.double({ min: 0, max: 23, noNaN: true }).map((power) => Math.round(Math.E ** power) - 1),
    { minLength: 1, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(durations, async (all) => {
      const tenant = `t-${run++}`;
      lengths[tenant] = 2 * all.length;
      for (const [i, duration] of all.entries()) {
        await log.append(tenant, proposed(`p-${i}`));
        now += duration;
        await log.append(tenant, approved(`p-${i}`));
      }
      const { count, median_ms, p90_ms, precision } = (await views.coaching(tenant)).time_to_decision;
      expect(count).toBe(all.length);
      for (const [got, share] of [
        [median_ms, 0.5],
        [p90_ms, 0.9],
      ] as const) {
        const exact = quantile(all, share);
        expect(Math.abs((got ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * precision + 1);
      }
    }),
    { numRuns: 25 },
  );
  await log.close();
  await expectIntact(place.location, lengths);
});
