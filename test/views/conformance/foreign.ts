import { executionExecuted, executionStarted } from '@sealtrail/events';
import { Log } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { draft } from '../../support/drafts.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';
import { rawIndex, seqs, viewsOf } from '../helpers.ts';
import { approved, proposed } from '../story.ts';

const ODD: readonly unknown[] = [
  null,
  true,
  -1e300,
  '',
  'x'.repeat(4_000),
  '\u0000\u001f',
  [],
  [[null], { a: 1 }],
  { toString: 'x', __proto__: null, constructor: 1 },
];
const MEMBERS = [
  'proposal',
  'action',
  'confidence',
  'confidence_source',
  'approval',
  'expires_at',
  'conversation_id',
  'trace_id',
  'mode',
  'batch',
  'batch_size',
  'edited_fields',
  'fields',
  'decision',
  'reason',
];

/** Entries of other writers: nothing about their data can be taken for granted. */
export function foreign(newPlace: NewPlace): void {
  describe('foreign entries', () => {
    it('are found and shown, whatever their data holds', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const types = [
        'proposal.created',
        'proposal.presented',
        'decision.edited_approved',
        'record.changed',
        'some.other_thing',
      ];
      const drafts = ODD.flatMap((value, i) =>
        types.map((type, j) =>
          draft(j < 3 && i % 2 === 0 ? `p-${i}:${['created', 'shown', 'decision'][j]}` : `o-${i}-${j}`, {
            type,
            data: Object.fromEntries(MEMBERS.map((name) => [name, value])) as Record<string, never>,
            targets: j === 3 ? [] : [{ type: 'deal', id: `d/${i}:${j}` }],
            sealed: { patch: 'no patch', args: null, before: 1, after: [] },
          }),
        ),
      );
      await log.appendAll('acme', [...drafts, proposed('p-1'), approved('p-1')]);
      const views = await viewsOf(place);
      const all = await views.entries('acme', {}, { limit: 1_000 });
      expect(all.entries).toHaveLength(drafts.length + 3);
      for (const type of types) {
        const want = drafts.filter((one) => one.type === type).length + (type === 'proposal.created' ? 1 : 0);
        expect((await views.entries('acme', { type })).entries).toHaveLength(want);
      }
      const first = { type: 'deal', id: 'd/0:0' };
      expect(seqs((await views.record('acme', first)).entries)).toEqual([1]);
      for (const i of ODD.keys()) {
        const view = await views.proposal('acme', `p-${i}`);
        expect(view?.status).toBe(i === 1 ? 'approved' : i % 2 === 0 ? 'approved' : undefined);
      }
      // Nothing is kept as a key that nobody can ask for.
      expect(await (await rawIndex(place)).dump()).not.toMatch(/(action|mode|batch|trace):x{300}/);
      // Numbers are the only odd values that are a confidence.
      expect((await views.entries('acme', { confidence: { max: -1 } })).entries).toHaveLength(types.length);
      const coaching = await views.coaching('acme');
      expect(coaching.total).toMatchObject({ proposals: 6, approved: 1, edited: 5 });
      expect(coaching.without_confidence.proposals).toBe(5);
      const found: string[] = [];
      for await (const { proposal } of views.due(Date.now())) found.push(proposal);
      expect(found).toEqual([]);
      await log.close();
      await expectIntact(place.location, { acme: drafts.length + 2 });
    });

    it('decide nothing under types that are not known, and nothing before there is a proposal', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const unknown = draft('p-1:decision', { type: 'decision.postponed', data: { proposal: 'p-1' } });
      await log.appendAll('acme', [approved('p-2'), unknown, proposed('p-1'), proposed('p-2')]);
      const views = await viewsOf(place);
      expect((await views.proposal('acme', 'p-1'))?.status).toBe('pending');
      expect((await views.proposal('acme', 'p-2'))?.status).toBe('pending');
      expect((await views.coaching('acme')).total).toMatchObject({ proposals: 2, pending: 2, approved: 0 });
      // What an entry is found by does not change once it is in the log.
      expect(seqs((await views.entries('acme', { trace: 't-1' })).entries)).toEqual([4, 3]);
      await log.close();
      await expectIntact(place.location, { acme: 4 });
    });

    it('and entries that name another proposal’s entry by its hash decide nothing', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const [one, two] = await log.appendAll('acme', [proposed('p-1'), proposed('p-2')]);
      const by = { actor: { type: 'system', id: 's' }, action: 'update_contact' } as const;
      const begun = (proposal: string, allowed_by: string) =>
        executionStarted({ ...by, targets: [], proposal, allowed_by, attempt: 'a-1' });
      const ended = (proposal: string, allowed_by: string) =>
        executionExecuted({ ...by, targets: [], proposal, allowed_by, approval: 'decided' });
      const hashes = { mine: one?.hash as string, others: two?.hash as string };
      await log.append('acme', approved('p-1', { proposal_hash: hashes.others }));
      await log.appendAll('acme', [begun('p-1', hashes.others), ended('p-1', hashes.others)]);
      const decided = await log.append('acme', approved('p-2', { proposal_hash: hashes.others }));
      await log.append('acme', begun('p-2', decided.hash));
      const views = await viewsOf(place);
      const statusOf = async (id: string) => (await views.proposal('acme', id))?.status;
      expect([await statusOf('p-1'), await statusOf('p-2')]).toEqual(['pending', 'executing']);
      expect((await views.coaching('acme')).total).toMatchObject({ proposals: 2, pending: 1, executing: 1 });
      await log.append('acme', ended('p-2', decided.hash));
      expect(await statusOf('p-2')).toBe('executed');
      expect((await views.coaching('acme')).total).toMatchObject({ pending: 1, executed: 1, executing: 0 });
      await log.close();
      await expectIntact(place.location, { acme: 8 });
    });

    it('keep apart what looks alike', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.appendAll('acme', [
        draft('e-1', { targets: [{ type: 'a', id: 'b/c' }], data: { trace_id: 'x:y', action: 'type:x' } }),
        draft('e-2', { targets: [{ type: 'a', id: 'b:c' }], data: { trace_id: 'x', action: 'y' } }),
        draft('e-3', { actor: { type: 'user', id: 'agent/x' }, data: { conversation_id: 'x:y' } }),
        draft('e-4', { actor: { type: 'agent', id: 'user/x' }, data: { batch: 'with:confidence' } }),
      ]);
      const views = await viewsOf(place);
      const find = async (filter: Parameters<typeof views.entries>[1]) =>
        seqs((await views.entries('acme', filter)).entries);
      expect(await find({ record: { type: 'a', id: 'b/c' } })).toEqual([1]);
      expect(await find({ record: { type: 'a', id: 'b:c' } })).toEqual([2]);
      expect(await find({ trace: 'x:y' })).toEqual([1]);
      expect(await find({ trace: 'x' })).toEqual([2]);
      expect(await find({ conversation: 'x:y' })).toEqual([3]);
      expect(await find({ actor: { type: 'user', id: 'agent/x' } })).toEqual([3]);
      expect(await find({ agent: 'user/x' })).toEqual([4]);
      expect(await find({ confidence: {} })).toEqual([]);
      await log.close();
      await expectIntact(place.location, { acme: 4 });
    });
  });
}
