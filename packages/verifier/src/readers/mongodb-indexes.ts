import type { Finding } from '@sealtrail/format';
import type { Collection, Document } from 'mongodb';
import { reached } from './mongodb-answer.ts';
import { repeatedId } from './repeated-id.ts';

// That an id occurs once is the server's word, by a unique index (SPEC 8.2). Whoever owns the database can drop it.

const KEY = JSON.stringify({ tenant: 1, id: 1 });
/** There is no such collection; the user may not ask. */
const NO_ANSWER = new Set<unknown>([26, 13]);

/** Whether the server keeps ids unique, and says so to this user. @throws SealtrailError `store_unavailable` */
export async function keepsIdsUnique(entries: Collection): Promise<boolean> {
  const listed = entries.listIndexes().toArray();
  const indexes = await reached(
    listed.catch((error: unknown): Document[] => {
      if (NO_ANSWER.has(Object(error).code)) return [];
      throw error;
    }),
  );
  return indexes.some(
    ({ key, unique, sparse, partialFilterExpression, collation }) =>
      unique === true &&
      JSON.stringify(key) === KEY &&
      sparse !== true &&
      partialFilterExpression === undefined &&
      collation === undefined,
  );
}

/** The first of the entries of a log whose id an earlier one has. The server looks, and has to remember every id for it. */
export async function* repeatedIds(entries: Collection, tenant: unknown): AsyncGenerator<Finding> {
  const repeated = entries.aggregate(
    [
      { $match: { tenant: { $eq: tenant } } },
      { $group: { _id: '$id', n: { $sum: 1 }, seq: { $max: '$seq' } } },
      { $match: { n: { $gt: 1 } } },
      { $sort: { seq: 1 } },
      { $limit: 1 },
    ],
    { allowDiskUse: true },
  );
  for (const { seq } of await reached(repeated.toArray())) yield repeatedId(seq);
}
