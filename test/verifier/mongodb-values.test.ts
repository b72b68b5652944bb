import { anchorTenant, Log, sealTenants } from '@sealtrail/store';
import { openSource, type TenantReport, verifyAll } from '@sealtrail/verifier';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { insertRenamed } from '../support/mongodb-bytes.ts';
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

describe.skipIf(url === undefined)('a document that has a name twice', () => {
  it.each([
    ['entries', { tenant: 'acme', seq: 3 }, 'id'],
    ['entries', { tenant: 'acme', seq: 3 }, 'openings'],
    ['anchors', { tenant: 'acme', number: 1 }, 'hash'],
    ['heads', { _id: 'acme' }, 'seq'],
    ['tenants', { _id: 'acme' }, 'time'],
  ])('is no row: %s %j', async (collection, key, name) => {
    const place = await newMongodbPlace(String(url))();
    const log = new Log(await place.open());
    await log.appendAll('acme', drafts('e', 7));
    await log.close();
    await anchorTenant(await place.open(), 'acme', { maxSegment: 4 });
    const client = await new MongoClient(place.location).connect();
    onTestFinished(() => client.close());
    const { _id, ...document } =
      (await client
        .db()
        .collection(collection)
        .findOneAndDelete(key as never)) ?? {};
    // What the server finds it by first, and what is read of it last.
    const other = name.replace(/.$/, '#');
    await insertRenamed(place.location, collection, { _id, [other]: 'forged', ...document }, other, name);
    expect((await reports(place.location)).get('acme')?.status).toBe('broken');
  });
});

describe.skipIf(url === undefined)('a row without the name of a tenant', () => {
  it.each([
    ['entries', { _id: 'x', seq: 5, id: 'x' }],
    ['entries', { _id: 'x', tenant: null, seq: 5, id: 'x' }],
    ['entries', { _id: 'x', tenant: 7, seq: 5, id: 'x' }],
    ['entries', { _id: 'x', tenant: Buffer.from('acme'), seq: 5, id: 'x' }],
    ['entries', { _id: 'x', tenant: [], seq: 5, id: 'x' }],
    ['entries', { _id: 'x', tenant: ['nobody', 7], seq: 5, id: 'x' }],
    ['entries', { _id: 'x', tenant: { acme: 1 }, seq: 5, id: 'x' }],
    ['entries', { _id: 'x', tenant: new Date(0), seq: 5, id: 'x' }],
    ['heads', { _id: null, seq: 0 }],
    ['anchors', { _id: 'x', number: 4 }],
    ['anchors', { _id: 'x', tenant: false, number: 4 }],
  ])('is a row of nobody, also where somebody is called so: %s %j', async (collection, document) => {
    const place = await newMongodbPlace(String(url))();
    const store = await place.open();
    const log = new Log(store);
    for (const tenant of ['acme', 'null', '7', 'false']) await log.appendAll(tenant, drafts('e', 3));
    await log.close();
    const client = await new MongoClient(place.location).connect();
    onTestFinished(() => client.close());
    await client
      .db()
      .collection(collection)
      .insertOne(document as never);
    const source = await openSource(place.location);
    onTestFinished(() => source.close());
    const found: TenantReport[] = [];
    const report = await verifyAll(source, { onTenant: (one) => void found.push(one) });
    expect([report.status, report.valid, report.broken]).toEqual(['broken', 4, 1]);
    // Whatever it reads like, it is not taken for the log that is called so.
    expect(new Set(found.map(({ tenant }) => tenant)).size).toBe(5);
    expect(found.at(-1)?.findingCodes).toHaveProperty('tenant_unregistered');
  });
});
