import { isSealtrailError } from '@sealtrail/format';
import { anchorTenant, Log, type Store } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { draft, drafts } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace, Place } from '../../support/places.ts';
import { type Raw, raw } from '../../support/raw.ts';
import { rehash } from '../../support/rehash.ts';
import { expectIntact, reports } from '../../support/verified.ts';

const TENANT = 'acme';

/** Entries 0 to 20: two anchors over 0 to 15, then five entries that are not anchored. */
async function anchored(place: Place): Promise<Store> {
  const store = await place.open();
  const log = new Log(store);
  await log.appendAll(TENANT, drafts('e', 15));
  await anchorTenant(store, TENANT, { maxSegment: 8 });
  await log.appendAll(TENANT, drafts('tail', 5));
  await log.append('beta', draft('e-1'));
  await log.close();
  return store;
}

/** What anchoring says to a broken log: the code of its error, and the first finding. */
async function refusal(run: Promise<unknown>): Promise<readonly unknown[]> {
  try {
    await run;
    return ['anchored'];
  } catch (error) {
    if (!isSealtrailError(error)) throw error;
    const [first] = (error.detail['findings'] ?? []) as { code: string; position: number | null }[];
    return first === undefined ? [error.code] : [error.code, first.code, first.position];
  }
}

type Case = readonly [what: string, change: (raw: Raw) => Promise<void>, wanted: readonly unknown[]];

const BROKEN: readonly Case[] = [
  [
    'an entry changed after the last anchor',
    (raw) => raw.set('entries', { tenant: TENANT, seq: 18 }, { type: 'proposal.approved' }),
    ['segment_broken', 'column_mismatch', 18],
  ],
  [
    'an entry changed and re-hashed after the last anchor',
    (raw) => rehash(raw, TENANT, 18, { data: {} }, { upTo: 18 }),
    ['segment_broken', 'link_mismatch', 18],
  ],
  [
    'an entry changed at the last anchored position',
    (raw) => raw.set('entries', { tenant: TENANT, seq: 15 }, { hash: 'f'.repeat(64) }),
    ['segment_broken', 'hash_mismatch', 15],
  ],
  [
    'everything rewritten and re-hashed from the last anchored position on, the head too',
    (raw) => rehash(raw, TENANT, 15, { data: {} }, { head: true }),
    ['segment_broken', 'trusted_mismatch', 15],
  ],
  [
    'everything rewritten and re-hashed from before it on, the head too',
    (raw) => rehash(raw, TENANT, 3, { data: {} }, { head: true }),
    ['segment_broken', 'trusted_mismatch', 15],
  ],
  [
    'an entry deleted after the last anchor',
    (raw) => raw.remove('entries', { tenant: TENANT, seq: 17 }),
    ['segment_broken', 'gap', 17],
  ],
  [
    'the entry deleted at the last anchored position',
    (raw) => raw.remove('entries', { tenant: TENANT, seq: 15 }),
    ['segment_broken', 'gap', 15],
  ],
  [
    'a sealed value changed after the last anchor',
    (raw) => raw.set('entries', { tenant: TENANT, seq: 19 }, { openings: '{' }),
    ['segment_broken', 'opening_malformed', 19],
  ],
  [
    'the last anchor changed',
    (raw) => raw.set('anchors', { tenant: TENANT, number: 1 }, { to_seq: 14 }),
    ['segment_broken', 'column_mismatch', 8],
  ],
  [
    'the last anchor deleted',
    (raw) => raw.remove('anchors', { tenant: TENANT, number: 1 }),
    ['segment_broken', 'anchor_missing', 8],
  ],
  [
    'every anchor deleted',
    async (raw) => {
      await raw.remove('anchors', { tenant: TENANT, number: 0 });
      await raw.remove('anchors', { tenant: TENANT, number: 1 });
    },
    ['segment_broken', 'anchor_missing', 0],
  ],
  [
    'the head naming another last anchor',
    (raw) => raw.set('heads', { tenant: TENANT }, { anchor_hash: '0'.repeat(64) }),
    ['segment_broken', 'head_mismatch', null],
  ],
];

/** Where the end of the log is not what the head says, nothing more is built on it. */
const CUT: readonly Case[] = [
  [
    'the newest entry deleted',
    (raw) => raw.remove('entries', { tenant: TENANT, seq: 20 }),
    ['truncated', 20],
  ],
  [
    'the newest entries deleted',
    async (raw) => {
      for (const seq of [18, 19, 20]) await raw.remove('entries', { tenant: TENANT, seq });
    },
    ['truncated', 18],
  ],
  [
    'the newest entry exchanged for another one',
    (raw) => rehash(raw, TENANT, 20, { data: {} }, {}),
    ['head_mismatch', 20],
  ],
  [
    'the head naming an entry that never was',
    (raw) => raw.set('heads', { tenant: TENANT }, { seq: 21 }),
    ['truncated', 21],
  ],
  ['the head deleted', (raw) => raw.remove('heads', { tenant: TENANT }), ['head_missing', null]],
];

/** What says which logs there are is never written anew over what is left of one. */
const UNREGISTERED: readonly (readonly [what: string, tables: readonly ('tenants' | 'heads')[]])[] = [
  ['its line in the registry', ['tenants']],
  ['its line in the registry and its head', ['tenants', 'heads']],
];

/** A broken log is neither anchored nor continued. */
export function refusing(newPlace: NewPlace): void {
  describe('a broken log', () => {
    it.each(BROKEN)('is not anchored, and the fault is named: %s', async (_, change, wanted) => {
      const place = await newPlace();
      const store = await anchored(place);
      const hand = await raw(place);
      await change(hand);
      const before = await hand.rows('anchors', TENANT);
      expect(await refusal(anchorTenant(store, TENANT, { maxSegment: 4 }))).toEqual(wanted);
      expect(await hand.rows('anchors', TENANT)).toEqual(before);
      expect((await reports(place.location)).get(TENANT)?.status).toBe('broken');
      expect(await anchorTenant(store, 'beta')).toMatchObject({ anchors: 1 });
    });

    it.each(CUT)(
      'is not continued when its end is not where the head says: %s',
      async (_, change, [code, position]) => {
        const place = await newPlace();
        const store = await anchored(place);
        const hand = await raw(place);
        await change(hand);
        const before = await hand.rows('entries', TENANT);
        const other = await place.open();
        for (const log of [new Log(store), new Log(other)]) {
          expect(await outcome(log.append(TENANT, draft('next')))).toBe('log_broken');
          await log.append('beta', draft('e-1'));
          await log.close();
        }
        expect(await refusal(anchorTenant(store, TENANT))).toEqual(['log_broken']);
        expect(await hand.rows('entries', TENANT)).toEqual(before);
        const report = (await reports(place.location)).get(TENANT);
        expect([report?.findings.map((one) => one.code), report?.position]).toEqual([[code], position]);
      },
    );

    it.each(UNREGISTERED)('is not registered again when somebody deleted %s', async (_, tables) => {
      const place = await newPlace();
      await anchored(place);
      const hand = await raw(place);
      for (const table of tables) await hand.remove(table, { tenant: TENANT });
      const all = () =>
        Promise.all((['tenants', 'heads', 'entries'] as const).map((table) => hand.rows(table, TENANT)));
      const before = await all();
      const log = new Log(await place.open());
      expect(await outcome(log.append(TENANT, draft('next')))).toBe('log_broken');
      await log.append('beta', draft('e-1'));
      await log.close();
      expect(await all()).toEqual(before);
      const report = (await reports(place.location)).get(TENANT);
      expect(report?.findings.map((one) => one.code)).toContain('tenant_unregistered');
    });

    it('is anchored again when what was changed is put back', async () => {
      const place = await newPlace();
      const store = await anchored(place);
      const hand = await raw(place);
      await hand.set('entries', { tenant: TENANT, seq: 18 }, { type: 'proposal.approved' });
      expect(await refusal(anchorTenant(store, TENANT))).toContain('segment_broken');
      await hand.set('entries', { tenant: TENANT, seq: 18 }, { type: 'proposal.created' });
      expect(await anchorTenant(store, TENANT)).toMatchObject({ anchors: 1, through: 20 });
      await expectIntact(place.location, { [TENANT]: 20, beta: 1 });
    });
  });
}
