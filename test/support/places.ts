import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '@sealtrail/store';
import { MongoClient } from 'mongodb';
import { onTestFinished } from 'vitest';
import { withDatabase } from '../campaigns/lib/place.mjs';

/** Where one test keeps its logs: a SQLite file or a MongoDB database of its own. Gone when the test is over. */
export interface Place {
  readonly kind: Store['kind'];
  /** What `openStore`, `openSource` and other processes take. */
  readonly location: string;
  /** A folder for files of the test's own. */
  readonly folder: string;
  /** Opens the store once more, as another process would. Closed when the test is over. */
  open(): Promise<Store>;
}

export type NewPlace = () => Promise<Place>;

export const newSqlitePlace: NewPlace = async () => {
  const folder = await newFolder();
  return place('sqlite', join(folder, 'log.db'), folder);
};

export function newMongodbPlace(url: string): NewPlace {
  return async () => {
    const folder = await newFolder();
    const name = `test_${randomBytes(8).toString('hex')}`;
    // Runs after the stores of the test were closed: hooks run in reverse order.
    onTestFinished(async () => {
      const client = new MongoClient(url);
      await client.db(name).dropDatabase();
      await client.close();
    });
    return place('mongodb', withDatabase(url, name), folder);
  };
}

function place(kind: Place['kind'], location: string, folder: string): Place {
  return {
    kind,
    location,
    folder,
    open: async () => {
      const store = await openStore(location);
      onTestFinished(() => store.close());
      return store;
    },
  };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
