import {
  type DirectoryLine,
  DirectoryTree,
  type Hash,
  isDirectoryLine,
  isName,
  readSeal,
  SEAL_TYPE,
  SEALS_TENANT,
  type Seal,
  SealtrailError,
  tenantKey,
} from '@sealtrail/format';
import type { DirectoryChange, Store } from '../port.ts';

/** A tenant's line in a directory. */
export type TenantLine = DirectoryLine & { readonly tenant: string };

/** Entries of the operator's log that are read together. */
const CHUNK = 500;

/** The seals of the operator's log between two positions, in order. Its other entries are about keys. */
async function* seals(store: Store, start = 0, upTo = Number.MAX_SAFE_INTEGER): AsyncGenerator<SealEntry> {
  for (let from = start; ; from += CHUNK) {
    const rows = await store.readFrom(SEALS_TENANT, from, CHUNK);
    for (const { seq, type, entry } of rows) {
      if (seq > upTo) return;
      if (type === SEAL_TYPE) yield { seal: readSeal(entry), text: entry };
    }
    if (rows.length < CHUNK) return;
  }
}

/** A seal with the text of its entry. */
export interface SealEntry {
  readonly seal: Seal;
  readonly text: string;
}

/**
 * The directory as seals named it, one after the other. What is stored are the changes from each to the next; those of an
 * attempt that somebody else was faster than have a name that no seal names, and count for nothing.
 */
export class Directory {
  readonly #lines = new Map<string, TenantLine>();
  readonly #tree = new DirectoryTree();
  /** The last seal that was taken in. */
  last: SealEntry | undefined;

  /** @param upTo position of the last seal that shall count. @throws as {@link advance} */
  static async at(store: Store, upTo?: number): Promise<Directory> {
    const directory = new Directory();
    await directory.advance(store, upTo);
    return directory;
  }

  /**
   * Takes in the seals that came since. The stored changes are attacker-controlled: whoever deletes a tenant deletes its line as well,
   * and the next seal must not be one over what is left. So the last seal has to vouch for what was read.
   *
   * @param enough asked after each seal
   * @throws SealtrailError `log_broken` when the stored changes do not give the directory of the last seal
   */
  async advance(store: Store, upTo?: number, enough: () => boolean = () => false): Promise<void> {
    const before = this.last;
    const start = before === undefined ? 0 : before.seal.number + 1;
    const changes = store.directoryChanges(start)[Symbol.asyncIterator]();
    let next = await changes.next();
    try {
      for await (const one of seals(store, start, upTo)) {
        while (next.done !== true && next.value.seal <= one.seal.number) {
          if (next.value.directory === one.seal.directory) this.set(next.value);
          next = await changes.next();
        }
        this.last = one;
        if (enough()) break;
      }
    } finally {
      await changes.return?.();
    }
    if (this.last !== undefined && this.last !== before) this.#hold(this.last.seal);
  }

  #hold({ number, directory_root, directory_size }: Seal): void {
    if (this.size === directory_size && this.root() === directory_root) return;
    throw new SealtrailError(
      'log_broken',
      `the stored directory is not the one of seal ${number}: verify the store; nothing is sealed or proved over it`,
      { tenant: SEALS_TENANT, seal: number },
    );
  }

  /** Whether the last seal that was taken in is still where it was. */
  async isCurrent(store: Store): Promise<boolean> {
    if (this.last === undefined) return true;
    const { number, hash } = this.last.seal;
    const [row] = await store.readFrom(SEALS_TENANT, number, 1);
    return row?.seq === number && row.hash === hash;
  }

  get(tenant: string): TenantLine | undefined {
    return this.#lines.get(tenant);
  }

  set({ tenant, anchors, entries, last }: Omit<DirectoryChange, 'seal' | 'directory'>): void {
    // What is no line has no leaf, and is missed by the root.
    if (!isName(tenant)) return;
    const line = { tenant, key: this.#lines.get(tenant)?.key ?? tenantKey(tenant), anchors, entries, last };
    if (!isDirectoryLine(line)) return;
    this.#lines.set(tenant, line);
    this.#tree.set(line);
  }

  /** Number of tenants. */
  get size(): number {
    return this.#tree.size;
  }

  /** Root of the tree over all lines. */
  root(): Hash {
    return this.#tree.root();
  }

  tenants(): Iterable<string> {
    return this.#lines.keys();
  }

  /** All lines in the order of their keys: the leaves of the tree. */
  sorted(): TenantLine[] {
    return [...this.#lines.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The place of a tenant. @throws SealtrailError `not_sealed` */
  placeOf(lines: readonly TenantLine[], tenant: string): number {
    const place = lines.findIndex((line) => line.tenant === tenant);
    if (place === -1) throw new SealtrailError('not_sealed', `${tenant} is under no seal yet`, { tenant });
    return place;
  }
}
