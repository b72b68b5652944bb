import { anchorTenant, Log, sealTenants } from '@sealtrail/store';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { newMongodbPlace } from '../support/places.ts';
import { reports } from '../support/verified.ts';

const url = inject('mongodbUrl');
/** What an object says of how it becomes a text or a number is stored as well, and need not be a function. */
const UNSPEAKABLE = { toString: 1, valueOf: 1 };

/** Where such a value may stand: in a row that is added, or in one that is there. */
const PLACES: readonly (readonly [collection: string, document: object, change: object | undefined])[] = [
  ['tenants', { _id: UNSPEAKABLE, time: 'x', genesis: 'x' }, undefined],
  ['heads', { _id: UNSPEAKABLE, seq: 0 }, undefined],
  ['entries', { _id: 'x', tenant: ['acme', UNSPEAKABLE], seq: 99, id: 'x' }, undefined],
  ['anchors', { tenant: 'acme', number: 1 }, { number: UNSPEAKABLE }],
  ['anchors', { tenant: 'acme', number: 1 }, { tenant: ['acme', UNSPEAKABLE] }],
  ['entries', { tenant: 'acme', seq: 3 }, { seq: UNSPEAKABLE }],
];

describe.skipIf(url === undefined)('a stored value that is no text, and cannot be made one', () => {
  it.each(PLACES)('is reported and ends no verification: %s %j %j', async (collection, document, change) => {
    const place = await newMongodbPlace(String(url))();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('acme', drafts('e', 7));
    await log.close();
    await anchorTenant(store, 'acme', { maxSegment: 4 });
    await sealTenants(store);
    const client = await new MongoClient(place.location).connect();
    onTestFinished(() => client.close());
    const rows = client.db().collection(collection);
    if (change === undefined) await rows.insertOne(document as never);
    else {
      const before = await rows.findOneAndDelete(document as never);
      await rows.insertOne({ ...before, ...change } as never);
    }
    const statuses = [...(await reports(place.location)).values()].map(({ status }) => status);
    expect(statuses.some((status) => status !== 'valid')).toBe(true);
  });
});
