import { Log } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { draft, drafts } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact, storedRows } from '../../support/verified.ts';

/** Reading by position, and by the order of ids. */
export function reading(newPlace: NewPlace): void {
  describe('reading by position, and by the order of ids', () => {
    it('gives entries from a position on, in order, without their openings', async () => {
      const place = await newPlace();
      const store = await place.open();
      const log = new Log(store);
      await log.appendAll('acme', drafts('e', 30));
      await log.appendAll('other', drafts('e', 5));
      const stored = (await storedRows(place.location, 'acme')).map(({ _id, openings, ...row }) => row);
      expect(await store.readFrom('acme', 0, 100)).toEqual(stored);
      expect(await store.readFrom('acme', 7, 4)).toEqual(stored.slice(7, 11));
      expect(await store.readFrom('acme', 30, 4)).toEqual(stored.slice(30));
      expect(await store.readFrom('acme', 31, 4)).toEqual([]);
      expect(await store.readFrom('nobody', 0, 4)).toEqual([]);
      await log.close();
      await expectIntact(place.location, { acme: 30, other: 5 });
    });

    it('gives the entries at positions, those that are there', async () => {
      const place = await newPlace();
      const store = await place.open();
      const log = new Log(store);
      await log.appendAll('acme', drafts('e', 30));
      const stored = (await storedRows(place.location, 'acme')).map(({ _id, ...row }) => row);
      const got = await store.readAt('acme', [29, 3, 400, 0, 3]);
      const bySeq = new Map(got.map((row) => [row.seq, row]));
      expect([...bySeq.keys()].sort((a, b) => a - b)).toEqual([0, 3, 29]);
      for (const [seq, row] of bySeq) expect(row).toEqual(stored[seq]);
      expect(await store.readAt('acme', [])).toEqual([]);
      expect(await store.readAt('nobody', [0])).toEqual([]);
      await log.close();
      await store.close();
      expect(await outcome(store.readAt('acme', [0]))).toBe('store_closed');
      expect(await outcome(store.readFrom('acme', 0, 1))).toBe('store_closed');
      await expectIntact(place.location, { acme: 30 });
    });

    it('gives the entry with the greatest id of a range', async () => {
      const place = await newPlace();
      const store = await place.open();
      const log = new Log(store);
      const ids = ['g:0:a', 'g:9:b', 'g:9:a', 'g:a10:a', 'g:Z', 'g', 'g~', 'h'];
      for (const id of ids) await log.append('acme', draft(id));
      await log.append('other', draft('g:b'));
      const idOf = async (from: string, below: string) => (await store.findLast('acme', from, below))?.id;
      expect(await idOf('g:', 'g;')).toBe('g:a10:a');
      expect(await idOf('g:', 'g:a10:a')).toBe('g:Z');
      expect(await idOf('g:', 'g:9:b')).toBe('g:9:a');
      expect(await idOf('g:0:a', 'g:9:a')).toBe('g:0:a');
      expect(await idOf('g:', 'g:0:a')).toBeUndefined();
      expect(await store.findLast('nobody', 'g:', 'g;')).toBeUndefined();
      const stored = (await storedRows(place.location, 'acme')).map(({ _id, ...row }) => row);
      expect(await store.findLast('acme', 'g:', 'g;')).toEqual(stored.find((row) => row['id'] === 'g:a10:a'));
      await log.close();
      await store.close();
      expect(await outcome(store.findLast('acme', 'g:', 'g;'))).toBe('store_closed');
      await expectIntact(place.location, { acme: ids.length, other: 1 });
    });
  });
}
