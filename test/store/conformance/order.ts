import { setImmediate as breathe } from 'node:timers/promises';
import { anchorTenant, Log } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { draft, drafts } from '../../support/drafts.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact, storedRows } from '../../support/verified.ts';

/** One chain without fork, gap or duplicate, whoever appends. */
export function order(newPlace: NewPlace): void {
  describe('order', () => {
    it('gives each of many concurrent callers a position of its own, without a gap', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const made = await Promise.all(drafts('e', 1_500).map((one) => log.append('acme', one)));
      expect(made.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(made.map((_, i) => i + 1));
      const stored = new Map((await storedRows(place.location, 'acme')).map((row) => [row['id'], row]));
      for (const { id, seq, hash, time } of made) expect(stored.get(id)).toMatchObject({ seq, hash, time });
      await log.close();
      await expectIntact(place.location, { acme: 1_500 });
    });

    it('keeps a caller who waits for each append in the order of its calls', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const others = Promise.all(drafts('other', 100).map((one) => log.append('acme', one)));
      let last = 0;
      for (const one of drafts('mine', 10)) {
        const { seq } = await log.append('acme', one);
        expect(seq).toBeGreaterThan(last);
        last = seq;
      }
      await others;
      await log.close();
      await expectIntact(place.location, { acme: 110 });
    });

    it('keeps the logs of many tenants apart', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const tenants = Array.from({ length: 12 }, (_, i) => `tenant-${i}`);
      const made = await Promise.all(
        drafts('e', 25).flatMap((one) => tenants.map((tenant) => log.append(tenant, one))),
      );
      for (const tenant of tenants) {
        const positions = made.filter((one) => one.tenant === tenant).map(({ seq }) => seq);
        expect(positions.sort((a, b) => a - b)).toEqual(positions.map((_, i) => i + 1));
      }
      await log.close();
      await expectIntact(place.location, Object.fromEntries(tenants.map((tenant) => [tenant, 25])));
    });

    it('makes one chain of what several stores and several logs over one store append', async () => {
      const place = await newPlace();
      const shared = await place.open();
      const logs = [
        new Log(shared),
        new Log(shared),
        new Log(await place.open()),
        new Log(await place.open()),
      ];
      const made = await Promise.all(
        logs.flatMap((log, i) => drafts(`log${i}`, 60).map((one) => log.append('acme', one))),
      );
      expect(new Set(made.map(({ seq }) => seq)).size).toBe(240);
      await Promise.all(logs.map((log) => log.close()));
      await expectIntact(place.location, { acme: 240 });
    });

    it('gives what belongs together consecutive positions, also among other callers', async () => {
      const place = await newPlace();
      const log = new Log(await place.open(), { maxBatch: 40 });
      const other = new Log(await place.open(), { maxBatch: 40 });
      const singles = drafts('single', 50).map((one, i) => (i % 2 === 0 ? log : other).append('acme', one));
      const groups = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 === 0 ? log : other).appendAll('acme', drafts(`group${i}`, 25)),
        ),
      );
      for (const group of groups) {
        const [first] = group;
        expect(group.map(({ seq }) => seq)).toEqual(group.map((_, i) => (first?.seq ?? 0) + i));
        expect(group.map(({ duplicate }) => duplicate)).not.toContain(true);
      }
      await Promise.all(singles);
      await log.close();
      await other.close();
      await expectIntact(place.location, { acme: 300 });
    });

    it('takes a group that is larger than a batch or the queue', async () => {
      const place = await newPlace();
      const log = new Log(await place.open(), { maxBatch: 10, maxWaiting: 20 });
      const made = await log.appendAll('acme', drafts('e', 50));
      expect(made.map(({ seq }) => seq)).toEqual(made.map((_, i) => i + 1));
      expect(await log.appendAll('acme', [])).toEqual([]);
      await log.close();
      await expectIntact(place.location, { acme: 50 });
    });

    it('stores what was given, with the sealed values beside the entry', async () => {
      const place = await newPlace();
      const store = await place.open();
      const log = new Log(store);
      const given = draft('e-1');
      const { seq, hash } = await log.append('acme', given);
      const row = await store.findById('acme', 'e-1');
      expect(row).toMatchObject({ tenant: 'acme', seq, hash, type: given.type });
      const entry = JSON.parse(row?.entry ?? '');
      expect(entry).toMatchObject({ actor: given.actor, targets: given.targets, data: given.data });
      expect(Object.keys(entry.sealed)).toEqual(['diff', 'rationale']);
      const openings = JSON.parse(row?.openings ?? '');
      expect(openings.rationale.value).toBe('because of e-1');
      expect(openings.diff.value).toEqual({ amount: [1200, 1080], note: 'Zoë asked' });
      expect(await store.findById('acme', 'e-2')).toBeUndefined();
      await log.close();
      expect(await store.head('acme')).toMatchObject({ seq, hash, anchor_number: null });
      await expectIntact(place.location, { acme: 1 });
    });

    it('never writes a sealed value into an entry or a column', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', draft('e-1', { sealed: { name: 'Jane Roe', deep: { of: ['Jane Roe'] } } }));
      await log.close();
      for (const { openings, ...row } of await storedRows(place.location, 'acme')) {
        expect(JSON.stringify(row)).not.toContain('Jane');
      }
      await expectIntact(place.location, { acme: 1 });
    });

    it('verifies at every moment while entries are appended and anchored', async () => {
      const place = await newPlace();
      const store = await place.open();
      const log = new Log(store);
      await log.append('acme', draft('first'));
      let busy = true;
      const writing = (async () => {
        for (let round = 0; round < 10; round++) {
          await Promise.all(drafts(`r${round}`, 40).map((one) => log.append('acme', one)));
          await anchorTenant(store, 'acme', { maxSegment: 25 });
        }
        busy = false;
      })();
      const source = await openSource(place.location);
      let looks = 0;
      while (busy) {
        const broken: string[] = [];
        await verifyAll(source, {
          onTenant: ({ status, summary }) => void (status === 'valid' || broken.push(summary)),
        });
        expect(broken).toEqual([]);
        looks++;
        // Reading a file never waits for anything, and would leave the writer no turn.
        await breathe();
      }
      await writing;
      await source.close();
      expect(looks).toBeGreaterThan(0);
      await log.close();
      await expectIntact(place.location, { acme: 401 });
    });
  });
}
