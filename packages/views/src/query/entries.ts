import { type Recorded, SealtrailError } from '@sealtrail/format';
import { prunedBefore, type Store } from '@sealtrail/store';
import { decodeCursor, encodeCursor, searchKey } from '../cursor.ts';
import { broken, recordedFrom } from '../entry.ts';
import type { Bounds, Index, Order, Progress } from '../port.ts';
import { boundsOf } from './bounds.ts';
import type { Filter, ParsedPage } from './filter.ts';
import { scan } from './scan.ts';

/** Entries of one page, in the order that was asked for. */
export interface Found {
  readonly entries: readonly Recorded[];
  /** Where to go on; absent when there is nothing more. A page with `next` may be short, or empty. */
  readonly next?: string;
  /** Number of entries that were looked at for this page. */
  readonly scanned: number;
  /** The last position of the log as this page knew it. */
  readonly through: number;
}

/** @throws SealtrailError `cursor_invalid`, `log_broken`, `store_unavailable` */
export async function findEntries(
  store: Store,
  index: Index,
  progress: Progress,
  filter: Filter,
  page: ParsedPage & { readonly order: Order },
): Promise<Found> {
  const { tenant } = progress;
  const { order, limit, cursor } = page;
  const key = searchKey(tenant, filter, order);
  const after = cursor === undefined ? undefined : decodeCursor(key, cursor);
  const bounds = afterCursor(await boundsOf(store, progress, filter), order, after);
  const { seqs, scanned, end } = await scan({ store, index, progress, filter, order }, bounds, limit);
  return {
    entries: await readAll(store, tenant, seqs),
    scanned,
    through: progress.seq,
    ...(end === undefined ? {} : { next: encodeCursor(key, end) }),
  };
}

function afterCursor(bounds: Bounds, order: Order, after: number | undefined): Bounds {
  if (after === undefined) return bounds;
  return order === 'newest'
    ? { ...bounds, to: Math.min(bounds.to, after - 1) }
    : { ...bounds, from: Math.max(bounds.from, after + 1) };
}

async function missing(store: Store, tenant: string, seq: number): Promise<SealtrailError> {
  const first = await prunedBefore(store, tenant);
  if (seq >= first) return broken(tenant, seq, 'an entry is missing');
  const message = `position ${seq} of ${tenant} is not stored any more: see its archive`;
  return new SealtrailError('pruned', message, { tenant, first });
}

/** The entries at these positions, in their order. @throws SealtrailError `log_broken` when one is not there; `pruned` */
async function readAll(store: Store, tenant: string, seqs: readonly number[]): Promise<Recorded[]> {
  const rows = new Map((await store.readAt(tenant, seqs)).map((row) => [row.seq, row]));
  const found: Recorded[] = [];
  for (const seq of seqs) {
    const row = rows.get(seq);
    if (row === undefined) throw await missing(store, tenant, seq);
    found.push(recordedFrom(row));
  }
  return found;
}
