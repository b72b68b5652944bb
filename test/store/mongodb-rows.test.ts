import { erase, Log } from '@sealtrail/store';
import { BSON } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { newMongodbPlace } from '../support/places.ts';
import { type Raw, raw } from '../support/raw.ts';
import { expectIntact } from '../support/verified.ts';

const url = inject('mongodbUrl');
const TENANT = 'acme';
const LAST = { tenant: TENANT, seq: 5 };

/** What a document may hold that is no row, whoever wrote it. */
const ODD: readonly (readonly [what: string, change: (raw: Raw) => Promise<void>])[] = [
  ['no openings', (hand) => hand.unset('entries', LAST, 'openings')],
  ['openings that are none', (hand) => hand.set('entries', LAST, { openings: [{ toString: 1 }] })],
  ['a list of texts', (hand) => hand.set('entries', LAST, { entry: ['{}'] })],
  ['an id that is in a list', (hand) => hand.set('entries', LAST, { id: ['e-4'] })],
  [
    'a hash that is bytes',
    (hand) => hand.set('entries', LAST, { hash: new BSON.Binary(new Uint8Array(32)) }),
  ],
];

/** What its end may be, which the next entry would be linked to. */
const ENDS: readonly (readonly [what: string, changes: Record<string, unknown>])[] = [
  ['a position that is no number', { seq: [{ toString: 1 }] }],
  ['a position without an end', { seq: Number.POSITIVE_INFINITY }],
  ['a time that is no text', { seq: 6, time: { toString: 1 } }],
  ['a hash that is none', { seq: 6, hash: 'f' }],
];

describe.skipIf(url === undefined)('a document of MongoDB that is no row', () => {
  const newPlace = newMongodbPlace(url ?? '');
  const open = async () => {
    const place = await newPlace();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll(TENANT, drafts('e', 5));
    await log.close();
    return { place, store, hand: await raw(place) };
  };

  it.each(ODD)('is log_broken to whoever is given it: %s', async (_, change) => {
    const { place, store, hand } = await open();
    const [before] = (await hand.rows('entries', TENANT)).slice(-1);
    await change(hand);
    expect(await outcome(store.readAt(TENANT, [5]))).toBe('log_broken');
    expect(await outcome(store.findById(TENANT, 'e-4'))).toBe('log_broken');
    const by = { type: 'user', id: 'u-1', auth_method: 'sso' } as const;
    const request = { about: 'record', target: { type: 'deal', id: 'd-77' }, basis: 'other', by } as const;
    expect(await outcome(erase(store, TENANT, request))).toBe('log_broken');
    await hand.set('entries', LAST, before ?? {});
    await expectIntact(place.location, { [TENANT]: 5 });
  });

  it.each(ENDS)('is not what an entry is linked to: %s', async (_, changes) => {
    const { place, store, hand } = await open();
    const [before] = (await hand.rows('entries', TENANT)).slice(-1);
    await hand.remove('entries', LAST);
    await hand.insert('entries', { ...before, ...changes });
    const log = new Log(store);
    expect(await outcome(log.append(TENANT, draft('next')))).toBe('log_broken');
    await log.append('beta', draft('e-1'));
    await log.close();
    await hand.remove('entries', { tenant: TENANT, seq: changes['seq'] as number });
    await hand.insert('entries', before ?? {});
    await expectIntact(place.location, { [TENANT]: 5, beta: 1 });
  });
});
