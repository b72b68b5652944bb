import type { AnchorRow } from '@sealtrail/format';
import type { Store } from '../port.ts';

/** The anchor over a position; undefined when there is none yet. Reads a few anchors, however many there are. */
export async function anchorOver(
  store: Store,
  tenant: string,
  position: number,
): Promise<AnchorRow | undefined> {
  const last = await store.lastAnchor(tenant);
  if (last === undefined || position > last.to_seq || position < 0) return undefined;
  let low = 0;
  let high = last.number;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await store.anchorAt(tenant, middle);
    // A chain of anchors with a hole in it is for a verification to judge.
    if (row === undefined) return undefined;
    if (row.to_seq < position) low = middle + 1;
    else high = middle;
  }
  return low === last.number ? last : store.anchorAt(tenant, low);
}

/** Where a log begins: 0, or after the segments that were pruned. A gap at any other place is found when it is read. */
export async function prunedBefore(store: Store, tenant: string): Promise<number> {
  const [row] = await store.readFrom(tenant, 0, 1);
  if (row === undefined || row.seq === 0) return 0;
  return (await beginsAfterAnchor(store, tenant, row.seq)) ? row.seq : 0;
}

/** Whether what is stored of a log begins right after an anchor, as it does after pruning. */
async function beginsAfterAnchor(store: Store, tenant: string, first: number): Promise<boolean> {
  return (await anchorOver(store, tenant, first - 1))?.to_seq === first - 1;
}
