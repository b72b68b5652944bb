import { SealtrailError } from '@sealtrail/format';
import type { CollectionInfo, Db } from 'mongodb';
import { reached } from './mongodb-answer.ts';

const NAMES = ['tenants', 'heads', 'entries', 'anchors', 'directory_changes'];

/**
 * Refuses what only looks like the collections of a store (SPEC 8.2): a view shows what somebody wants to be seen, and a collation lets
 * one id stand for another one; one that is capped throws its oldest rows away.
 *
 * @throws SealtrailError `source_invalid`, `store_unavailable`
 */
export async function refuseOddCollections(db: Db): Promise<void> {
  const found = await reached(db.listCollections({ name: { $in: NAMES } }, { nameOnly: false }).toArray());
  for (const one of found) {
    const odd = oddity(one);
    if (odd === undefined) continue;
    throw new SealtrailError(
      'source_invalid',
      `${one.name} in the database ${db.databaseName} is no plain collection, as a store makes it (${odd})`,
    );
  }
}

/** What a collection has that no store's has, as the server lists it; undefined for nothing. */
export function oddity({ type, options }: Pick<CollectionInfo, 'type' | 'options'>): string | undefined {
  if (type !== undefined && type !== 'collection') return type;
  if (options?.['collation'] !== undefined) return 'it has a collation';
  return options?.['capped'] ? 'it is capped' : undefined;
}
