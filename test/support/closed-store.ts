import { Log } from '@sealtrail/store';
import { drafts } from './drafts.ts';
import { newSqlitePlace } from './places.ts';

/** The file of a SQLite store that was closed, with one log `acme` of so many entries after its first. */
export async function closedStore(entries: number): Promise<string> {
  const { location, open } = await newSqlitePlace();
  const store = await open();
  const log = new Log(store);
  await log.appendAll('acme', drafts('d', entries));
  await log.close();
  await store.close();
  return location;
}
