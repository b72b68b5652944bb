import { headRowSchema, readAnchor } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import type { LogReader } from '@sealtrail/verifier';
import type { Signed } from './access/identity.ts';
import { covers } from './access/permissions.ts';

/** How far a tenant's log goes, as the store says; nothing of it is checked. */
export interface TenantLine {
  readonly tenant: string;
  /** Number of entries. */
  readonly size: number;
  /** Number of entries under anchors. */
  readonly anchored: number;
}

/** Whether anything of a tenant's log is there, also what somebody left of it. */
export async function isThere(store: Store, tenant: string): Promise<boolean> {
  if ((await store.head(tenant)) !== undefined) return true;
  const source = store.source();
  try {
    if ((await source.log(tenant)).registry !== undefined) return true;
  } finally {
    await source.close();
  }
  return (await store.readFrom(tenant, 0, 1)).length > 0;
}

/** The tenants that somebody may see, by name. */
export async function* tenantsOf(store: Store, signed: Signed): AsyncGenerator<TenantLine> {
  const { tenants } = signed.scope;
  const source = store.source();
  try {
    const logs = tenants === 'all' ? source.logs() : named(source, [...new Set(tenants)].sort());
    for await (const log of logs) {
      if (covers(signed, log.tenant)) yield await lineOf(store, log);
    }
  } finally {
    await source.close();
  }
}

async function* named(
  source: ReturnType<Store['source']>,
  tenants: readonly string[],
): AsyncGenerator<LogReader> {
  for (const tenant of tenants) {
    const log = await source.log(tenant);
    if (log.registry !== undefined || (await log.head()) !== undefined) yield log;
  }
}

/** A head that nobody can read says nothing; the verifier says what is wrong with it. */
async function lineOf(store: Store, log: LogReader): Promise<TenantLine> {
  const { tenant } = log;
  const head = headRowSchema.safeParse(await log.head());
  if (!head.success) return { tenant, size: 0, anchored: 0 };
  const { seq, anchor_number } = head.data;
  const anchor = anchor_number === null ? undefined : await store.anchorAt(tenant, anchor_number);
  return { tenant, size: seq + 1, anchored: (anchor?.to_seq ?? -1) + 1 };
}

/** An anchor as it is shown. @throws SealtrailError `anchor_malformed` */
export function shownAnchor({ anchor, hash }: { readonly anchor: string; readonly hash: string }) {
  const { number, from, to, entries_root: entriesRoot, time } = readAnchor(anchor);
  return { number, from, to, entriesRoot, hash, time };
}
