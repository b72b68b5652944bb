import { SealtrailError, withoutOpenings } from '@sealtrail/format';
import type { DestroyedValues } from '../port.ts';
import { DURABLE, type MongodbConnection } from './connection.ts';
import type { Collections } from './documents.ts';

/** Attempts at one document that somebody else changes at the same time. */
const ATTEMPTS = 10;

/**
 * Takes values out of documents; each is changed only if it is still what was read.
 *
 * @throws SealtrailError `store_unavailable` when somebody else changes the same documents all the time
 */
export async function destroyOpenings(
  { entries, answered }: Collections,
  tenant: string,
  values: readonly DestroyedValues[],
): Promise<number> {
  let destroyed = 0;
  let left = values;
  for (let attempt = 0; left.length > 0 && attempt < ATTEMPTS; attempt++) {
    const found = entries.find(
      { tenant, seq: { $in: left.map(({ seq }) => seq) } },
      { projection: { seq: 1, openings: 1 }, readConcern: { level: 'majority' } },
    );
    const rows = await answered(found.toArray());
    const stored = new Map(rows.map(({ _id, seq, openings }) => [seq, { _id, openings }]));
    const again: DestroyedValues[] = [];
    for (const one of left) {
      const row = stored.get(one.seq);
      if (row === undefined) continue;
      const { text, removed } = withoutOpenings(row.openings, one.fields);
      if (removed.length === 0) continue;
      // With the tenant, so that a sharded cluster asks the one shard that has it.
      const { matchedCount } = await entries.updateOne(
        { _id: row._id, tenant, openings: row.openings },
        { $set: { openings: text } },
        DURABLE,
      );
      if (matchedCount === 1) destroyed += removed.length;
      else again.push(one);
    }
    left = again;
  }
  if (left.length > 0) {
    throw new SealtrailError(
      'store_unavailable',
      `the values of ${left.length} entries are still there: somebody else changed them again and again; run the same again`,
      { tenant, entries: left.length },
    );
  }
  return destroyed;
}

/** One transaction: a segment is there or not. */
export async function removeEntries(
  connection: MongodbConnection,
  { entries }: Collections,
  tenant: string,
  from: number,
  to: number,
): Promise<void> {
  await connection.transaction(async (session) => {
    await entries.deleteMany({ tenant, seq: { $gte: from, $lte: to } }, { session });
  });
}
