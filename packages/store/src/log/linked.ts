import {
  type EntryRow,
  entryHash,
  type Hash,
  isSealtrailError,
  SealtrailError,
  scanEntry,
} from '@sealtrail/format';
import type { Store, Tip } from '../port.ts';

/** An entry as it was read. */
interface Read {
  readonly seq: number;
  readonly hash: Hash;
}

/**
 * Refuses entries that what stands behind them does not link to: a row that was changed together with its hash is like any other by
 * itself. One round trip, however many they are; more where one of them is the last of the log.
 *
 * @throws SealtrailError `log_broken`
 */
export async function refuseUnlinked(store: Store, tenant: string, those: readonly Read[]): Promise<void> {
  const ends = await findUnfollowed(store, tenant, those);
  const overtaken: Read[] = [];
  for (const one of ends) if (!(await isLast(store, tenant, one))) overtaken.push(one);
  if (overtaken.length === 0) return;
  // Something was appended behind it meanwhile; or both were pruned.
  const [left] = await findUnfollowed(store, tenant, overtaken);
  if (left !== undefined && (await store.readAt(tenant, [left.seq])).length > 0)
    throw unlinked(tenant, left.seq);
}

/**
 * The same of what was all read in one state of the log.
 *
 * @param behind the entries that stand behind those, as far as there are any
 * @throws SealtrailError `log_broken`
 */
export function refuseUnlinkedTo(
  tenant: string,
  those: readonly Read[],
  behind: readonly EntryRow[],
  tip: Tip,
): void {
  const isTip = ({ seq, hash }: Read) => seq === tip.seq && hash === tip.hash;
  const left = unfollowed(tenant, those, behind).find((one) => !isTip(one));
  if (left !== undefined) throw unlinked(tenant, left.seq);
}

/** Those that nothing stands behind. @throws as {@link refuseUnlinked} */
async function findUnfollowed(store: Store, tenant: string, those: readonly Read[]): Promise<Read[]> {
  if (those.length === 0) return [];
  const rows = await store.readAt(
    tenant,
    those.map(({ seq }) => seq + 1),
  );
  return unfollowed(tenant, those, rows);
}

/** As {@link findUnfollowed}, of entries that were read already. */
function unfollowed(tenant: string, those: readonly Read[], behind: readonly EntryRow[]): Read[] {
  const next = new Map(behind.map((row) => [row.seq, row]));
  return those.filter(({ seq, hash }) => {
    const row = next.get(seq + 1);
    if (row !== undefined && linkOf(row) !== hash) throw unlinked(tenant, seq);
    return row === undefined;
  });
}

function unlinked(tenant: string, seq: number): SealtrailError {
  const message = `nothing in the log of ${tenant} follows entry ${seq} as it was read: verify it`;
  return new SealtrailError('log_broken', message, { tenant, seq });
}

/** The head of a MongoDB log may lag behind the last entry; one that is past it says that something is missing. */
async function isLast(store: Store, tenant: string, { seq, hash }: Read): Promise<boolean> {
  const head = await store.head(tenant);
  return head !== undefined && (head.seq < seq || (head.seq === seq && head.hash === hash));
}

function linkOf({ seq, hash, entry }: EntryRow): Hash | undefined {
  try {
    const facts = scanEntry(entry);
    return facts.seq === seq && entryHash(entry) === hash ? facts.prev : undefined;
  } catch (error) {
    if (isSealtrailError(error)) return undefined;
    throw error;
  }
}
