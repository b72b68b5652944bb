import { type EntryRow, SealtrailError } from '@sealtrail/format';
import { type ClientSession, type Filter, MongoError, MongoErrorLabel } from 'mongodb';
import type { Store } from '../port.ts';
import { type Collections, type EntryDocument, entryDocument, entryRow, rowsById } from './documents.ts';
import { isDuplicateKey } from './errors.ts';
import { FREE, type HeadLocks, headOf } from './head-lock.ts';
import { lastEntryInSession } from './last-entry.ts';

type BuildInSession = Parameters<NonNullable<Store['commitInSession']>>[3];

/**
 * Appends inside the caller's transaction. The transaction writes the head document, which locks the log until it ends:
 * every other writer waits for it or is retried, and it is retried itself if somebody else was faster.
 */
export async function commitInSession(
  collections: Collections,
  locks: HeadLocks,
  session: ClientSession,
  tenant: string,
  ids: readonly string[],
  build: BuildInSession,
): Promise<void> {
  if (!session.inTransaction()) {
    throw new SealtrailError('config_invalid', 'the session is not in a transaction');
  }
  // A lock that this very process keeps for its next append would make it wait for itself.
  await locks.release(tenant);
  const head = await collections.heads.findOneAndUpdate(
    { _id: tenant, $expr: FREE },
    // The fence moves, so that a holder whose lease ran out cannot write the head behind this transaction.
    [{ $set: { fence: { $add: ['$fence', 1] }, holder: null, until: null, server_time: '$$NOW' } }],
    { session, returnDocument: 'after' },
  );
  if (head === null) throw await busy(collections, tenant);
  const now = (head as unknown as { server_time: Date }).server_time.toISOString();

  const known = rowsById(tenant, await found(collections, { tenant, id: { $in: [...ids] } }, session));
  const next = [...known.values()].map(({ seq }) => seq + 1);
  const behind = next.length === 0 ? [] : await found(collections, { tenant, seq: { $in: next } }, session);

  const tip = await lastEntryInSession(collections, head, session);
  const rows = build(tip, now, { known, behind });
  if (rows.length > 0) {
    try {
      await collections.entries.insertMany(rows.map(entryDocument), { session, ordered: true });
    } catch (error) {
      // Somebody was faster, and this transaction's snapshot is too old to show it.
      throw isDuplicateKey(error) ? again(tenant, 'somebody else appended meanwhile to the log') : error;
    }
  }
  await collections.heads.updateOne(
    { _id: tenant },
    { $set: headOf(rows.at(-1) ?? tip), $unset: { server_time: '' } },
    { session },
  );
}

async function found(
  { entries }: Collections,
  filter: Filter<EntryDocument>,
  session: ClientSession,
): Promise<EntryRow[]> {
  return (await entries.find(filter, { session }).toArray()).map(entryRow);
}

/** Somebody else holds the lock in this transaction's snapshot, which will not change any more: only another one can see it free. */
async function busy(collections: Collections, tenant: string): Promise<Error> {
  await collections.heads.updateOne({ _id: tenant, wanted: null }, [{ $set: { wanted: '$$NOW' } }]);
  return again(tenant, 'another writer holds the head lock');
}

/** The error after which the driver's `withTransaction` tries again. */
function again(tenant: string, why: string): Error {
  const error = new MongoError(`transaction_busy: ${why} of ${tenant}; retry the transaction`);
  error.addErrorLabel(MongoErrorLabel.TransientTransactionError);
  return Object.assign(error, {
    cause: new SealtrailError('transaction_busy', `${why} of ${tenant}`, { tenant }),
  });
}
