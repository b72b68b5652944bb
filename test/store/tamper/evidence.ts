import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorTenant, Log, type Store } from '@sealtrail/store';
import { type Document, MongoClient } from 'mongodb';
import { drafts } from '../../support/drafts.ts';
import { newSqlitePlace, type Place } from '../../support/places.ts';
import { OTHER, TENANT } from './case.ts';

/** A good log for one test to tamper with. */
export interface Evidence {
  readonly kind: Store['kind'];
  readonly location: string;
  /** The last entry, as somebody noted it down. */
  readonly last: { readonly seq: number; readonly hash: string };
}

/** Writes the log that every case begins with. */
export async function write(store: Store): Promise<Evidence['last']> {
  const log = new Log(store);
  await log.appendAll(TENANT, drafts('e', 7));
  await anchorTenant(store, TENANT, { maxSegment: 4 });
  const made = await log.appendAll(TENANT, drafts('tail', 3));
  await log.appendAll(OTHER, drafts('e', 2));
  await log.close();
  const { seq, hash } = made.at(-1) as Evidence['last'];
  return { seq, hash };
}

/** Copies of one SQLite file. */
export function sqliteEvidence(original: () => { location: string; last: Evidence['last'] }) {
  return async (): Promise<Evidence> => {
    const { folder } = await newSqlitePlace();
    const location = join(folder, 'evidence.db');
    await copyFile(original().location, location);
    return { kind: 'sqlite', location, last: original().last };
  };
}

const COLLECTIONS = ['tenants', 'heads', 'entries', 'anchors'];

/** One MongoDB database, put back as it was before each test. */
export async function mongodbEvidence(place: Pick<Place, 'location'>, last: Evidence['last']) {
  const client = await new MongoClient(place.location).connect();
  const original = new Map<string, Document[]>();
  for (const name of COLLECTIONS) original.set(name, await client.db().collection(name).find().toArray());
  return {
    close: () => client.close(),
    evidence: async (): Promise<Evidence> => {
      for (const [name, documents] of original) {
        await client.db().collection(name).deleteMany({});
        await client.db().collection(name).insertMany(documents);
      }
      return { kind: 'mongodb', location: place.location, last };
    },
  };
}
