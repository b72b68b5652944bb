import { randomUUID } from 'node:crypto';
import {
  anchorHash,
  directoryLeaf,
  type HeadRow,
  merkleRoot,
  readAnchor,
  readSeal,
  SEALS_TENANT,
  SealtrailError,
  sealDraft,
  ZERO_HASH,
} from '@sealtrail/format';
import { place, prepare } from '../log/prepare.ts';
import type { Store, Tip } from '../port.ts';
import { Directory, type SealEntry, type TenantLine } from './directory.ts';

export interface SealOptions {
  /** How old the last seal gets before there is another one without any change, in milliseconds; default 1 hour. */
  readonly idleMs?: number | undefined;
  /** The clock, Unix milliseconds; it decides only whether an idle seal is due. */
  readonly now?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A tenant whose newest anchor cannot follow the one that was sealed: its line stays as it was. */
export interface RefusedTenant {
  readonly tenant: string;
  readonly reason: 'missing' | 'rolled_back' | 'forked' | 'malformed';
}

export interface SealResult {
  /** The newest seal now, whoever made it; undefined when there is nothing to seal. */
  readonly seal: SealEntry | undefined;
  /** True when this call made it. */
  readonly made: boolean;
  readonly tenants: number;
  readonly changed: number;
  readonly refused: readonly RefusedTenant[];
}

const IDLE_MS = 3_600_000;
const ATTEMPTS = 20;
/** Tenants whose anchors are read at once: one after the other, a large seal would take as many round trips as there are tenants. */
const AT_ONCE = 50;

/**
 * Makes the next seal: one entry of the operator's log over a directory with the newest anchor of every tenant. A tenant that
 * was sealed never leaves the directory and never goes back in it: where the store says otherwise, the line stays as it was,
 * and the tenant is reported.
 *
 * Safe to call twice at once, and to kill at any point: the changes are stored first, under a name that only the seal's entry
 * makes count, and that entry is appended at one position or not at all.
 *
 * @throws SealtrailError `log_broken`, `store_unavailable`; the signal's reason when aborted
 */
export async function sealTenants(store: Store, options: SealOptions = {}): Promise<SealResult> {
  return new Sealer(store).seal(options);
}

/** Seals again and again, and keeps the directory between two seals instead of reading it anew. */
export class Sealer {
  readonly #store: Store;
  #directory = new Directory();

  constructor(store: Store) {
    this.#store = store;
  }

  /** As {@link sealTenants}. */
  async seal(options: SealOptions = {}): Promise<SealResult> {
    await this.#store.register(SEALS_TENANT);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      options.signal?.throwIfAborted();
      const directory = await this.#current();
      // Whatever is tried on it counts only once it was sealed.
      this.#directory = new Directory();
      const result = await trySeal(this.#store, directory, options);
      if (result === undefined) continue;
      this.#directory = directory;
      return result;
    }
    throw new SealtrailError('store_unavailable', 'others sealed again and again in the meantime');
  }

  async #current(): Promise<Directory> {
    const directory = (await this.#directory.isCurrent(this.#store)) ? this.#directory : new Directory();
    await directory.advance(this.#store);
    return directory;
  }
}

/** Undefined when somebody else appended to the operator's log in the meantime. */
async function trySeal(
  store: Store,
  directory: Directory,
  { idleMs = IDLE_MS, now = Date.now, signal }: SealOptions,
): Promise<SealResult | undefined> {
  const tip = await readTip(store);
  await directory.advance(store, tip.seq);
  const { changes, refused } = await findChanges(store, directory, signal);
  const before = directory.last;
  for (const line of changes) directory.set(line);
  const lines = directory.sorted();
  const counts = { tenants: lines.length, changed: changes.length, refused };
  const idle =
    changes.length === 0 && (before === undefined || now() - Date.parse(before.seal.time) < idleMs);
  if (idle) return { seal: before, made: false, ...counts };

  const number = tip.seq + 1;
  const name = randomUUID();
  await store.addDirectoryChanges(
    changes.map(({ tenant, anchors, entries, last }) => ({
      directory: name,
      seal: number,
      tenant,
      anchors,
      entries,
      last,
    })),
  );
  const draft = sealDraft({
    number,
    directory_root: merkleRoot(lines.map(directoryLeaf)),
    directory_size: lines.length,
    directory: name,
  });
  const prepared = prepare(SEALS_TENANT, draft);
  const { rows } = await store.commit(SEALS_TENANT, (found, time) =>
    found.seq === tip.seq && found.hash === tip.hash ? [place(prepared, found, time)] : [],
  );
  await store.release(SEALS_TENANT);
  const [row] = rows;
  if (row === undefined) return undefined;
  directory.last = { seal: readSeal(row.entry), text: row.entry };
  return { seal: directory.last, made: true, ...counts };
}

/** The end of the operator's log, brought up to date under its head lock. */
async function readTip(store: Store): Promise<Tip> {
  let tip: Tip | undefined;
  await store.commit(SEALS_TENANT, (found) => {
    tip = found;
    return [];
  });
  return tip as unknown as Tip;
}

async function findChanges(
  store: Store,
  directory: Directory,
  signal: AbortSignal | undefined,
): Promise<{ changes: Omit<TenantLine, 'key'>[]; refused: RefusedTenant[] }> {
  const changes: Omit<TenantLine, 'key'>[] = [];
  const refused: RefusedTenant[] = [];
  const seen = new Set<string>();
  let asked: HeadRow[] = [];
  const take = async (): Promise<void> => {
    const found = await Promise.all(asked.map((head) => follow(store, head, directory.get(head.tenant))));
    for (const [i, change] of found.entries()) {
      const { tenant } = asked[i] as HeadRow;
      if (typeof change === 'string') refused.push({ tenant, reason: change });
      else changes.push(change);
    }
    asked = [];
  };
  for await (const head of store.heads()) {
    if (head.tenant === SEALS_TENANT) continue;
    signal?.throwIfAborted();
    seen.add(head.tenant);
    const known = directory.get(head.tenant);
    const anchors = (head.anchor_number ?? -1) + 1;
    const last = head.anchor_hash ?? ZERO_HASH;
    if (known !== undefined && known.anchors === anchors && known.last === last) continue;
    asked.push(head);
    if (asked.length === AT_ONCE) await take();
  }
  await take();
  for (const tenant of directory.tenants()) {
    if (!seen.has(tenant)) refused.push({ tenant, reason: 'missing' });
  }
  return { changes, refused };
}

/** The line for a tenant's head, if it follows the line that was sealed. */
async function follow(
  store: Store,
  { tenant, anchor_number, anchor_hash }: HeadRow,
  known: TenantLine | undefined,
): Promise<Omit<TenantLine, 'key'> | RefusedTenant['reason']> {
  if (anchor_number === null || anchor_hash === null) {
    return known === undefined || known.anchors === 0
      ? { tenant, anchors: 0, entries: 0, last: ZERO_HASH }
      : 'rolled_back';
  }
  const anchors = anchor_number + 1;
  if (known !== undefined && anchors < known.anchors) return 'rolled_back';
  if (known !== undefined && anchors === known.anchors) return 'forked';
  const [newest, sealed] = await Promise.all([
    readAnchorAt(store, tenant, anchor_number),
    known === undefined || known.anchors === 0 ? undefined : readAnchorAt(store, tenant, known.anchors - 1),
  ]);
  if (newest === undefined || newest.hash !== anchor_hash) return 'malformed';
  // The anchor that was sealed must still be the one that the later ones follow.
  if (known !== undefined && known.anchors > 0 && sealed?.hash !== known.last) return 'forked';
  return { tenant, anchors, entries: newest.to + 1, last: newest.hash };
}

async function readAnchorAt(
  store: Store,
  tenant: string,
  number: number,
): Promise<{ readonly hash: string; readonly to: number } | undefined> {
  const row = await store.anchorAt(tenant, number);
  if (row === undefined) return undefined;
  try {
    const anchor = readAnchor(row.anchor);
    return anchor.tenant === tenant && anchor.number === number
      ? { hash: anchorHash(row.anchor), to: anchor.to }
      : undefined;
  } catch {
    return undefined;
  }
}
