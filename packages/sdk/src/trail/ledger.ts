import { type Recorded, readGenuine } from '@sealtrail/format';
import { type Appended, type EntryDraft, type Log, refuseUnlinked, type Store } from '@sealtrail/store';
import { proposalsIn, refuseReused } from './reused.ts';

/** Where an entry is: in the log, or for now in the spool of this machine. */
export type Receipt =
  | (Appended & { readonly recorded: 'log' })
  | { readonly recorded: 'spool'; readonly id: string };

/** What the life of a proposal needs of one tenant's log. */
export interface Ledger {
  readonly tenant: string;
  /**
   * Appends drafts in one commit. Each is in the log when the promise resolves.
   *
   * @throws as `Log.append`, and SealtrailError `id_conflict` for a proposal whose id was another one's before
   */
  append(drafts: readonly EntryDraft[]): Promise<Appended[]>;
  /** Appends drafts, or keeps them for later when the log cannot be reached and the failure policy allows that. */
  record(drafts: readonly EntryDraft[]): Promise<Receipt[]>;
  /** The entries with these ids. @throws SealtrailError `log_broken` for one that was altered: what is done rests on them */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, Recorded>>;
  /** @throws SealtrailError `log_broken` for one that the log does not go on from: it was changed together with its hash */
  refuseUnlinked(those: readonly Recorded[]): Promise<void>;
  /** The greatest id in the log from `from` up to and without `below`. */
  lastId(from: string, below: string): Promise<string | undefined>;
}

/** Ids that are looked up at once. */
const CHUNK = 500;

export function logLedger(store: Store, log: Log, tenant: string): Ledger {
  const find: Ledger['find'] = async (ids) => {
    const found = new Map<string, Recorded>();
    for (let at = 0; at < ids.length; at += CHUNK) {
      const rows = await store.findByIds(tenant, ids.slice(at, at + CHUNK));
      for (const [id, row] of rows) found.set(id, readGenuine(row));
    }
    return found;
  };
  const append: Ledger['append'] = async (drafts) => {
    const proposals = proposalsIn(drafts);
    // Waits for nothing else: the log takes what its caller gave, as it is now.
    if (proposals.length > 0) await refuseReused(find, proposals);
    return log.appendAll(tenant, drafts);
  };
  return {
    tenant,
    append,
    record: async (drafts) => (await append(drafts)).map((one) => ({ ...one, recorded: 'log' })),
    find,
    refuseUnlinked: (those) =>
      refuseUnlinked(
        store,
        tenant,
        those.map(({ entry, hash }) => ({ seq: entry.seq, hash })),
      ),
    lastId: async (from, below) => (await store.findLast(tenant, from, below))?.id,
  };
}
