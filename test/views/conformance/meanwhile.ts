import { Log, type Store } from '@sealtrail/store';
import { openViews, type Views } from '@sealtrail/views';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewPlace, Place } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';
import { rawIndex, seqs, viewsOf } from '../helpers.ts';
import { approved, BULK, LIFE, proposed } from '../story.ts';

/** Views over a store that lets something happen just before a method of it answers. */
async function interrupted(place: Place, change: (store: Store) => Partial<Store>): Promise<Views> {
  const store = await place.open();
  const changed = change(store);
  const over = new Proxy(store, {
    get: (target, name) => {
      const found = Reflect.get(name in changed ? changed : target, name);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
  const index = place.kind === 'sqlite' ? `${place.location}.views` : place.location;
  const views = await openViews({ store: over, index });
  onTestFinished(() => views.close());
  return views;
}

/** What happens while a question is answered. */
export function meanwhile(newPlace: NewPlace): void {
  describe('while a question is answered', () => {
    it('the index may be built again: the question begins again, too', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', [...LIFE, ...BULK]);
      const other = await viewsOf(place);
      const want = await other.coaching('acme');
      const index = await rawIndex(place);
      let rebuilds = 0;
      const views = await interrupted(place, (store) => ({
        readFrom: async (tenant, from, limit) => {
          // One entry is asked for where a time is looked up, after the index was brought up to date.
          if (limit === 1 && rebuilds < 2) {
            rebuilds++;
            await index.setProgress('acme', { layout: 0 });
            await other.entries('acme');
          }
          return store.readFrom(tenant, from, limit);
        },
      }));
      expect(await views.coaching('acme', { since: '1990-01-01T00:00:00.000Z' })).toEqual(want);
      expect(rebuilds).toBe(2);
      await log.close();
      await expectIntact(place.location, { acme: 15 });
    });

    it('entries may be appended: who asks later does not share the answer', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', proposed('p-1'));
      let release = () => {};
      const held = new Promise<void>((resume) => (release = resume));
      let first = true;
      const views = await interrupted(place, (store) => ({
        readFrom: async (tenant, from, limit) => {
          const rows = await store.readFrom(tenant, from, limit);
          if (first && limit > 1) {
            first = false;
            await held;
          }
          return rows;
        },
      }));
      const find = async () => seqs((await views.entries('acme', { type: 'proposal.created' })).entries);
      const early = find();
      await new Promise((resume) => setTimeout(resume, 50));
      await log.append('acme', proposed('p-2'));
      const late = [find(), find()];
      release();
      await early;
      for (const one of late) expect(await one).toEqual([2, 1]);
      await log.close();
      await expectIntact(place.location, { acme: 2 });
    });

    it('a proposal may be decided: its state is that of the entries shown', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', proposed('p-1'));
      const views = await interrupted(place, (store) => ({
        findByIds: async (tenant, ids) => {
          await log.append('acme', approved('p-1'));
          return store.findByIds(tenant, ids);
        },
      }));
      const view = await views.proposal('acme', 'p-1');
      expect(view?.status).toBe('pending');
      expect(view).not.toHaveProperty('decision');
      expect(seqs(view?.entries ?? [])).toEqual([1]);
      expect((await views.proposal('acme', 'p-1'))?.status).toBe('approved');
      await log.close();
      await expectIntact(place.location, { acme: 2 });
    });
  });
}
