import type { Entry } from '@sealtrail/format';
import { openSealtrail, type Trail } from '@sealtrail/sdk';
import { anchorTenant } from '@sealtrail/store';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewPlace } from '../../support/places.ts';
import { agent, ben, sarah, TENANT, updateContact, verifiedEntries } from './world.ts';

const PROPOSALS = 6;
const id = (which: number) => `p-${which}`;
const PEOPLE = [sarah, ben];

type Act = {
  readonly do: 'approve' | 'reject' | 'edit' | 'execute' | 'supersede' | 'many';
  readonly which: number;
};
const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom(
    'approve' as const,
    'reject' as const,
    'edit' as const,
    'execute' as const,
    'supersede' as const,
    'many' as const,
  ),
  which: fc.nat(PROPOSALS - 1),
});

interface Done extends Act {
  readonly by: string;
  readonly outcome: string;
}

async function perform(trail: Trail, { do: what, which }: Act, worker: number, at: number): Promise<string> {
  const by = PEOPLE[worker % 2] as typeof sarah;
  const click = { by, click: `w${worker}-${at}` };
  const calls: Record<Act['do'], () => Promise<unknown>> = {
    approve: () => trail.approve(id(which), click),
    reject: () => trail.reject(id(which), click),
    edit: () =>
      trail.approveEdited(updateContact, id(which), { ...click, input: { id: 'c-1', stage: click.click } }),
    execute: () => trail.execute(updateContact, id(which), ({ stage }) => stage),
    supersede: () => trail.supersede(id(which), id((which + 1) % PROPOSALS)),
    many: () =>
      trail.decideMany([id(which), id((which + 1) % PROPOSALS)], {
        by,
        decision: 'approved',
        batch: `b-${click.click}`,
      }),
  };
  return calls[what]().then(
    () => 'ok',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

/** What must hold of a log, whoever wrote it in whatever order: read from the entries alone. */
function expectLawful(entries: readonly Entry[], done: readonly Done[]): void {
  for (let which = 0; which < PROPOSALS; which++) {
    const own = entries.filter(({ data }) => data['proposal'] === id(which));
    const of = (...types: string[]) => own.filter(({ type }) => types.includes(type));
    const ends = of(
      'decision.approved',
      'decision.edited_approved',
      'decision.rejected',
      'proposal.superseded',
    );
    expect(ends.length).toBeLessThanOrEqual(1);
    const [end] = ends;
    for (const stale of of('decision.stale'))
      expect(stale.seq).toBeGreaterThan(end?.seq ?? Number.POSITIVE_INFINITY);
    const started = of('execution.started');
    expect(started.length).toBeLessThanOrEqual(1);
    expect(of('execution.executed').length).toBe(started.length);
    if (started.length > 0) {
      expect(end?.type).toMatch(/approved$/);
      expect(end?.seq).toBeLessThan((started[0] as Entry).seq);
    }
    for (const refused of of('execution.not_executed')) {
      // Refused for a reason that the log knew of then.
      const approvedBefore = end?.type.endsWith('approved') && end.seq < refused.seq;
      const stillPending = refused.data['reason'] === 'pending';
      expect(approvedBefore === true && !stillPending).toBe(false);
    }
    const single = done.filter((one) => one.which === which && one.outcome === 'ok');
    const count = (what: Act['do']) => single.filter((one) => one.do === what).length;
    expect(count('execute')).toBe(started.length);
    if (end?.type === 'decision.edited_approved') expect(count('edit')).toBe(1);
    if (end?.type === 'decision.rejected') expect(count('reject')).toBe(1);
    if (end?.type === 'decision.approved' && end.data['mode'] === 'individual')
      expect(count('approve')).toBe(1);
    expect(count('edit') + count('reject') + count('approve')).toBeLessThanOrEqual(1);
  }
}

/** Several processes work on the same proposals at the same time. */
export function together(newPlace: NewPlace, numRuns: number): void {
  describe('processes that decide and execute at the same time', () => {
    it('write a log that obeys the rules, and every caller was told what the log says', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(act, { maxLength: 12 }), { minLength: 2, maxLength: 4 }),
          async (plans) => {
            const place = await newPlace();
            const trails = await Promise.all(
              plans.map(async () => {
                const sealtrail = await openSealtrail({ store: await place.open() });
                onTestFinished(() => sealtrail.close());
                return sealtrail.trail(TENANT);
              }),
            );
            for (let which = 0; which < PROPOSALS; which++) {
              const said = {
                id: id(which),
                agent,
                input: { id: 'c-1', stage: 'won' },
                rationale: null,
                confidence: null,
              };
              await (trails[0] as Trail).propose(updateContact, said);
            }
            const done: Done[] = [];
            await Promise.all(
              plans.map(async (plan, worker) => {
                for (const [at, one] of plan.entries()) {
                  const outcome = await perform(trails[worker] as Trail, one, worker, at);
                  done.push({ ...one, by: (PEOPLE[worker % 2] as typeof sarah).id, outcome });
                }
              }),
            );
            const codes = ['ok', 'decision_stale', 'not_approved', 'already_executed'];
            expect(done.filter(({ outcome }) => !codes.includes(outcome))).toEqual([]);
            const store = await place.open();
            await anchorTenant(store, TENANT);
            expectLawful(await verifiedEntries(place.location), done);
          },
        ),
        { numRuns },
      );
    });
  });
}
