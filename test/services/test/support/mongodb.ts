import { type Document, MongoClient, type ObjectId } from 'mongodb';
import { afterAll, beforeAll, type TestAPI, test } from 'vitest';
import { type Services, ServicesUnavailable, startServices } from '../../dist/index.js';

let services: Services | undefined;
try {
  if (process.env['SEALTRAIL_TEST_SERVICES'] !== 'none') services = await startServices({ redis: false });
} catch (error) {
  if (!(error instanceof ServicesUnavailable) || process.env['CI'] === 'true') throw error;
  console.error(`SKIPPED: ${error.message}`);
}

afterAll(async () => {
  await services?.stop();
});

export const kind = services?.mongodbKind;

export type Doc = Document & { _id: string | number | ObjectId };

/** Tests that need a MongoDB, skipped where none can be had. */
export const withMongo: TestAPI = test.skipIf(services === undefined) as TestAPI;

/** A client for the tests of one file, closed after them; its database names are not used by other files. */
export function useMongo(file: string): { client: () => MongoClient; url: () => string; db: string } {
  let client: MongoClient | undefined;
  const db = `services_${file}_${process.pid}`;
  beforeAll(async () => {
    if (!services) return;
    client = new MongoClient(services.mongodbUrl);
    await client.db(db).dropDatabase();
  });
  afterAll(async () => {
    await client?.db(db).dropDatabase();
    await client?.close();
  });
  return { client: () => client!, url: () => services!.mongodbUrl, db };
}

/** Runs `work` `count` times at once. */
export function together<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}
