import { randomBytes } from 'node:crypto';
import { openStore } from '@sealtrail/store';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { withDatabase } from '../campaigns/lib/place.mjs';
import { mongodbEvidence, write } from './tamper/evidence.ts';
import { tamperTable } from './tamper/table.ts';

const url = inject('mongodbUrl');

describe.skipIf(url === undefined)('on MongoDB', () => {
  const location = url === undefined ? '' : withDatabase(url, `tamper_${randomBytes(8).toString('hex')}`);
  let prepared: Awaited<ReturnType<typeof mongodbEvidence>>;

  beforeAll(async () => {
    const store = await openStore(location);
    const last = await write(store);
    await store.close();
    prepared = await mongodbEvidence({ location }, last);
  });

  afterAll(async () => {
    await prepared.close();
    const client = new MongoClient(location);
    await client.db().dropDatabase();
    await client.close();
  });

  tamperTable('mongodb', () => prepared.evidence());
});
