import { isHash, isPosition, isTime, rowId, SealtrailError } from '@sealtrail/format';
import type { ClientSession, FindOptions } from 'mongodb';
import type { Tip } from '../port.ts';
import { backoff, jitter } from '../retry.ts';
import type { Collections, HeadDocument } from './documents.ts';

type HeadEnd = Pick<HeadDocument, '_id' | 'seq' | 'hash'>;

const TIP = { _id: 0, seq: 1, hash: 1, time: 1 } as const;

// An entry that a failover may still take back must not be linked to.
const CONFIRMED = { readConcern: { level: 'majority' } } as const;

/**
 * The last entry of a log, as far as a majority of the servers has it; waits for servers that do not agree yet.
 *
 * @throws SealtrailError `log_broken` when the log ends before its head, or has another entry there; `store_unavailable`
 */
export async function lastEntry(collections: Collections, head: HeadEnd, waitMs: number): Promise<Tip> {
  const deadline = performance.now() + waitMs;
  for (const delay of backoff(10, 200)) {
    const last = await findLast(collections, head._id, CONFIRMED);
    if (last !== null && reaches(last, head)) return last;
    // A server that has just become primary may not know yet how much the majority has. What it has itself decides
    // whether the log was cut or is only not confirmed yet.
    const local = await findLast(collections, head._id, {});
    if (local === null || !reaches(local, head)) throw cutOff(head, local);
    if (performance.now() > deadline) {
      throw new SealtrailError('store_unavailable', 'the servers do not agree on the end of the log yet');
    }
    await jitter(delay);
  }
  throw new Error('unreachable');
}

/** The last entry as a transaction sees it. @throws SealtrailError `log_broken` */
export async function lastEntryInSession(
  collections: Collections,
  head: HeadEnd,
  session: ClientSession,
): Promise<Tip> {
  const last = await findLast(collections, head._id, { session });
  if (last === null || !reaches(last, head)) throw cutOff(head, last);
  return last;
}

/**
 * The last entries of several logs in one question, for those that end exactly where their head says. The others are left out:
 * what goes for them is for {@link lastEntry} to say.
 */
export async function lastEntriesAtHeads(
  { entries, answered }: Collections,
  heads: readonly HeadEnd[],
): Promise<ReadonlyMap<string, Tip>> {
  const found = entries.find(
    {
      // The tenants are the shard key. By `_id`, because that is one range for each, whatever the length of the logs.
      tenant: { $in: heads.map(({ _id }) => _id) },
      _id: { $in: heads.flatMap(({ _id, seq }) => [rowId(_id, seq), rowId(_id, seq + 1)]) },
    },
    { projection: { ...TIP, tenant: 1 }, ...CONFIRMED },
  );
  const stored = new Map<string, Tip>();
  for (const { tenant, seq, hash, time } of await answered(found.toArray()))
    stored.set(rowId(tenant, seq), { seq, hash, time });
  const tips = new Map<string, Tip>();
  for (const { _id, seq, hash } of heads) {
    const last = stored.get(rowId(_id, seq));
    if (last !== undefined && last.hash === hash && isTime(last.time) && !stored.has(rowId(_id, seq + 1)))
      tips.set(_id, last);
  }
  return tips;
}

async function findLast({ entries }: Collections, tenant: string, options: FindOptions): Promise<Tip | null> {
  const last = await entries.findOne({ tenant }, { sort: { seq: -1 }, projection: TIP, ...options });
  return last === null ? null : { seq: last.seq, hash: last.hash, time: last.time };
}

function reaches(last: Tip, head: HeadEnd): boolean {
  // Whoever writes to the database may have put anything there: nothing is linked to it.
  if (!isPosition(last.seq) || !isHash(last.hash) || !isTime(last.time) || !isPosition(head.seq))
    return false;
  return last.seq > head.seq || (last.seq === head.seq && last.hash === head.hash);
}

function cutOff(head: HeadEnd, last: Tip | null): SealtrailError {
  return new SealtrailError(
    'log_broken',
    `the log of ${head._id} does not end where its head says; verify it before anything is added`,
    { tenant: head._id, head: head.seq, last: last?.seq ?? null },
  );
}
