import { SealtrailError } from '@sealtrail/format';
import type { Db } from 'mongodb';
import { reached } from './mongodb-answer.ts';

const NAMES = ['tenants', 'heads', 'entries', 'anchors', 'directory_changes'];

/**
 * Refuses what only looks like the collections of a store (SPEC 8.2): a view shows what somebody wants to be seen, and a collation lets
 * one id stand for another one.
 *
 * @throws SealtrailError `source_invalid`, `store_unavailable`
 */
export async function refuseOddCollections(db: Db): Promise<void> {
  const found = await reached(db.listCollections({ name: { $in: NAMES } }, { nameOnly: false }).toArray());
  for (const { name, type, options } of found) {
    const isView = type !== undefined && type !== 'collection';
    const odd = isView ? type : options?.['collation'] === undefined ? undefined : 'it has a collation';
    if (odd === undefined) continue;
    throw new SealtrailError(
      'source_invalid',
      `${name} in the database ${db.databaseName} is no plain collection, as a store makes it (${odd})`,
    );
  }
}
