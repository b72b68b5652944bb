import { Log } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { draft, drafts } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';

function count(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of outcomes) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
}

/** Back-pressure is an error with a code, and closing loses nothing. */
export function limits(newPlace: NewPlace): void {
  describe('back-pressure', () => {
    it('refuses what is beyond the queue with queue_full, and loses nothing of what it took', async () => {
      const place = await newPlace();
      const log = new Log(await place.open(), { maxWaiting: 50, maxBatch: 20 });
      const outcomes = drafts('e', 400).map((one) => outcome(log.append('acme', one)));
      expect(count(await Promise.all(outcomes))).toEqual({ done: 50, queue_full: 350 });
      for (const one of drafts('later', 60)) await log.append('acme', one);
      await log.close();
      await expectIntact(place.location, { acme: 110 });
    });

    it('has its default where a limit is given as undefined, as a setting that is not there is', async () => {
      const place = await newPlace();
      const not = undefined;
      const none = { maxWaiting: not, maxWaitingBytes: not, maxWaitingAll: not, maxWaitingAllBytes: not };
      const log = new Log(await place.open(), { ...none, maxBatch: not, maxBatchBytes: not });
      const outcomes = drafts('e', 50).map((one) => outcome(log.append('acme', one)));
      expect(count(await Promise.all(outcomes))).toEqual({ done: 50 });
      await log.close();
      await expectIntact(place.location, { acme: 50 });
    });

    it('counts bytes too, those of sealed values included', async () => {
      const place = await newPlace();
      const log = new Log(await place.open(), { maxWaitingBytes: 100_000 });
      const large = (id: string) => draft(id, { sealed: { text: 'x'.repeat(30_000) } });
      const outcomes = ['a', 'b', 'c', 'd', 'e'].map((id) => outcome(log.append('acme', large(id))));
      expect(count(await Promise.all(outcomes))).toEqual({ done: 3, queue_full: 2 });
      expect(await outcome(log.append('acme', large('later')))).toBe('done');
      await log.close();
      await expectIntact(place.location, { acme: 4 });
    });

    it('counts what waits for all tenants together', async () => {
      const place = await newPlace();
      const log = new Log(await place.open(), { maxWaitingAll: 40 });
      const outcomes = Array.from({ length: 200 }, (_, i) =>
        outcome(log.append(`tenant-${i % 20}`, draft(`e-${i}`))),
      );
      expect(count(await Promise.all(outcomes))).toEqual({ done: 40, queue_full: 160 });
      await log.close();
      await expectIntact(
        place.location,
        Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`tenant-${i}`, 2])),
      );
    });

    it('refuses a group as a whole, and takes one that is larger than the limit when nothing waits', async () => {
      const place = await newPlace();
      const log = new Log(await place.open(), { maxWaiting: 10 });
      const [large, refused] = await Promise.all([
        outcome(log.appendAll('acme', drafts('large', 30))),
        outcome(log.appendAll('acme', drafts('refused', 2))),
      ]);
      expect([large, refused]).toEqual(['done', 'queue_full']);
      await log.close();
      await expectIntact(place.location, { acme: 30 });
    });

    it('says how much waits', async () => {
      const place = await newPlace();
      const log = new Log(await place.open(), { maxWaiting: 1 });
      const first = log.append('acme', draft('e-1'));
      const error = await log.append('acme', draft('e-2')).catch((e) => e);
      expect(error).toMatchObject({ code: 'queue_full', detail: { waiting: 1 } });
      expect(error.detail.bytes).toBeGreaterThan(0);
      await first;
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });
  });

  describe('close', () => {
    it('commits what waits, and refuses what comes later', async () => {
      const place = await newPlace();
      const store = await place.open();
      const log = new Log(store, { maxBatch: 30 });
      const waiting = drafts('e', 200).map((one, i) => log.append(i % 2 === 0 ? 'acme' : 'beta', one));
      const closed = log.close();
      expect(await outcome(log.append('acme', draft('late')))).toBe('store_closed');
      await closed;
      const made = await Promise.all(waiting);
      expect(made).toHaveLength(200);
      expect(await outcome(log.append('acme', draft('late')))).toBe('store_closed');
      await log.close();
      const newest = made.filter(({ tenant }) => tenant === 'acme').at(-1);
      expect(await store.head('acme')).toMatchObject({ seq: 100, hash: newest?.hash });
      await expectIntact(place.location, { acme: 100, beta: 100 });
    });

    it('leaves the head where the log ends, also when the lock was just being given back', async () => {
      const place = await newPlace();
      const store = await place.open();
      for (let i = 1; i <= 10; i++) {
        const log = new Log(store, { lingerMs: i % 3 });
        const { seq, hash } = await log.append('acme', draft(`e-${i}`));
        await new Promise((resume) => setTimeout(resume, i % 4));
        await log.close();
        expect(await store.head('acme')).toMatchObject({ seq, hash });
      }
      await expectIntact(place.location, { acme: 10 });
    });

    it('gives a waiting writer its turn at once', async () => {
      const place = await newPlace();
      const [one, two] = [new Log(await place.open(), { lingerMs: 60_000 }), new Log(await place.open())];
      await one.append('acme', draft('e-1'));
      const other = two.append('acme', draft('e-2'));
      await one.close();
      expect((await other).seq).toBe(2);
      await two.close();
      await expectIntact(place.location, { acme: 2 });
    });

    it('of the store under a log fails what waits with store_closed, and what was acknowledged stays', async () => {
      const place = await newPlace();
      const store = await place.open();
      const log = new Log(store, { maxBatch: 10 });
      await log.append('acme', draft('first'));
      const waiting = drafts('e', 200).map((one) => outcome(log.append('acme', one)));
      await waiting[0];
      await store.close();
      const counts = count(await Promise.all(waiting));
      expect(
        Object.keys(counts).filter((code) => !['done', 'store_closed', 'store_unavailable'].includes(code)),
      ).toEqual([]);
      expect(await outcome(store.register('beta'))).toBe('store_closed');
      await log.close();
      const again = new Log(await place.open());
      const made = await again.appendAll('acme', drafts('e', 200));
      expect(made.filter(({ duplicate }) => duplicate).length).toBeGreaterThanOrEqual(counts['done'] ?? 0);
      await again.close();
      await expectIntact(place.location, { acme: 201 });
    });
  });
}
