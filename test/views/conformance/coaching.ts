import { factsOf, type ProposalState } from '@sealtrail/events';
import { isReference } from '@sealtrail/format';
import { Log } from '@sealtrail/store';
import type { CoachingQuery, Counts } from '@sealtrail/views';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draft } from '../../support/drafts.ts';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';
import { viewsOf } from '../helpers.ts';
import { endOf, readLog, statesOf } from '../naive.ts';
import { randomLog } from '../random-log.ts';
import { approved, BULK, LIFE, proposed } from '../story.ts';

const ENDS = ['approved', 'edited', 'rejected', 'auto_approved', 'auto_denied', 'expired', 'superseded'];

const personOf = ({ decision }: ProposalState) =>
  decision?.entry.actor.type === 'user' ? decision.entry.actor.id : undefined;
const decidedInTime = (state: ProposalState) =>
  personOf(state) !== undefined && ['approved', 'edited', 'rejected'].includes(endOf(state) ?? '');
const actionOf = ({ created }: ProposalState) => factsOf(created.entry).action;
const agentOf = ({ created: { entry } }: ProposalState) =>
  entry.actor.type === 'agent' ? entry.actor.id : undefined;

/** Counted one by one. */
function counted(states: readonly ProposalState[]): Counts {
  const number = (which: (state: ProposalState) => boolean) => states.filter(which).length;
  const ends = Object.fromEntries(ENDS.map((end) => [end, number((state) => endOf(state) === end)]));
  const hasEnd = (state: ProposalState) => ENDS.includes(endOf(state) ?? '');
  const byPerson = number(decidedInTime);
  const bulk = number(
    (state) =>
      decidedInTime(state) && state.decision !== undefined && factsOf(state.decision.entry).mode === 'bulk',
  );
  return {
    ...ends,
    proposals: states.length,
    pending: number((state) => state.status === 'pending'),
    without_decision: number((state) => !hasEnd(state) && state.status !== 'pending'),
    decided_by_person: byPerson,
    bulk,
    bulk_share: byPerson === 0 ? null : bulk / byPerson,
    executing: number(({ status }) => status === 'executing'),
    executed: number(({ status }) => status === 'executed'),
    failed: number(({ status }) => status === 'failed'),
  } as Counts;
}

function grouped(states: readonly ProposalState[], by: (state: ProposalState) => string | undefined) {
  const values = [...new Set(states.map(by))].filter((value) => value !== undefined);
  return values
    .map((value) => ({ value, counts: counted(states.filter((state) => by(state) === value)) }))
    .sort((a, b) => b.counts.proposals - a.counts.proposals || (a.value < b.value ? -1 : 1));
}

/** Numbers of proposals, and of what became of them. */
export function coaching(newPlace: NewPlace, numRuns: number): void {
  describe('coaching', () => {
    it('counts what counting one by one gives, for any log and any part of it', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const views = await viewsOf(place);
      let run = 0;
      const lengths: Record<string, number> = {};
      await fc.assert(
        fc.asyncProperty(randomLog({ minLength: 20, maxLength: 120 }), async (drafts) => {
          const tenant = `t-${run++}`;
          await log.appendAll(tenant, drafts.slice(0, 30));
          await log.appendAll(tenant, drafts.slice(30));
          lengths[tenant] = drafts.length;
          const entries = await readLog(place.location, tenant);
          const states = statesOf(entries);
          const middle = entries[Math.floor(entries.length / 2)]?.entry.time ?? '';
          const questions: [CoachingQuery, (state: ProposalState) => boolean][] = [
            [{}, () => true],
            [{ since: middle }, ({ created }) => created.entry.time >= middle],
            [{ until: middle }, ({ created }) => created.entry.time < middle],
            [{ agent: 'a:b' }, (state) => agentOf(state) === 'a:b'],
            [{ action: 'send mail' }, (state) => actionOf(state) === 'send mail'],
            [{ person: 'u-17' }, (state) => personOf(state) === 'u-17'],
          ];
          for (const [question, which] of questions) {
            const got = await views.coaching(tenant, question);
            const want = states.filter(which);
            const unnamed = want.filter(
              (state) => actionOf(state) !== undefined && !isReference(actionOf(state)),
            );
            expect(got.total).toEqual(counted(want));
            expect(got.by_agent).toEqual({ groups: grouped(want, agentOf) });
            expect(got.by_action).toEqual({
              groups: grouped(want, (state) => (isReference(actionOf(state)) ? actionOf(state) : undefined)),
              ...(unnamed.length === 0 ? {} : { others: counted(unnamed) }),
            });
            expect(got.by_person).toEqual({ groups: grouped(want.filter(decidedInTime), personOf) });
            const confidence = ({ created }: ProposalState) => factsOf(created.entry).confidence ?? -1;
            const tenth = (state: ProposalState) => Math.min(9, Math.floor(confidence(state) * 10));
            for (const [i, bucket] of got.confidence.entries())
              expect(bucket.counts).toEqual(
                counted(want.filter((state) => confidence(state) <= 1 && tenth(state) === i)),
              );
            expect(got.without_confidence).toEqual(
              counted(want.filter((state) => confidence(state) < 0 || confidence(state) > 1)),
            );
            const edits = want
              .filter((state) => decidedInTime(state) && endOf(state) === 'edited')
              .flatMap(({ decision }) => [...new Set(decision && factsOf(decision.entry).edited_fields)]);
            expect(Object.fromEntries(got.edited_fields.map(({ field, count }) => [field, count]))).toEqual(
              Object.fromEntries(
                [...new Set(edits)].map((field) => [field, edits.filter((one) => one === field).length]),
              ),
            );
            expect(got.time_to_decision.count).toBe(want.filter(decidedInTime).length);
          }
        }),
        { numRuns },
      );
      await log.close();
      await expectIntact(place.location, lengths);
    });

    it('measures how long decisions took, from the proposal and from its showing', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      await log.append('acme', LIFE[0] as (typeof LIFE)[0]);
      await new Promise((resume) => setTimeout(resume, 60));
      await log.append('acme', LIFE[1] as (typeof LIFE)[0]);
      await new Promise((resume) => setTimeout(resume, 30));
      // Shown once more, right before the decision: the first time counts.
      const again = { ...(LIFE[1] as (typeof LIFE)[0]), id: 'p-1:presented:s-2' };
      await log.appendAll('acme', [again, ...LIFE.slice(3), ...BULK]);
      const entries = await readLog(place.location, 'acme');
      const between = (from: number, to: number) =>
        Date.parse(entries[to]?.entry.time ?? '') - Date.parse(entries[from]?.entry.time ?? '');
      const got = await (await viewsOf(place)).coaching('acme');
      expect(got.time_to_decision.count).toBe(4);
      expect(got.time_from_showing.count).toBe(1);
      const { p90_ms, precision } = got.time_to_decision;
      expect(Math.abs((p90_ms ?? 0) - between(1, 4))).toBeLessThanOrEqual(between(1, 4) * precision + 1);
      const shown = got.time_from_showing.median_ms ?? 0;
      expect(Math.abs(shown - between(2, 4))).toBeLessThanOrEqual(between(2, 4) * precision + 1);
      expect(got.total).toMatchObject({ bulk: 3, decided_by_person: 4, bulk_share: 0.75 });
      await log.close();
      await expectIntact(place.location, { acme: 15 });
    });

    it('takes values beyond the first 1,000 together', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const many = Array.from({ length: 1_203 }, (_, i) => proposed(`p-${i}`, { action: `action-${i}` }));
      for (let at = 0; at < many.length; at += 400) await log.appendAll('acme', many.slice(at, at + 400));
      await log.appendAll('acme', [
        draft('p-1:decision', {
          type: 'decision.edited_approved',
          actor: { type: 'user', id: 'u-1' },
          data: { proposal: 'p-1', edited_fields: Array.from({ length: 1_004 }, (_, i) => `field-${i}`) },
        }),
        approved('p-2'),
      ]);
      const got = await (await viewsOf(place)).coaching('acme');
      expect(got.total).toMatchObject({ proposals: 1_203, approved: 1, edited: 1, pending: 1_201 });
      expect(got.by_action.groups).toHaveLength(1_000);
      expect(got.by_action.others).toMatchObject({ proposals: 203, pending: 203 });
      expect(got.edited_fields).toHaveLength(1_000);
      expect(got.edited_fields_others).toBe(4);
      await log.close();
      await expectIntact(place.location, { acme: 1_205 });
    });
  });
}
