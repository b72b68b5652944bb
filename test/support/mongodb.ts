import { Log, type Store } from '@sealtrail/store';
import { type MongodbOptions, openMongodbStore } from '@sealtrail/store/mongodb';
import { type Collection, type Document, MongoClient } from 'mongodb';
import { onTestFinished } from 'vitest';
import type { Place } from './places.ts';

/** A host application on MongoDB: its own client, its own documents, and a log in the same database. */
export interface Host {
  readonly client: MongoClient;
  readonly store: Store;
  readonly log: Log;
  /** What the host keeps for itself. */
  readonly deals: Collection<Document & { _id: string }>;
}

export async function host(place: Place, options: MongodbOptions = {}): Promise<Host> {
  const client = await new MongoClient(place.location).connect();
  onTestFinished(() => client.close());
  const database = client.db().databaseName;
  const store = await openMongodbStore(client, { database, ...options });
  onTestFinished(() => store.close());
  const deals = client.db().collection<Document & { _id: string }>('deals');
  // Ahead of the transactions that write to it, as a host does when it is installed.
  await client
    .db()
    .createCollection('deals')
    .catch(() => {});
  return { client, store, log: new Log(store), deals };
}
