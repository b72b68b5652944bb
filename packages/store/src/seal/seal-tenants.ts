import { randomUUID } from 'node:crypto';
import {
  readSeal,
  refuseUnknown,
  SEALS_TENANT,
  type Seal,
  SealtrailError,
  sealDraft,
} from '@sealtrail/format';
import { place, prepare } from '../log/prepare.ts';
import { checkStore } from '../open.ts';
import type { Store, Tip } from '../port.ts';
import { findChanges, type RefusedTenant } from './changes.ts';
import { Directory, type SealEntry } from './directory.ts';

export interface SealOptions {
  /** How old the last seal gets before there is another one without any change, in milliseconds; default 1 hour. */
  readonly idleMs?: number | undefined;
  /** The clock, Unix milliseconds; it decides only whether an idle seal is due. */
  readonly now?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface SealResult {
  /** The newest seal now, whoever made it; undefined when there is nothing to seal. */
  readonly seal: SealEntry | undefined;
  /** True when this call made it. */
  readonly made: boolean;
  readonly tenants: number;
  readonly changed: number;
  readonly refused: readonly RefusedTenant[];
  /** The newest seal that this sealer knew of, once it is in the store no more: the store was set back. It is told once. */
  readonly setBack?: Seal | undefined;
}

const IDLE_MS = 3_600_000;
const ATTEMPTS = 20;

/**
 * Makes the next seal: one entry of the operator's log over a directory with the newest anchor of every tenant. A tenant that
 * was sealed never leaves the directory and never goes back in it: where the store says otherwise, the line stays as it was,
 * and the tenant is reported.
 *
 * Safe to call twice at once, and to kill at any point: the changes are stored first, under a name that only the seal's entry
 * makes count, and that entry is appended at one position or not at all.
 *
 * @throws SealtrailError `log_broken`, also when the stored directory is not the one of the last seal, `store_unavailable`,
 *   `config_invalid`; the signal's reason when aborted
 */
export async function sealTenants(store: Store, options: SealOptions = {}): Promise<SealResult> {
  return new Sealer(store).seal(options);
}

/** Seals again and again, and keeps the directory between two seals instead of reading it anew. */
export class Sealer {
  readonly #store: Store;
  #directory = new Directory();
  #gone: Seal | undefined;

  /** @throws SealtrailError `config_invalid` */
  constructor(store: Store) {
    checkStore('sealing', store);
    this.#store = store;
  }

  /** As {@link sealTenants}. */
  async seal(options: SealOptions = {}): Promise<SealResult> {
    refuseUnknown('sealing', options, ['idleMs', 'now', 'signal'], 'config_invalid');
    await this.#store.register(SEALS_TENANT);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      options.signal?.throwIfAborted();
      // Whatever is tried on it counts only once it was sealed, or was found to be what was sealed.
      const known = this.#directory;
      this.#directory = new Directory();
      const isCurrent = await known.isCurrent(this.#store);
      if (!isCurrent) this.#gone ??= known.last?.seal;
      const directory = isCurrent ? known : new Directory();
      await directory.advance(this.#store);
      const result = await trySeal(this.#store, directory, options);
      if (result === undefined) continue;
      this.#directory = directory;
      const setBack = this.#gone;
      this.#gone = undefined;
      return { ...result, setBack };
    }
    throw new SealtrailError('store_unavailable', 'others sealed again and again in the meantime');
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
  const counts = { tenants: directory.size, changed: changes.length, refused };
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
    directory_root: directory.root(),
    directory_size: directory.size,
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
  // What follows may take longer than a lease, and ends without a commit where nothing is to be sealed.
  await store.release(SEALS_TENANT);
  return tip as unknown as Tip;
}
