import { type EntryDraft, Log } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { draft, drafts } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';

/** An id is appended once: the same append made again gets the first result, another one is refused. */
export function idempotency(newPlace: NewPlace): void {
  describe('an append made again', () => {
    it('returns the first result at the same moment, later, and through another store', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const other = new Log(await place.open());
      const atOnce = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? log : other).append('acme', draft('e-1'))),
      );
      expect(atOnce.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      await log.append('acme', draft('e-2'));
      const later = [await log.append('acme', draft('e-1')), await other.append('acme', draft('e-1'))];
      const { duplicate: _, ...first } = atOnce[0] as (typeof atOnce)[number];
      for (const made of [...atOnce, ...later]) expect(made).toMatchObject(first);
      expect(later.map(({ duplicate }) => duplicate)).toEqual([true, true]);
      await log.close();
      await other.close();
      await expectIntact(place.location, { acme: 2 });
    });

    it('is refused for another one that waits once that one is there, and not for one that is refused itself', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const other = { ...draft('e-1'), type: 'note.changed' };
      const refused = async (call: Promise<unknown>) => {
        expect(await outcome(call)).toBe('id_conflict');
        return (await log.find('acme', 'e-1'))?.type;
      };
      const [first, found] = await Promise.all([
        log.append('acme', draft('e-1')),
        refused(log.append('acme', other)),
      ]);
      expect(found).toBe(draft('e-1').type);
      const [, again] = await Promise.all([
        refused(log.append('acme', other)),
        log.append('acme', draft('e-1')),
      ]);
      expect(again).toEqual({ ...first, duplicate: true });
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('returns the first result after a restart', async () => {
      const place = await newPlace();
      const before = await place.open();
      const log = new Log(before);
      const first = await log.append('acme', draft('e-1'));
      await log.close();
      await before.close();
      const again = new Log(await place.open());
      expect(await again.append('acme', draft('e-1'))).toEqual({ ...first, duplicate: true });
      await again.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('returns the first results of a whole group, and appends only what is new in it', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const group = drafts('e', 400);
      const first = await log.appendAll('acme', group.slice(0, 300));
      await log.append('acme', draft('between'));
      const again = await log.appendAll('acme', group);
      expect(again.slice(0, 300)).toEqual(first.map((one) => ({ ...one, duplicate: true })));
      expect(again.slice(300).map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, i) => 302 + i));
      expect(again.slice(300).map(({ duplicate }) => duplicate)).not.toContain(true);
      await log.close();
      await expectIntact(place.location, { acme: 401 });
    });

    it('appends what is new around one that is there, wherever in a group it stands', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      for (const [n, taken] of [0, 1, 15, 16, 23, 39].entries()) {
        const group = drafts(`g-${n}`, 40);
        const known = await log.append('acme', group[taken] as EntryDraft);
        const made = await log.appendAll('acme', group);
        expect(made[taken]).toEqual({ ...known, duplicate: true });
        const fresh = made.filter(({ duplicate }) => !duplicate);
        expect(fresh.map(({ seq }) => seq)).toEqual(Array.from({ length: 39 }, (_, i) => known.seq + 1 + i));
      }
      await log.close();
      await expectIntact(place.location, { acme: 240 });
    });

    it('is the same one when only the order of its members differs', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const first = await log.append('acme', draft('e-1', { data: { a: 1, b: { c: 2, d: 3 } } }));
      const again = await log.append('acme', draft('e-1', { data: { b: { d: 3, c: 2 }, a: 1 } }));
      expect(again).toEqual({ ...first, duplicate: true });
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('is judged by what its draft held when it was given', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const first = await log.append('acme', draft('e-1', { data: { n: 1 } }));
      const data = { n: 1 };
      const again = log.append('acme', draft('e-1', { data }));
      data.n = 2;
      expect(await again).toEqual({ ...first, duplicate: true });
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('is another entry in another tenant', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const [one, two] = await Promise.all([
        log.append('acme', draft('e-1')),
        log.append('beta', draft('e-1', { data: {} })),
      ]);
      expect([one.duplicate, two.duplicate]).toEqual([false, false]);
      await log.close();
      await expectIntact(place.location, { acme: 1, beta: 1 });
    });

    it('appends without an id each time', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const made = [];
      for (let i = 0; i < 3; i++) made.push(await log.append('acme', draft('', { id: undefined })));
      expect(new Set(made.map(({ id }) => id)).size).toBe(3);
      await log.close();
      await expectIntact(place.location, { acme: 3 });
    });
  });

  describe('an id with other content', () => {
    const others: readonly [string, Partial<EntryDraft>][] = [
      ['type', { type: 'proposal.approved' }],
      ['actor', { actor: { type: 'user', id: 'crm-copilot' } }],
      ['actor with one member less', { actor: { type: 'agent', id: 'crm-copilot' } }],
      ['targets', { targets: [{ type: 'deal', id: 'd-77' }] }],
      ['order of targets', { targets: [...(draft('').targets ?? [])].reverse() }],
      ['data', { data: { action: 'deal.delete' } }],
      ['sealed value', { sealed: { ...draft('e-1').sealed, rationale: 'another reason' } }],
      ['sealed fields', { sealed: { rationale: 'because of e-1' } }],
      ['no sealed values', { sealed: {} }],
    ];

    it.each(others)('is refused while the first one waits and later: %s', async (_, change) => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const other = new Log(await place.open());
      const first = log.append('acme', draft('e-1'));
      expect(await outcome(log.append('acme', draft('e-1', change)))).toBe('id_conflict');
      await first;
      for (const one of [log, other]) {
        expect(await outcome(one.append('acme', draft('e-1', change)))).toBe('id_conflict');
      }
      expect((await log.append('acme', draft('e-1'))).duplicate).toBe(true);
      await log.close();
      await other.close();
      await expectIntact(place.location, { acme: 1 });
    });

    it('is refused alone: what was given with it is appended', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', draft('e-3'));
      const group = drafts('e', 6).map((one) => (one.id === 'e-3' ? { ...one, data: {} } : one));
      expect(await outcome(log.appendAll('acme', group))).toBe('id_conflict');
      const rest = group.filter(({ id }) => id !== 'e-3');
      const again = await log.appendAll('acme', rest);
      expect(again.map(({ duplicate }) => duplicate)).toEqual(rest.map(() => true));
      await log.close();
      await expectIntact(place.location, { acme: 6 });
    });

    it('says nothing of sealed values', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', draft('e-1', { sealed: { name: 'Jane Roe' } }));
      const error = await log.append('acme', draft('e-1', { sealed: { name: 'John Doe' } })).catch((e) => e);
      expect(error).toMatchObject({ code: 'id_conflict', detail: { id: 'e-1' } });
      expect(`${error.message}${JSON.stringify(error.detail)}`).not.toMatch(/Jane|John/);
      await log.close();
      await expectIntact(place.location, { acme: 1 });
    });
  });
}
