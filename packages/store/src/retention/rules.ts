import {
  type Entry,
  ERASED_TYPE,
  type Hold,
  type PrunedData,
  RETENTION_TYPES,
  type RetentionPolicy,
  readRetention,
} from '@sealtrail/format';
import type { Store } from '../port.ts';
import { Follow } from './follow.ts';

/** Entries that are read together. */
const CHUNK = 1_000;

/**
 * What a log says about its own retention: policy, holds, erasures. Read from its entries and from nothing else, each held against its
 * hash and the one before, so nobody can change it without an entry.
 */
export class Rules {
  readonly #store: Store;
  readonly #tenant: string;
  readonly #onEntry: ((entry: Entry) => void) | undefined;
  readonly #follow: Follow;
  policy: RetentionPolicy | undefined;
  readonly holds = new Map<string, Hold>();
  /** The newest account of what was pruned. */
  pruned: PrunedData | undefined;
  /** Positions of the entries that account for erasures. */
  readonly erasures: number[] = [];
  /** The first position that is stored, once something was read. */
  first: number | undefined;

  /** @param onEntry called for each entry, in order */
  constructor(store: Store, tenant: string, onEntry?: (entry: Entry) => void) {
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
        if (type === ERASED_TYPE) this.erasures.push(seq);
        if (RETENTION_TYPES.includes(type)) this.#take(row.entry);
        // Its text was looked at just now.
        this.#onEntry?.(JSON.parse(row.entry));
      }
      if (rows.length < CHUNK) break;
    }
    const { missing } = this.#follow;
    // Rules that stood in what was pruned are carried over by the account of it, and by nothing else.
    if (missing > (this.pruned?.to ?? -1)) throw this.#follow.broken(missing);
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
