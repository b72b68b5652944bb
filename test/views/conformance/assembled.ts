import { Log } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import type { NewPlace } from '../../support/places.ts';
import { raw } from '../../support/raw.ts';
import { expectIntact, reports } from '../../support/verified.ts';
import { allPages, seqs, viewsOf } from '../helpers.ts';
import { agent, approved, BULK, contact, LIFE, proposed, sarah, system, tom, UNEXPLAINED } from '../story.ts';

/** Views put together from entries: a proposal, a record, an incident. */
export function assembled(newPlace: NewPlace): void {
  describe('assembled views', () => {
    it('tells the life of a proposal', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const made = await log.appendAll('acme', LIFE);
      const views = await viewsOf(place);
      const at = (seq: number) => made[seq - 1]?.time;
      const { entries, ...view } = (await views.proposal('acme', 'p-1')) ?? {};
      expect(view).toEqual({
        proposal: 'p-1',
        status: 'executed',
        late: false,
        created: { seq: 1, time: at(1), by: agent },
        targets: [contact],
        action: 'update_contact',
        confidence: 0.94,
        risk: 'low',
        expires_at: '9000-01-01T00:00:00.000Z',
        args: { phone: '+44 20 7946 0112', note: 'new' },
        rationale: 'The signature of her mail has a new number.',
        presentations: [{ seq: 2, time: at(2), by: sarah, shown: { phone: '+44 20 7946 0112' } }],
        decision: {
          seq: 4,
          time: at(4),
          by: sarah,
          outcome: 'edited',
          mode: 'edit',
          reason: 'A digit was wrong.',
          edited_fields: ['phone', 'note'],
          patch: [
            { op: 'replace', path: '/note', value: 'newer' },
            { op: 'replace', path: '/phone', value: '+44 20 7946 0113' },
          ],
          before: { phone: '+44 20 7946 0112', note: 'new' },
          after: { phone: '+44 20 7946 0113', note: 'newer' },
        },
        stale: [{ seq: 5, time: at(5), by: tom, wanted: 'approved' }],
        refused: [{ seq: 3, time: at(3), by: system, outcome: 'not_executed', reason: 'pending' }],
        started: { seq: 6, time: at(6), by: system },
        execution: { seq: 8, time: at(8), by: system, outcome: 'executed', result: { ok: true } },
        changes: [
          {
            seq: 7,
            time: at(7),
            by: system,
            target: contact,
            fields: ['phone', 'note'],
            before: { phone: '1', note: '' },
            after: { phone: '+44 20 7946 0113', note: 'newer' },
            proposal: 'p-1',
            unexplained: false,
          },
        ],
      });
      expect(seqs(entries ?? [])).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      await log.close();
      await expectIntact(place.location, { acme: 8 });
    });

    it('shows a decision that came too late as it was made, and the proposal as expired', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', [
        proposed('p-1', { expires_at: '2001-01-01T00:00:00.000Z' }),
        approved('p-1'),
      ]);
      const views = await viewsOf(place);
      expect(await views.proposal('acme', 'p-1')).toMatchObject({
        status: 'expired',
        late: true,
        decision: { outcome: 'approved', by: sarah },
      });
      expect(seqs((await views.entries('acme', { outcome: 'expired' })).entries)).toEqual([2]);
      expect((await views.entries('acme', { outcome: 'approved' })).entries).toEqual([]);
      await log.close();
      await expectIntact(place.location, { acme: 2 });
    });

    it('gives the first 1,000 entries of a proposal and where to go on', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const refusals = Array.from({ length: 1_100 }, (_, i) => ({
        ...(LIFE[2] as (typeof LIFE)[0]),
        id: `p-1:refused:n-${i}`,
      }));
      await log.appendAll('acme', [LIFE[0] as (typeof LIFE)[0], ...refusals, approved('p-1')]);
      const views = await viewsOf(place);
      const view = await views.proposal('acme', 'p-1');
      expect(view).toMatchObject({ status: 'approved', decision: { seq: 1_102 } });
      expect(view?.entries).toHaveLength(1_000);
      expect(view?.refused).toHaveLength(999);
      const rest = await views.entries(
        'acme',
        { proposal: 'p-1' },
        { cursor: view?.next, order: 'oldest', limit: 1_000 },
      );
      expect(seqs(rest.entries)).toEqual(Array.from({ length: 102 }, (_, i) => 1_001 + i));
      await log.close();
      await expectIntact(place.location, { acme: 1_102 });
    });

    it('tells the history of a record, and which writes no proposal explains', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', [...LIFE, UNEXPLAINED, ...BULK]);
      const views = await viewsOf(place);
      const history = await allPages((cursor) => views.record('acme', contact, { cursor, limit: 4 }));
      expect(seqs(history)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16]);
      const changes = history.flatMap(({ seq, change }) =>
        change === undefined ? [] : [{ seq, ...change }],
      );
      expect(changes).toEqual([
        expect.objectContaining({ seq: 7, proposal: 'p-1', unexplained: false }),
        {
          seq: 9,
          target: contact,
          fields: ['phone'],
          before: { phone: '+44 20 7946 0113' },
          after: { phone: '2' },
          unexplained: true,
        },
      ]);
      const newest = await views.record('acme', contact, { order: 'newest', limit: 1 });
      expect(seqs(newest.entries)).toEqual([16]);
      await log.close();
      await expectIntact(place.location, { acme: 16 });
    });

    it('lays an incident out by trace and by conversation, with what was approved on little confidence', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', [...LIFE, ...BULK]);
      const views = await viewsOf(place);
      const { entries, proposals, scanned } = await views.incident('acme', { trace: 't-2' });
      expect(entries.map(({ seq, proposal }) => [seq, proposal])).toEqual([
        [9, 'q-1'],
        [10, 'q-2'],
        [11, 'q-3'],
        [13, 'q-1'],
        [14, 'q-2'],
        [15, 'q-3'],
      ]);
      expect(scanned).toBe(6);
      expect(Object.values(proposals).map((one) => one.low_confidence_bulk)).toEqual([true, true, false]);
      expect(proposals['q-1']).toEqual({
        status: 'approved',
        agent,
        action: 'update_contact',
        rationale: 'The signature of her mail has a new number.',
        confidence: 0.2,
        outcome: 'approved',
        approver: tom,
        mode: 'bulk',
        batch: 'b-1',
        batch_size: 3,
        low_confidence_bulk: true,
      });
      const pages = await allPages((cursor) =>
        views.incident('acme', { conversation: 'k-1' }, { cursor, limit: 4 }),
      );
      expect(seqs(pages)).toEqual([9, 10, 11, 13, 14, 15]);
      const edited = (await views.incident('acme', { trace: 't-1' })).proposals;
      expect(edited['p-1']).toMatchObject({ outcome: 'edited', approver: sarah, low_confidence_bulk: false });
      await log.close();
      await expectIntact(place.location, { acme: 15 });
    });

    it('shows what is left when sealed values were destroyed', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', [...LIFE, ...BULK]);
      const tables = await raw(place);
      // One value of the proposal is gone, and everything of the decision and of the write.
      const [, created] = await tables.rows('entries', 'acme');
      const { 'args.personal': _, ...rest } = JSON.parse(String(created?.['openings']));
      await tables.set('entries', { tenant: 'acme', seq: 1 }, { openings: JSON.stringify(rest) });
      for (const seq of [4, 7, 9]) await tables.set('entries', { tenant: 'acme', seq }, { openings: '{}' });
      const views = await viewsOf(place);
      const view = await views.proposal('acme', 'p-1');
      expect(view).toMatchObject({ status: 'executed', rationale: expect.any(String), decision: { seq: 4 } });
      for (const gone of ['args']) expect(view).not.toHaveProperty(gone);
      for (const gone of ['patch', 'before', 'after', 'reason'])
        expect(view?.decision).not.toHaveProperty(gone);
      expect(view?.entries[0]?.missing).toEqual(['args.personal']);
      expect(view?.entries[0]?.values['args']).toEqual({ note: 'new' });
      expect(view?.entries[3]?.missing).toEqual([
        'final_args',
        'final_args.personal',
        'patch',
        'patch.personal',
        'reason',
      ]);
      const { entries } = await views.record('acme', contact);
      expect(entries.find(({ seq }) => seq === 7)?.change).toEqual({
        target: contact,
        fields: ['phone', 'note'],
        proposal: 'p-1',
        unexplained: false,
      });
      const incident = await views.incident('acme', { trace: 't-2' });
      expect(incident.proposals['q-1']).not.toHaveProperty('rationale');
      expect((await views.coaching('acme')).total.proposals).toBe(4);
      await log.close();
      // Nothing accounts for these values, and that is all that is wrong.
      const report = (await reports(place.location)).get('acme');
      expect(new Set(report?.findings.map(({ code }) => code))).toEqual(new Set(['opening_missing']));
    });
  });
}
