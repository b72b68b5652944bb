import {
  type Entry,
  type EntryRow,
  ERASED_TYPE,
  entryHash,
  type Hash,
  type Hold,
  type PrunedData,
  RETENTION_TYPES,
  type RetentionPolicy,
  readRetention,
} from '@sealtrail/format';
import type { Store } from '../port.ts';
import { Follow } from './follow.ts';

/** An entry that was read, and may be read once more. */
export interface EntryRef {
  readonly seq: number;
  readonly hash: Hash;
}

/** Entries that are read together. */
const CHUNK = 1_000;

/**
 * What a log says about its own retention: policy, holds, erasures. Read from its entries and from nothing else, each held against its
 * hash and the one before, so nobody can change it without an entry.
 */
export class Rules {
  readonly #store: Store;
  readonly #tenant: string;
  readonly #onEntry: ((entry: Entry, hash: Hash) => void) | undefined;
  readonly #follow: Follow;
  policy: RetentionPolicy | undefined;
  readonly holds = new Map<string, Hold>();
  /** The newest account of what was pruned. */
  pruned: PrunedData | undefined;
  /** The entries that account for erasures. */
  readonly erasures: EntryRef[] = [];
  /** The first position that is stored, once something was read. */
  first: number | undefined;

  /** @param onEntry called for each entry, in order */
  constructor(store: Store, tenant: string, onEntry?: (entry: Entry, hash: Hash) => void) {
    this.#store = store;
    this.#tenant = tenant;
    this.#onEntry = onEntry;
    this.#follow = new Follow(store, tenant);
  }

  /** The last entry that was read. */
  get tip(): Follow['tip'] {
    return this.#follow.tip;
  }

  /**
   * Reads what was appended since.
   *
   * @throws SealtrailError `log_broken` for rows that are not what was hashed, and where some are missing that nothing accounts for
   */
  async advance(): Promise<void> {
    for (;;) {
      const rows = await this.#store.readFrom(this.#tenant, this.tip.seq + 1, CHUNK);
      for (const row of rows) {
        const { seq, type } = await this.#follow.next(row);
        this.first ??= seq;
        if (type === ERASED_TYPE) this.erasures.push({ seq, hash: row.hash });
        if (RETENTION_TYPES.includes(type)) this.#take(row.entry);
        // Its text was looked at just now.
        this.#onEntry?.(JSON.parse(row.entry), row.hash);
      }
      if (rows.length < CHUNK) break;
    }
    const { missing } = this.#follow;
    // Rules that stood in what was pruned are carried over by the account of it, and by nothing else.
    if (missing > (this.pruned?.to ?? -1)) throw this.#follow.broken(missing);
  }

  /**
   * Reads once more what was read, as it was then: what was changed since has no say, and what was pruned since is left out.
   *
   * @throws SealtrailError `log_broken`
   */
  async again(those: readonly EntryRef[]): Promise<EntryRow[]> {
    const rows = await this.#store.readAt(
      this.#tenant,
      those.map(({ seq }) => seq),
    );
    const found = new Map(rows.map((row) => [row.seq, row]));
    const missing = those.filter(({ seq }) => !found.has(seq));
    if (missing.length > 0) await this.#refuseUnpruned(missing);
    return those.flatMap(({ seq, hash }) => {
      const row = found.get(seq);
      if (row === undefined) return [];
      if (entryHash(row.entry) !== hash) throw this.#follow.broken(seq);
      return [row];
    });
  }

  /** The account of a pruning is there before anything is gone. */
  async #refuseUnpruned(missing: readonly EntryRef[]): Promise<void> {
    const now = new Rules(this.#store, this.#tenant);
    await now.advance();
    for (const { seq } of missing) if (seq > (now.pruned?.to ?? -1)) throw this.#follow.broken(seq);
  }

  #take(text: string): void {
    const event = readRetention(text);
    if (event?.kind === 'policy') this.policy = event.policy;
    else if (event?.kind === 'pruned') this.#carry(event.pruned);
    else if (event?.kind === 'hold') this.holds.set(event.hold.hold, event.hold);
    else if (event?.kind === 'released') this.holds.delete(event.hold);
  }

  /** What was pruned may hold the entries that made the rules: the account carries them over. */
  #carry(pruned: PrunedData): void {
    this.pruned = pruned;
    this.policy = pruned.rules.policy;
    this.holds.clear();
    for (const hold of pruned.rules.holds) this.holds.set(hold.hold, hold);
  }

  /** The holds that an entry falls under. */
  holdsOn(entry: Entry): Hold[] {
    return [...this.holds.values()].filter(({ target }) => target === null || isAbout(entry, target));
  }
}

/** Whether an entry is about a record, or a person: as its target, its actor, or whom it acted for. */
export function isAbout(
  { targets, actor }: Entry,
  { about, type, id }: NonNullable<Hold['target']>,
): boolean {
  if (targets.some((target) => target.type === type && target.id === id)) return true;
  if (about === 'record') return false;
  return [actor, actor.on_behalf_of].some((one) => one?.type === type && one.id === id);
}
