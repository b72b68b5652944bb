import { type EntryRow, SealtrailError } from '@sealtrail/format';
import type { BuildRows, CommitOutcome } from '../port.ts';
import { backoff, jitter } from '../retry.ts';
import { DURABLE } from './connection.ts';
import { type Collections, entryDocument } from './documents.ts';
import { duplicateKeys, unavailable } from './errors.ts';
import type { HeadLocks, Turn } from './head-lock.ts';

/** Attempts at one commit: only a writer that is overtaken again and again, or a server that comes and goes, needs more. */
const MAX_ATTEMPTS = 20;

/** One commit, with what it takes: waiting for the lock, reading back what nobody answered, beginning again behind somebody else. */
export async function commitRows(
  collections: Collections,
  locks: HeadLocks,
  tenant: string,
  build: BuildRows,
): Promise<CommitOutcome> {
  let attempt = 0;
  for (const delay of backoff(5, 500)) {
    const turn = await locks.take(tenant).catch(async (error: unknown) => {
      locks.forget(tenant);
      throw unavailable(error);
    });
    const rows = build(turn.tip, locks.now(turn));
    if (rows.length === 0) return { rows };
    try {
      await insertRows(collections, turn, rows);
      return { rows };
    } catch (error) {
      const outcome = await settle(collections, locks, turn, rows, error);
      if (outcome !== undefined) return outcome;
      if (++attempt >= MAX_ATTEMPTS) throw unavailable(error);
    }
    await jitter(delay);
  }
  throw new Error('unreachable');
}

/**
 * Inserts the rows of one log, in order under the two unique indexes: what is written is always a prefix of the rows, linked to the
 * entry that stands before it, whoever else writes at the same time.
 */
export async function insertRows(
  { entries }: Collections,
  turn: Turn,
  rows: readonly EntryRow[],
): Promise<void> {
  await entries.insertMany(rows.map(entryDocument), { ordered: true, ...DURABLE });
  turn.tip = rows.at(-1) as EntryRow;
}

/**
 * Inserts one row for each of several logs, in no order, so that one that is refused holds up none of the others.
 *
 * @returns the error of each row; undefined where it is written
 */
export async function insertOfEach(
  { entries }: Collections,
  rows: readonly EntryRow[],
): Promise<readonly unknown[]> {
  try {
    await entries.insertMany(rows.map(entryDocument), { ordered: false, ...DURABLE });
    return rows.map(() => undefined);
  } catch (error) {
    const refused = duplicateKeys(error);
    return rows.map((_, i) => (refused === undefined || refused.has(i) ? error : undefined));
  }
}

/**
 * What became of rows whose insert failed.
 *
 * @param written how many of them were written before the insert that failed, when that inserted one of them only
 * @returns undefined when none of them is there, and none is refused for its id: then they can be tried again
 */
export async function settle(
  collections: Collections,
  locks: HeadLocks,
  turn: Turn,
  rows: readonly EntryRow[],
  error: unknown,
  written?: number,
): Promise<CommitOutcome | undefined> {
  const refused = duplicateKeys(error);
  const outcome =
    refused === undefined
      ? await readBack(collections, locks, rows, error)
      : await afterDuplicate(collections, locks, turn, rows, written ?? Math.min(...refused));
  return outcome.rows.length > 0 || outcome.takenId !== undefined ? outcome : undefined;
}

/** A unique index refused a row: either its id is in the log, or somebody else wrote at its position first. */
async function afterDuplicate(
  collections: Collections,
  locks: HeadLocks,
  turn: Turn,
  rows: readonly EntryRow[],
  inserted: number,
): Promise<CommitOutcome> {
  const refused = rows[inserted] as EntryRow;
  // The head may name what was written. Whichever index it was, the next commit starts from what is stored.
  turn.tip = rows[inserted - 1] ?? turn.tip;
  locks.forget(refused.tenant);
  const taken = await collections.entries.findOne(
    { tenant: refused.tenant, id: refused.id },
    { projection: { _id: 1 }, readConcern: { level: 'majority' } },
  );
  return { rows: rows.slice(0, inserted), ...(taken === null ? {} : { takenId: refused.id }) };
}

/**
 * The answer was lost: nobody knows how much was written. What is stored decides. A write that arrives later still is
 * refused by the unique indexes, because its positions are taken by then, or its ids are.
 *
 * @throws SealtrailError `store_unavailable` when the server stays away
 */
async function readBack(
  collections: Collections,
  locks: HeadLocks,
  rows: readonly EntryRow[],
  error: unknown,
): Promise<CommitOutcome> {
  const { tenant, seq: first } = rows[0] as EntryRow;
  locks.forget(tenant);
  let attempt = 0;
  for (const delay of backoff(50, 2_000)) {
    await jitter(delay);
    try {
      // Taking the turn waits for writes of the turn before and reads the end of the log: the usual recovery.
      await locks.take(tenant);
      const found = collections.entries.find(
        { tenant, seq: { $gte: first, $lt: first + rows.length } },
        { projection: { _id: 0, seq: 1, hash: 1 }, sort: { seq: 1 }, readConcern: { level: 'majority' } },
      );
      const stored = await collections.answered(found.toArray());
      let persisted = 0;
      while (persisted < stored.length && stored[persisted]?.hash === rows[persisted]?.hash) persisted++;
      return { rows: rows.slice(0, persisted) };
    } catch (cause) {
      locks.forget(tenant);
      if (cause instanceof SealtrailError && cause.code !== 'store_unavailable') throw cause;
      if (++attempt >= 6) throw unavailable(error);
    }
  }
  throw new Error('unreachable');
}
