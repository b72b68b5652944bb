import { Log } from '@sealtrail/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewPlace } from '../../support/places.ts';
import { expectIntact } from '../../support/verified.ts';
import { allPages, seqs, viewsOf } from '../helpers.ts';
import { matching, readLog, statesOf } from '../naive.ts';
import { PROPOSALS, randomFilter, randomLog } from '../random-log.ts';

/** Whatever is in a log and whatever is asked, the answer is what looking at every entry gives. */
export function property(newPlace: NewPlace, numRuns: number): void {
  describe('random logs and filters', () => {
    it('gives what a look at every entry gives, in both orders and on pages of any size', async () => {
      const place = await newPlace();
      const log = new Log(await place.open());
      const views = await viewsOf(place);
      let run = 0;
      const counts: Record<string, number> = {};
      await fc.assert(
        fc.asyncProperty(
          randomLog({ minLength: 40, maxLength: 150 }),
          fc.infiniteStream(fc.nat()),
          async (drafts, numbers) => {
            const tenant = `t-${run++}`;
            const half = Math.ceil(drafts.length / 2);
            const append = (some: typeof drafts) => log.appendAll(tenant, some);
            await append(drafts.slice(0, half));
            // The rest comes to an index that is there already.
            await views.entries(tenant);
            await append(drafts.slice(half));
            counts[tenant] = drafts.length;
            const entries = await readLog(place.location, tenant);
            const times = entries.map(({ entry }) => entry.time);
            const filters = fc.sample(randomFilter(times), { numRuns: 30, seed: numbers.next().value });
            for (const filter of [...filters, {}]) {
              const want = matching(entries, filter);
              const limit = 1 + (Number(numbers.next().value) % 20);
              const ask = (order: 'newest' | 'oldest') =>
                allPages((cursor) => views.entries(tenant, filter, { cursor, limit, order }));
              expect(seqs(await ask('oldest'))).toEqual(want);
              expect(seqs(await ask('newest'))).toEqual(want.toReversed());
            }
            const states = new Map(statesOf(entries).map((state) => [state.proposal, state]));
            for (const proposal of PROPOSALS) {
              const view = await views.proposal(tenant, proposal);
              expect(view?.status).toBe(states.get(proposal)?.status);
              if (view !== undefined) expect(seqs(view.entries)).toEqual(matching(entries, { proposal }));
            }
          },
        ),
        { numRuns },
      );
      await log.close();
      await expectIntact(place.location, counts);
    });
  });
}
