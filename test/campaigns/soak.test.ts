import { describe, expect, inject, it } from 'vitest';
import { newMongodbPlace, newSqlitePlace, type Place } from '../support/places.ts';
import { raw } from '../support/raw.ts';
import { OPERATIONS } from './lib/soak/operations.mjs';
import { soak } from './lib/soak/run.mjs';

const mongodb = inject('mongodbUrl');
const redis = inject('redisUrl');
const SHORT = { seconds: 3, window: 1, tenants: 4, rate: 150, seed: 20_261_123, everyMs: 500 };
/** The rarest of them may not be drawn in so short a time. */
const COMMON = Object.entries(OPERATIONS).flatMap(([name, [weight]]) => (weight >= 3 ? [name] : []));

/** Where a soak runs; the test takes it away. */
const at = ({ location, folder }: Place) => ({ location, folder, remove: async () => {} });

async function expectAllDone(place: Place, redisUrl: string | undefined): Promise<void> {
  const { problems, done, windows, entries, tenants, seals, unanchored } = await soak(at(place), {
    ...SHORT,
    redis: redisUrl,
  });
  expect(problems).toEqual([]);
  expect(Object.keys(done)).toEqual(expect.arrayContaining(COMMON));
  expect(windows.length).toBeGreaterThan(0);
  // Those that are worked on, and the operator's.
  expect(tenants).toBe(SHORT.tenants + 1);
  // Somebody anchored and sealed beside it.
  expect(seals).toBeGreaterThan(0);
  expect(unanchored).toBeLessThan(entries);
}

describe('a CRM that works without a break', () => {
  it('on SQLite, anchored by itself, does all that it wants to, and every log verifies', async () => {
    await expectAllDone(await newSqlitePlace(), undefined);
  });

  it.skipIf(mongodb === undefined || redis === undefined)(
    'on MongoDB, anchored by a worker, does all that it wants to, and every log verifies',
    async () => expectAllDone(await newMongodbPlace(String(mongodb))(), redis),
  );

  it('is not taken for sound when somebody changes its log meanwhile', async () => {
    const place = await newSqlitePlace();
    const hand = await raw(place);
    let changed = false;
    const { problems } = await soak(at(place), {
      ...SHORT,
      seconds: 2,
      redis: undefined,
      onWindow: async () => {
        if (changed) return;
        changed = true;
        const [, row] = await hand.rows('entries', 'tenant-1');
        const entry = String(row?.['entry']).replace('"seq":1', '"seq":2');
        await hand.set('entries', { tenant: 'tenant-1', seq: 1 }, { entry });
      },
    });
    expect(problems.join()).toContain('tenant-1');
  });
});
