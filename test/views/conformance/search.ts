import { Log } from '@sealtrail/store';
import type { Filter, Page } from '@sealtrail/views';
import { describe, expect, it } from 'vitest';
import { draft } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';
import { allPages, seqs, viewsOf } from '../helpers.ts';
import { BULK, LIFE, proposed, UNEXPLAINED } from '../story.ts';

const STORY = [...LIFE, UNEXPLAINED, ...BULK];

/** One search, by every kind of condition, page by page. */
export function search(newPlace: NewPlace): void {
  describe('search', () => {
    const CASES: readonly [Filter, readonly number[]][] = [
      [{ record: { type: 'contact', id: 'c-104' } }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16]],
      [{ record: { type: 'deal', id: 'c-104' } }, []],
      [{ proposal: 'p-1' }, [1, 2, 3, 4, 5, 6, 7, 8]],
      [{ proposal: 'q-2' }, [11, 15]],
      [{ actor: { type: 'user', id: 'u-18' } }, [5, 9, 13, 14, 15, 16]],
      [{ actor: { type: 'agent', id: 'u-18' } }, []],
      [{ agent: 'sales-assistant', type: 'decision.approved' }, [14, 15, 16]],
      [{ action: 'update_contact', outcome: 'executed' }, [8]],
      [{ type: 'log.started' }, [0]],
      [{ mode: 'bulk' }, [14, 15, 16]],
      [{ mode: 'edit' }, [4]],
      [{ outcome: 'edited' }, [4]],
      [{ outcome: 'not_executed' }, [3]],
      [{ outcome: 'stale' }, [5]],
      [{ confidence: {} }, [1, 10, 11, 12]],
      [{ confidence: { min: 0.49, max: 0.5 } }, [11, 12]],
      [{ confidence: { max: 0.49 } }, [10, 11]],
      [{ confidence: { min: 0.51 }, trace: 't-2' }, []],
      [{ trace: 't-1' }, [1, 2, 3, 4, 5, 6, 7, 8]],
      [{ trace: 't-2', outcome: 'approved' }, [14, 15, 16]],
      [{ conversation: 'k-1' }, [10, 11, 12, 14, 15, 16]],
      [{ batch: 'b-1' }, [13, 14, 15, 16]],
      [{ batch: 'b-1', proposal: 'q-3', actor: { type: 'user', id: 'u-18' } }, [16]],
      [{ proposal: 'p-1', trace: 't-2' }, []],
    ];

    it('finds by every condition, and by several at once', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', STORY);
      await log.append('other', proposed('p-1'));
      const views = await viewsOf(place);
      for (const [filter, want] of CASES) {
        const oldest = await views.entries('acme', filter, { order: 'oldest', limit: 1_000 });
        expect([filter, seqs(oldest.entries)]).toEqual([filter, want]);
        // A page that is full has no next one when there is nothing more.
        const full = await views.entries('acme', filter, { limit: Math.max(1, want.length) });
        expect([filter, full.entries.length, full.next]).toEqual([filter, want.length, undefined]);
        const pages = await allPages((cursor) => views.entries('acme', filter, { cursor, limit: 2 }));
        expect([filter, seqs(pages)]).toEqual([filter, want.toReversed()]);
      }
      await log.close();
      await expectIntact(place.location, { acme: 16, other: 1 });
    });

    it('shows an entry as it was appended, with the values that were sealed', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const given = proposed('p-1');
      const { hash, time } = await log.append('acme', given);
      const views = await viewsOf(place);
      const { entries } = await views.entries('acme', { proposal: 'p-1' });
      const { type, actor, data } = given;
      expect(entries).toEqual([
        {
          seq: 1,
          hash,
          time,
          id: 'p-1:created',
          type,
          actor,
          targets: given.targets,
          data,
          sealed: expect.any(Object),
          values: given.sealed,
          missing: [],
        },
      ]);
      expect(Object.keys(entries[0]?.sealed ?? {}).sort()).toEqual(Object.keys(given.sealed ?? {}).sort());
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('finds by time: from an instant on, and before one', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const times: string[] = [];
      for (let i = 0; i < 9; i++) {
        times.push((await log.append('acme', draft(`e-${i}`))).time);
        await new Promise((resume) => setTimeout(resume, 5));
      }
      const views = await viewsOf(place);
      const find = async (filter: Filter) =>
        seqs((await views.entries('acme', filter, { order: 'oldest' })).entries);
      expect(new Set(times).size).toBe(9);
      expect(await find({ since: times[2] })).toEqual([3, 4, 5, 6, 7, 8, 9]);
      expect(await find({ until: times[2] })).toEqual([0, 1, 2]);
      expect(await find({ since: times[3], until: times[6] })).toEqual([4, 5, 6]);
      expect(await find({ since: times[6], until: times[3] })).toEqual([]);
      expect(await find({ since: '2999-01-01T00:00:00.000Z' })).toEqual([]);
      expect(await find({ until: '1999-01-01T00:00:00.000Z' })).toEqual([]);
      expect(await find({ since: times[8], type: 'proposal.created' })).toEqual([9]);
      await log.close();
      await expectIntact(place.location, { acme: 9 });
    });

    it('pages without losing or repeating an entry while entries are appended', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const append = (from: number, to: number) =>
        log.appendAll(
          'acme',
          Array.from({ length: to - from }, (_, i) => proposed(`p-${from + i}`)),
        );
      await append(0, 60);
      const views = await viewsOf(place);
      for (const filter of [{}, { type: 'proposal.created' }, { type: 'proposal.created', trace: 't-1' }]) {
        const head = (await log.append('acme', proposed(`start-${JSON.stringify(filter).length}`))).seq;
        let next = head;
        const newest = await allPages(async (cursor) => {
          const page = await views.entries('acme', filter, { cursor, limit: 7 });
          await append(1_000 * ++next, 1_000 * next + 3);
          return page;
        });
        const want = Array.from({ length: head + 1 }, (_, i) => head - i);
        expect(seqs(newest)).toEqual(want.filter((seq) => seq > 0 || !('type' in filter)));
      }
      // From the oldest on, what is appended comes at the end.
      let last = 0;
      const oldest = await allPages(async (cursor) => {
        const page = await views.entries('acme', {}, { cursor, limit: 50, order: 'oldest' });
        if (cursor === undefined) last = (await append(900_000, 900_003)).at(-1)?.seq ?? 0;
        return page;
      });
      expect(seqs(oldest)).toEqual(Array.from({ length: last + 1 }, (_, i) => i));
      await log.close();
      await expectIntact(place.location, { acme: last });
    });

    it('looks at no more than 10,000 entries for a page, and says where to go on', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      // Each of two conditions is frequent, both together are not.
      const first = Array.from({ length: 5_100 }, (_, i) => draft(`a-${i}`, { data: { trace_id: 't' } }));
      const second = Array.from({ length: 5_100 }, (_, i) => draft(`b-${i}`, { data: { batch: 'b' } }));
      await log.append('acme', draft('both', { data: { trace_id: 't', batch: 'b' } }));
      for (let at = 0; at < 5_100; at += 500) {
        await log.appendAll('acme', first.slice(at, at + 500));
        await log.appendAll('acme', second.slice(at, at + 500));
      }
      const views = await viewsOf(place);
      const both = await views.entries('acme', { trace: 't', batch: 'b' });
      expect({ ...both, entries: seqs(both.entries) }).toEqual({ entries: [1], scanned: 5_101 });
      const everything = { confidence: { min: 0 }, record: { type: 'deal', id: 'd-77' } };
      expect(await views.entries('acme', everything)).toEqual({ entries: [], scanned: 0 });
      const frequent = { type: 'proposal.created', record: { type: 'deal', id: 'd-77' }, batch: 'b' };
      const page = await views.entries('acme', frequent, { limit: 1_000 });
      expect(page.entries).toHaveLength(1_000);
      expect(page.scanned).toBe(1_000);
      expect(page.next).toBeDefined();
      const rare = { type: 'proposal.created', actor: { type: 'agent', id: 'crm-copilot' } } as const;
      const counted = await allPages((cursor) => views.entries('acme', rare, { cursor, limit: 1_000 }));
      expect(counted).toHaveLength(10_201);
      await log.close();
      await expectIntact(place.location, { acme: 10_201 });
    });

    it('gives a short page with a place to go on when 10,000 entries did not fill it', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', draft('first', { data: { confidence: 0.1 } }));
      const rest = Array.from({ length: 10_050 }, (_, i) => draft(`e-${i}`, { data: { confidence: 0.9 } }));
      for (let at = 0; at < rest.length; at += 500) await log.appendAll('acme', rest.slice(at, at + 500));
      const views = await viewsOf(place);
      const filter = { confidence: { max: 0.5 } };
      const page = await views.entries('acme', filter);
      expect(page).toEqual({ entries: [], scanned: 10_000, next: expect.any(String) });
      const second = await views.entries('acme', filter, { cursor: page.next });
      expect({ ...second, entries: seqs(second.entries) }).toEqual({ entries: [1], scanned: 51 });
      await log.close();
      await expectIntact(place.location, { acme: 10_051 });
    });

    it('knows nothing of a tenant without a log', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', proposed('p-1'));
      const views = await viewsOf(place);
      expect(await views.entries('nobody', {})).toEqual({ entries: [], scanned: 0 });
      expect(await views.proposal('nobody', 'p-1')).toBeUndefined();
      expect(await views.proposal('acme', 'p-2')).toBeUndefined();
      expect((await views.coaching('nobody')).total.proposals).toBe(0);
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('refuses what it does not understand', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', STORY);
      const views = await viewsOf(place);
      const filters: unknown[] = [
        { agnet: 'x' },
        { record: { type: 'contact' } },
        { record: { type: 'Contact', id: 'c' } },
        { actor: { type: 'person', id: 'u' } },
        { agent: '' },
        { agent: 'x'.repeat(257) },
        { action: 'a\u0000b' },
        { type: 'approved' },
        { outcome: 'great' },
        { confidence: 0.5 },
        { confidence: { min: Number.NaN } },
        { since: '2026-01-01' },
        { until: 5 },
        null,
        'x',
      ];
      for (const filter of filters)
        expect([filter, await outcome(views.entries('acme', filter as Filter))]).toEqual([
          filter,
          'query_invalid',
        ]);
      for (const page of [{ limit: 0 }, { limit: 1_001 }, { limit: 1.5 }, { order: 'random' }, { from: 1 }])
        expect(await outcome(views.entries('acme', {}, page as Page))).toBe('query_invalid');
      expect(await outcome(views.entries('no tenant'))).toBe('query_invalid');
      expect(await outcome(views.proposal('acme', ''))).toBe('query_invalid');
      expect(await outcome(views.record('acme', { type: 'contact', id: '' }))).toBe('query_invalid');
      expect(await outcome(views.incident('acme', {} as { trace: string }))).toBe('query_invalid');
      expect(await outcome(views.coaching('acme', { team: 'x' } as object))).toBe('query_invalid');
      await log.close();
      await expectIntact(place.location, { acme: 16 });
    });

    it('takes a cursor only where it comes from', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', STORY);
      await log.appendAll('other', STORY);
      const views = await viewsOf(place);
      const filter = { trace: 't-1' };
      const { next: cursor } = await views.entries('acme', filter, { limit: 2 });
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(await outcome(views.entries('acme', filter, { cursor }))).toBe('done');
      // What is not given makes no other filter.
      expect(await outcome(views.entries('acme', { ...filter, agent: undefined }, { cursor }))).toBe('done');
      expect(await outcome(views.entries('other', filter, { cursor }))).toBe('cursor_invalid');
      expect(await outcome(views.entries('acme', { trace: 't-2' }, { cursor }))).toBe('cursor_invalid');
      expect(await outcome(views.entries('acme', filter, { cursor, order: 'oldest' }))).toBe(
        'cursor_invalid',
      );
      for (const wrong of ['', 'x', 'AAAA', `${cursor}x`, Buffer.from('{}').toString('base64url')])
        expect([wrong, await outcome(views.entries('acme', filter, { cursor: wrong }))]).toEqual([
          wrong,
          'cursor_invalid',
        ]);
      await log.close();
      await expectIntact(place.location, { acme: 16, other: 16 });
    });
  });
}
