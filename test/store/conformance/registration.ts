import { anchorTenant, Log } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { draft } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact, reports, storedRows } from '../../support/verified.ts';

/** A tenant begins to exist with its first append, once. */
export function registration(newPlace: NewPlace): void {
  describe('registration', () => {
    it('comes with the first append', async () => {
      const place = await newPlace();
      const store = await place.open();
      expect(await reports(place.location)).toEqual(new Map());
      expect(await store.head('acme')).toBeUndefined();
      const log = new Log(store);
      expect((await log.append('acme', draft('e-1'))).seq).toBe(1);
      const [genesis] = await storedRows(place.location, 'acme');
      expect(genesis).toMatchObject({ seq: 0, id: 'genesis', type: 'log.started' });
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('is made once when many want it in the same moment', async () => {
      const place = await newPlace();
      const stores = await Promise.all([place.open(), place.open(), place.open(), place.open()]);
      const tenants = ['acme', 'beta', 'gamma'];
      await Promise.all(stores.flatMap((store) => tenants.map((tenant) => store.register(tenant))));
      await expectIntact(place.location, { acme: 0, beta: 0, gamma: 0 });
    });

    it('is made once when many append first entries in the same moment', async () => {
      const place = await newPlace();
      const logs = (await Promise.all([place.open(), place.open(), place.open()])).map(
        (store) => new Log(store),
      );
      const made = await Promise.all(
        logs.flatMap((log, i) => ['acme', 'beta'].map((tenant) => log.append(tenant, draft(`e-${i}`)))),
      );
      expect(
        made
          .filter(({ tenant }) => tenant === 'acme')
          .map(({ seq }) => seq)
          .sort(),
      ).toEqual([1, 2, 3]);
      await Promise.all(logs.map((log) => log.close()));
      await expectIntact(place.location, { acme: 3, beta: 3 });
    });

    it('changes nothing when it is repeated', async () => {
      const place = await newPlace();
      const store = await place.open();
      await store.register('acme');
      const before = await storedRows(place.location, 'acme');
      const log = new Log(store);
      await log.append('acme', draft('e-1'));
      await store.register('acme');
      expect((await storedRows(place.location, 'acme')).slice(0, 1)).toEqual(before);
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('takes every name that a tenant may have, and keeps them apart', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const names = [
        'a',
        'A',
        'a.b',
        'a.',
        '.',
        '~',
        ':',
        '-',
        '_',
        '0',
        'tenant',
        'tenant-1',
        'x'.repeat(128),
      ];
      for (const tenant of names) await log.append(tenant, draft('e-1', { data: { tenant } }));
      await log.close();
      await expectIntact(place.location, Object.fromEntries(names.map((name) => [name, 1])));
    });

    it('is not made by anchoring or reading', async () => {
      const place = await newPlace();
      const store = await place.open();
      expect(await outcome(anchorTenant(store, 'nobody'))).toBe('log_broken');
      expect(await outcome(store.commit('nobody', () => []))).toBe('log_broken');
      expect(await store.findById('nobody', 'e-1')).toBeUndefined();
      expect(await store.lastAnchor('nobody')).toBeUndefined();
      await store.release('nobody');
      await store.register('acme');
      await expectIntact(place.location, { acme: 0 });
    });
  });
}
