import { beginsAfterAnchor, type Store } from '@sealtrail/store';
import type { Bounds, Progress } from '../port.ts';

export interface Period {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** The positions of the entries of a period. Times never decrease along the chain, so a search by halves finds them. */
export async function boundsOf(
  store: Store,
  { tenant, seq }: Progress,
  { since, until }: Period,
): Promise<Bounds> {
  const first = async (time: string) => firstAt(store, tenant, seq, time);
  return {
    from: since === undefined ? await prunedBefore(store, tenant) : await first(since),
    to: until === undefined ? seq : (await first(until)) - 1,
  };
}

/** Where a log begins: 0, or after the segments that were pruned. A gap at any other place is found when it is read. */
export async function prunedBefore(store: Store, tenant: string): Promise<number> {
  const [row] = await store.readFrom(tenant, 0, 1);
  if (row === undefined || row.seq === 0) return 0;
  return (await beginsAfterAnchor(store, tenant, row.seq)) ? row.seq : 0;
}

/** The first position up to `last` whose entry is not earlier than a time; `last + 1` when there is none. */
async function firstAt(store: Store, tenant: string, last: number, time: string): Promise<number> {
  let low = 0;
  let high = last + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await store.readFrom(tenant, middle, 1);
    if (row !== undefined && row.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
