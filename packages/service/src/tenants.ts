import { headRowSchema, isName, readAnchor, SealtrailError } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import type { LogReader } from '@sealtrail/verifier';
import type { Signed } from './access/identity.ts';
import { covers, notFound } from './access/permissions.ts';

/** How far a tenant's log goes, as the store says; nothing of it is checked. */
export interface TenantLine {
  readonly tenant: string;
  /** Number of entries. */
  readonly size: number;
  /** Number of entries under anchors. */
  readonly anchored: number;
}

/** One answer for what is out of scope, what is no name, and what is not there. @throws SealtrailError `not_found` */
export async function requireTenant(store: Store, signed: Signed, tenant: string): Promise<void> {
  if (!isName(tenant) || !covers(signed, tenant) || !(await isThere(store, tenant))) throw notFound();
}

/** Whether anything of a tenant's log is there, also what somebody left of it. */
async function isThere(store: Store, tenant: string): Promise<boolean> {
  if ((await store.head(tenant)) !== undefined) return true;
  const source = store.source();
  try {
    if ((await source.log(tenant)).registry !== undefined) return true;
  } finally {
    await source.close();
  }
  return (await store.readFrom(tenant, 0, 1)).length > 0;
}

/** A page of the tenants that somebody may see. */
export interface TenantsPage {
  readonly lines: readonly TenantLine[];
  /** Where the next page begins; null when there is none. */
  readonly next: string | null;
}

/**
 * The tenants that somebody may see, by name; behind them those that nobody registered, of which something is stored. The state of
 * a log takes several queries, so only that of the page is asked for.
 *
 * @throws SealtrailError `cursor_invalid`
 */
export async function tenantsPage(
  store: Store,
  signed: Signed,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<TenantsPage> {
  const { tenants } = signed.scope;
  const after = cursor === undefined ? undefined : readCursor(cursor);
  const source = store.source();
  const lines: TenantLine[] = [];
  let last = '';
  try {
    const passed = after?.startsWith(UNREGISTERED) ? BEHIND_NAMES : after?.slice(REGISTERED.length);
    const logs = tenants === 'all' ? source.logs(passed) : named(source, [...new Set(tenants)].sort());
    for await (const log of logs) {
      const place = placeOf(log, tenants === 'all');
      if (!covers(signed, log.tenant) || (after !== undefined && place <= after)) continue;
      if (lines.length === limit) return { lines, next: last };
      lines.push(await lineOf(store, log));
      last = place;
    }
  } finally {
    await source.close();
  }
  return { lines, next: null };
}

/** The state of one tenant's log. @throws SealtrailError `not_found`, also for one out of scope */
export async function tenantLine(store: Store, signed: Signed, tenant: string): Promise<TenantLine> {
  await requireTenant(store, signed, tenant);
  const source = store.source();
  try {
    return await lineOf(store, await source.log(tenant));
  } finally {
    await source.close();
  }
}

const REGISTERED = '1:';
const UNREGISTERED = '2:';
/** No name comes behind it. */
const BEHIND_NAMES = '\u{10ffff}';

/** Where a log stands among all: in a list of everything, those without a registration come last. */
function placeOf({ tenant, registry }: LogReader, isOfAll: boolean): string {
  return `${isOfAll && registry === undefined ? UNREGISTERED : REGISTERED}${tenant}`;
}

function readCursor(text: string): string {
  if (!/^[12]:/.test(text)) throw new SealtrailError('cursor_invalid', 'this is no cursor');
  return text;
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
