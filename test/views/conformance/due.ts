import { proposalExpired } from '@sealtrail/events';
import { Log } from '@sealtrail/store';
import type { Due, DueOptions, Views } from '@sealtrail/views';
import { describe, expect, it } from 'vitest';
import { outcome } from '../../support/errors.ts';
import type { NewPlace } from '../../support/places.ts';
import { raw } from '../../support/raw.ts';
import { expectIntact } from '../../support/verified.ts';
import { rawIndex, viewsOf } from '../helpers.ts';
import { approved, proposed, system, targets } from '../story.ts';

async function all(views: Views, now: number, options?: DueOptions): Promise<Due[]> {
  const found: Due[] = [];
  for await (const one of views.due(now, options)) found.push(one);
  return found;
}

const names = (due: readonly Due[]) => due.map(({ tenant, proposal }) => `${tenant} ${proposal}`);

/** What an expiry sweep works through. */
export function due(newPlace: NewPlace): void {
  describe('due proposals', () => {
    const NOON = '2020-06-01T12:00:00.000Z';
    const now = Date.parse(NOON);
    const at = (minutes: number) => new Date(now + 60_000 * minutes).toISOString();

    it('are those that wait although their time is up, of all tenants', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', [
        proposed('late', { expires_at: at(-1) }),
        proposed('later', { expires_at: at(-60) }),
        proposed('now', { expires_at: NOON }),
        proposed('soon', { expires_at: at(1) }),
        proposed('never'),
        proposed('free', { expires_at: at(-1), approval: 'not_required' }),
        proposed('done', { expires_at: at(-1) }),
        approved('done'),
      ]);
      await log.appendAll('beta', [proposed('late', { expires_at: at(-1) })]);
      await log.append('quiet', proposed('never'));
      const views = await viewsOf(place);
      expect(await all(views, now)).toEqual([
        { tenant: 'acme', proposal: 'later', targets, expires_at: at(-60) },
        { tenant: 'acme', proposal: 'late', targets, expires_at: at(-1) },
        { tenant: 'beta', proposal: 'late', targets, expires_at: at(-1) },
      ]);
      expect(names(await all(views, now + 1, { tenant: 'acme' }))).toEqual([
        'acme later',
        'acme late',
        'acme now',
      ]);
      expect(await all(views, now, { tenant: 'nobody' })).toEqual([]);
      expect(await all(views, 0)).toEqual([]);
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1])
        expect(await outcome(all(views, wrong))).toBe('query_invalid');
      await log.close();
      await expectIntact(place.location, { acme: 8, beta: 1, quiet: 1 });
    });

    it('can be ended while they are read, however many they are', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      // Many run out at the same moment: pages end among equals.
      const many = Array.from({ length: 1_150 }, (_, i) =>
        proposed(`p-${i}`, { expires_at: at(-1 - (i % 2)) }),
      );
      await log.appendAll('acme', many);
      const views = await viewsOf(place);
      const seen = new Set<string>();
      for await (const { tenant, proposal, targets, expires_at } of views.due(now)) {
        expect(seen).not.toContain(proposal);
        seen.add(proposal);
        if (seen.size % 3 > 0)
          await log.append(
            tenant,
            proposalExpired({ proposal, actor: system, targets: [...targets], expires_at }),
          );
      }
      expect(seen.size).toBe(1_150);
      const left = await all(views, now);
      expect(left).toHaveLength(383);
      expect((await views.coaching('acme')).total).toMatchObject({ expired: 767, pending: 383 });
      await log.close();
      await expectIntact(place.location, { acme: 1_150 + 767 });
    });

    it.each([
      ['are not pending', (row: string) => row.replace('"status":"pending"', '"status":"executed"')],
      ['are due before all others', (row: string) => row.replace(/"expires_at":"2020/, '"expires_at":"2019')],
    ])('come to an end where rows of the index %s, for whoever can write to it', async (_, change) => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const many = Array.from({ length: 510 }, (_, i) => proposed(`p-${i}`, { expires_at: at(-1) }));
      await log.appendAll('acme', many);
      const views = await viewsOf(place);
      expect(await all(views, now)).toHaveLength(510);
      const index = await rawIndex(place);
      await index.changeProposals(change);
      expect(await outcome(all(views, now))).toBe('store_layout');
      await index.drop();
      expect(await all(await viewsOf(place), now)).toHaveLength(510);
      await log.close();
      await expectIntact(place.location, { acme: 510 });
    });

    it('of other tenants are given although one log cannot be read', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      for (const tenant of ['acme', 'beta', 'gamma'])
        await log.append(tenant, proposed('late', { expires_at: at(-1) }));
      const tables = await raw(place);
      const [, original] = await tables.rows('entries', 'beta');
      await tables.set('entries', { tenant: 'beta', seq: 1 }, { entry: 'x' });
      const views = await viewsOf(place);
      const found: Due[] = [];
      const reading = (async () => {
        for await (const one of views.due(now)) found.push(one);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'log_broken', detail: { tenant: 'beta', seq: 1 } });
      expect(names(found)).toEqual(['acme late', 'gamma late']);
      const broken: unknown[] = [];
      const told = await all(views, now, { onBroken: ({ detail }) => broken.push(detail['tenant']) });
      expect(names(told)).toEqual(['acme late', 'gamma late']);
      expect(broken).toEqual(['beta']);
      await tables.set('entries', { tenant: 'beta', seq: 1 }, { entry: original?.['entry'] });
      expect(names(await all(views, now))).toEqual(['acme late', 'beta late', 'gamma late']);
      await log.close();
      await expectIntact(place.location, { acme: 1, beta: 1, gamma: 1 });
    });
  });
}
