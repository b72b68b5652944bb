import {
  type EntryFacts,
  type EntryRow,
  entryHash,
  type Hash,
  isSealtrailError,
  readAnchor,
  SealtrailError,
  scanEntry,
  ZERO_HASH,
} from '@sealtrail/format';
import { anchorOver } from '../anchor/anchor-over.ts';
import type { Store, Tip } from '../port.ts';

/**
 * Follows a log from its first entry and believes nothing that is stored beside the chain: what is decided on a log's rules must not
 * be decided on a row that somebody changed, or took away, for as long as that takes.
 */
export class Follow {
  readonly #store: Store;
  readonly #tenant: string;
  /** The last entry that was followed. */
  tip: Pick<Tip, 'seq' | 'hash'> = { seq: -1, hash: ZERO_HASH };
  /** The last position that was not there, though an anchor is over it; -1 for none. */
  missing = -1;

  constructor(store: Store, tenant: string) {
    this.#store = store;
    this.#tenant = tenant;
  }

  /**
   * Takes the next row.
   *
   * @throws SealtrailError `log_broken` for one that is not what was hashed, or does not follow the one before
   */
  async next(row: Pick<EntryRow, 'seq' | 'hash' | 'type' | 'entry'>): Promise<EntryFacts> {
    const { seq, hash } = row;
    const facts = this.#read(row);
    const follows = seq === this.tip.seq + 1 && facts.prev === this.tip.hash;
    if (!follows && !(seq > this.tip.seq + 1 && (await this.#lastBefore(seq)) === facts.prev)) {
      throw this.broken(seq);
    }
    if (!follows) this.missing = seq - 1;
    this.tip = { seq, hash };
    return facts;
  }

  #read({ seq, hash, type, entry }: Pick<EntryRow, 'seq' | 'hash' | 'type' | 'entry'>): EntryFacts {
    try {
      // A database without types may have anything there.
      const facts = scanEntry(String(entry));
      const repeats = facts.tenant === this.#tenant && facts.seq === seq && facts.type === type;
      if (repeats && entryHash(entry) === hash) return facts;
    } catch (error) {
      if (!isSealtrailError(error)) throw error;
    }
    throw this.broken(seq);
  }

  /** The hash of the entry before a position, where an anchor ends there: what was pruned has left no other trace. */
  async #lastBefore(seq: number): Promise<Hash | undefined> {
    const row = await anchorOver(this.#store, this.#tenant, seq - 1);
    try {
      const anchor = row === undefined ? undefined : readAnchor(row.anchor);
      return anchor?.to === seq - 1 ? anchor.last : undefined;
    } catch (error) {
      if (isSealtrailError(error)) return undefined;
      throw error;
    }
  }

  broken(seq: number): SealtrailError {
    return new SealtrailError(
      'log_broken',
      `the log of ${this.#tenant} is not whole up to position ${seq}: verify it; nothing is destroyed on what it says`,
      { tenant: this.#tenant, seq },
    );
  }
}
