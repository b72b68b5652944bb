import { prunedBefore, type Store } from '@sealtrail/store';
import type { Bounds, Progress } from '../port.ts';

export interface Part {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The positions of a part of a log. Times never decrease along the chain, so a search by halves finds those of a period. */
export async function boundsOf(
  store: Store,
  { tenant, seq }: Progress,
  { since, until, from = 0, to = seq }: Part,
): Promise<Bounds> {
  const first = async (time: string) => firstAt(store, tenant, seq, time);
  return {
    // A time before the first entry that is stored is found at 0.
    from: Math.max(from, await prunedBefore(store, tenant), since === undefined ? 0 : await first(since)),
    to: Math.min(to, until === undefined ? seq : (await first(until)) - 1),
  };
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
