import {
  type AnchorRow,
  anchorHash,
  type HeadRow,
  readAnchor,
  rowId,
  SEALS_TENANT,
  ZERO_HASH,
} from '@sealtrail/format';
import type { AnchorPlace, Store } from '../port.ts';
import type { Directory, TenantLine } from './directory.ts';

/** A tenant whose newest anchor cannot follow the one that was sealed: its line stays as it was. */
export interface RefusedTenant {
  readonly tenant: string;
  readonly reason: 'missing' | 'rolled_back' | 'forked' | 'malformed';
}

type Change = Omit<TenantLine, 'key'>;

/** Tenants whose anchors are read at once: one after the other, a large seal would take as many round trips as there are tenants. */
const AT_ONCE = 250;

/** How the lines of all tenants changed since a directory, and the tenants whose lines cannot follow. */
export async function findChanges(
  store: Store,
  directory: Directory,
  signal: AbortSignal | undefined,
): Promise<{ changes: Change[]; refused: RefusedTenant[] }> {
  const changes: Change[] = [];
  const refused: RefusedTenant[] = [];
  const seen = new Set<string>();
  let moved: HeadRow[] = [];
  const take = async (): Promise<void> => {
    const anchors = await readAnchors(store, directory, moved);
    for (const head of moved) {
      const change = follow(head, directory.get(head.tenant), anchors);
      if (typeof change === 'string') refused.push({ tenant: head.tenant, reason: change });
      else changes.push(change);
    }
    moved = [];
  };
  for await (const head of store.heads()) {
    if (head.tenant === SEALS_TENANT) continue;
    signal?.throwIfAborted();
    seen.add(head.tenant);
    const known = directory.get(head.tenant);
    const anchors = (head.anchor_number ?? -1) + 1;
    const last = head.anchor_hash ?? ZERO_HASH;
    if (known !== undefined && known.anchors === anchors && known.last === last) continue;
    moved.push(head);
    if (moved.length === AT_ONCE) await take();
  }
  await take();
  for (const tenant of directory.tenants()) {
    if (!seen.has(tenant)) refused.push({ tenant, reason: 'missing' });
  }
  return { changes, refused };
}

/** What the stored text of an anchor says. */
interface Known {
  readonly hash: string;
  readonly to: number;
}

/** The newest anchors of tenants, and those that were sealed, by `rowId`; what is no anchor of its place is left out. */
async function readAnchors(
  store: Store,
  directory: Directory,
  heads: readonly HeadRow[],
): Promise<ReadonlyMap<string, Known>> {
  const places: AnchorPlace[] = [];
  for (const { tenant, anchor_number } of heads) {
    const sealed = directory.get(tenant)?.anchors ?? 0;
    if (anchor_number === null || anchor_number < sealed) continue;
    places.push({ tenant, number: anchor_number });
    if (sealed > 0) places.push({ tenant, number: sealed - 1 });
  }
  const found = new Map<string, Known>();
  for (const row of await store.anchorsAt(places)) {
    const known = readRow(row);
    if (known !== undefined) found.set(rowId(row.tenant, row.number), known);
  }
  return found;
}

function readRow(row: AnchorRow): Known | undefined {
  try {
    const anchor = readAnchor(row.anchor);
    return anchor.tenant === row.tenant && anchor.number === row.number
      ? { hash: anchorHash(row.anchor), to: anchor.to }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The line for a tenant's head, if it follows the line that was sealed. */
function follow(
  { tenant, anchor_number, anchor_hash }: HeadRow,
  known: TenantLine | undefined,
  anchors: ReadonlyMap<string, Known>,
): Change | RefusedTenant['reason'] {
  const sealed = known?.anchors ?? 0;
  if (anchor_number === null || anchor_hash === null) {
    return sealed === 0 ? { tenant, anchors: 0, entries: 0, last: ZERO_HASH } : 'rolled_back';
  }
  const count = anchor_number + 1;
  if (count < sealed) return 'rolled_back';
  if (count === sealed) return 'forked';
  const newest = anchors.get(rowId(tenant, anchor_number));
  if (newest === undefined || newest.hash !== anchor_hash) return 'malformed';
  // The anchor that was sealed must still be the one that the later ones follow.
  if (sealed > 0 && anchors.get(rowId(tenant, sealed - 1))?.hash !== known?.last) return 'forked';
  return { tenant, anchors: count, entries: newest.to + 1, last: newest.hash };
}
