import type { Anchor } from '@sealtrail/format';
import { anchorTenant, Log, type Store } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { drafts } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace, Place } from '../../support/places.ts';
import { raw } from '../../support/raw.ts';
import { expectIntact, reports } from '../../support/verified.ts';

const HOUR = 3_600_000;

async function filled(place: Place, entries: number, tenant = 'acme'): Promise<Store> {
  const store = await place.open();
  const log = new Log(store);
  await log.appendAll(tenant, drafts('e', entries));
  await log.close();
  return store;
}

async function anchorRows(place: Place): Promise<unknown[]> {
  return (await raw(place)).rows('anchors', 'acme');
}

/** Anchors cover a log in contiguous segments; each is made once. */
export function anchoring(newPlace: NewPlace): void {
  describe('anchoring', () => {
    it('covers everything with segments of the given size, and does nothing the second time', async () => {
      const place = await newPlace();
      const store = await filled(place, 24);
      const seen: Anchor[] = [];
      const result = await anchorTenant(store, 'acme', {
        maxSegment: 10,
        onAnchor: (anchor) => void seen.push(anchor),
      });
      expect(result).toEqual({
        tenant: 'acme',
        anchors: 3,
        entries: 25,
        through: 24,
        pending: 0,
        more: false,
      });
      expect(seen.map(({ number, from, to }) => [number, from, to])).toEqual([
        [0, 0, 9],
        [1, 10, 19],
        [2, 20, 24],
      ]);
      const before = await anchorRows(place);
      const again = await anchorTenant(store, 'acme', { maxSegment: 10 });
      expect(again).toEqual({ tenant: 'acme', anchors: 0, entries: 0, through: 24, pending: 0, more: false });
      expect(await anchorRows(place)).toEqual(before);
      const head = await store.head('acme');
      expect(head).toMatchObject({ seq: 24, anchor_number: 2 });
      expect((await store.lastAnchor('acme'))?.hash).toBe(head?.anchor_hash);
      const report = (await reports(place.location)).get('acme');
      expect(report?.anchors).toEqual({ checked: 3, through: 24 });
      await expectIntact(place.location, { acme: 24 });
    });

    it('goes on after the last anchor, and never changes one that is there', async () => {
      const place = await newPlace();
      const store = await filled(place, 5);
      await anchorTenant(store, 'acme');
      const before = await anchorRows(place);
      const log = new Log(store);
      await log.appendAll('acme', drafts('more', 5));
      expect(await anchorTenant(store, 'acme')).toMatchObject({ anchors: 1, entries: 5, through: 10 });
      expect((await anchorRows(place)).slice(0, 1)).toEqual(before);
      await log.close();
      await expectIntact(place.location, { acme: 10 });
    });

    it('adds each anchor once when several do it at the same time', async () => {
      const place = await newPlace();
      const stores = [await filled(place, 60), await place.open(), await place.open()];
      const results = await Promise.all(
        [...stores, ...stores].map((store) => anchorTenant(store, 'acme', { maxSegment: 7 })),
      );
      expect(results.reduce((sum, { anchors }) => sum + anchors, 0)).toBe(9);
      expect(results.reduce((sum, { entries }) => sum + entries, 0)).toBe(61);
      expect(await anchorRows(place)).toHaveLength(9);
      await expectIntact(place.location, { acme: 60 });
    });

    it('may go on while entries are appended', async () => {
      const place = await newPlace();
      const store = await filled(place, 10);
      const log = new Log(store);
      const other = await place.open();
      const appending = Promise.all(drafts('more', 300).map((one) => log.append('acme', one)));
      for (let i = 0; i < 6; i++) await anchorTenant(i % 2 === 0 ? store : other, 'acme', { maxSegment: 20 });
      await appending;
      await anchorTenant(other, 'acme', { maxSegment: 20 });
      await log.close();
      const report = (await reports(place.location)).get('acme');
      expect(report?.anchors.through).toBe(310);
      await expectIntact(place.location, { acme: 310 });
    });

    it('leaves a segment that is not full until it has enough entries', async () => {
      const place = await newPlace();
      const store = await filled(place, 12);
      const policy = { maxSegment: 10, minEntries: 5 };
      expect(await anchorTenant(store, 'acme', policy)).toMatchObject({ anchors: 1, through: 9, pending: 3 });
      const log = new Log(store);
      await log.appendAll('acme', drafts('more', 2));
      expect(await anchorTenant(store, 'acme', policy)).toMatchObject({
        anchors: 1,
        through: 14,
        pending: 0,
      });
      await log.close();
      await expectIntact(place.location, { acme: 14 });
    });

    it('leaves a segment that is not full until its oldest entry is old enough', async () => {
      const place = await newPlace();
      const store = await filled(place, 12);
      const policy = { maxSegment: 10, maxDelayMs: HOUR };
      expect(await anchorTenant(store, 'acme', policy)).toMatchObject({ anchors: 1, through: 9, pending: 3 });
      const later = { ...policy, now: () => Date.now() + 2 * HOUR };
      expect(await anchorTenant(store, 'acme', later)).toMatchObject({ anchors: 1, through: 12, pending: 0 });
      await expectIntact(place.location, { acme: 12 });
    });

    it('does not wait for a clock that was put back', async () => {
      const place = await newPlace();
      const store = await filled(place, 3);
      const policy = { maxDelayMs: HOUR };
      const slow = { ...policy, now: () => Date.now() - HOUR / 2 };
      expect(await anchorTenant(store, 'acme', slow)).toMatchObject({ anchors: 0, pending: 4 });
      const back = { ...policy, now: () => Date.now() - 2 * HOUR };
      expect(await anchorTenant(store, 'acme', back)).toMatchObject({ anchors: 1, through: 3, pending: 0 });
      await expectIntact(place.location, { acme: 3 });
    });

    it('with both, anchors as soon as one of the two is reached', async () => {
      const place = await newPlace();
      const store = await filled(place, 3);
      const patient = { minEntries: 100, maxDelayMs: HOUR };
      expect(await anchorTenant(store, 'acme', patient)).toMatchObject({
        anchors: 0,
        through: null,
        pending: 4,
      });
      expect(await anchorTenant(store, 'acme', { ...patient, minEntries: 4 })).toMatchObject({ anchors: 1 });
      const log = new Log(store);
      await log.appendAll('acme', drafts('more', 2));
      await log.close();
      const old = { ...patient, now: () => Date.now() + 2 * HOUR };
      expect(await anchorTenant(store, 'acme', old)).toMatchObject({ anchors: 1, through: 5 });
      await expectIntact(place.location, { acme: 5 });
    });

    it('never dates an anchor before its entries or the anchor before it, whatever its clock says', async () => {
      const place = await newPlace();
      const store = await filled(place, 3);
      const log = new Log(store);
      for (const now of [Date.now() + HOUR, 0, Date.now()]) {
        await anchorTenant(store, 'acme', { now: () => now });
        await log.appendAll('acme', drafts(`after-${now}`, 2));
      }
      await log.close();
      expect(await anchorRows(place)).toHaveLength(3);
      await expectIntact(place.location, { acme: 9 });
    });

    it('stops between two segments when it is told to, and goes on from there', async () => {
      const place = await newPlace();
      const store = await filled(place, 30);
      const stop = new AbortController();
      const run = anchorTenant(store, 'acme', {
        maxSegment: 10,
        signal: stop.signal,
        onAnchor: () => stop.abort(new Error('enough')),
      });
      await expect(run).rejects.toThrow('enough');
      expect(await anchorRows(place)).toHaveLength(1);
      expect(await anchorTenant(store, 'acme', { maxSegment: 10 })).toMatchObject({
        anchors: 3,
        through: 30,
      });
      await expectIntact(place.location, { acme: 30 });
    });

    it('refuses a segment size that there is not', async () => {
      const place = await newPlace();
      const store = await filled(place, 1);
      for (const maxSegment of [0, -1, 1.5, 65_537, Number.NaN]) {
        expect(await outcome(anchorTenant(store, 'acme', { maxSegment }))).toBe('config_invalid');
      }
      expect(await anchorRows(place)).toEqual([]);
      await expectIntact(place.location, { acme: 1 });
    });

    it('finds the tenants that have something to anchor', async () => {
      const place = await newPlace();
      const store = await filled(place, 4);
      await filled(place, 2, 'beta');
      const waiting = async () => {
        const found: Record<string, number> = {};
        for await (const { tenant, entries } of store.unanchored()) found[tenant] = entries;
        return found;
      };
      expect(await waiting()).toEqual({ acme: 5, beta: 3 });
      await anchorTenant(store, 'acme', { maxSegment: 3, minEntries: 3 });
      expect(await waiting()).toEqual({ acme: 2, beta: 3 });
      await anchorTenant(store, 'acme');
      await anchorTenant(store, 'beta');
      expect(await waiting()).toEqual({});
      await expectIntact(place.location, { acme: 4, beta: 2 });
    });
  });
}
