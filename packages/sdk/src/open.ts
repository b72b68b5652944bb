import {
  type Appended,
  type AppendOptions,
  type EntryDraft,
  Log,
  type LogOptions,
  openStore,
  type Store,
} from '@sealtrail/store';

export interface SealtrailOptions extends LogOptions {
  /** A `mongodb://` URL, the path of a SQLite file, or a store that is open already and stays the caller's to close. */
  readonly store: string | Store;
}

/** A plugin's connection to the log. */
export interface Sealtrail {
  readonly store: Store;
  /** Appends one entry; it is durable when the promise resolves. See `Log.append` for the errors. */
  append(tenant: string, draft: EntryDraft, options?: AppendOptions): Promise<Appended>;
  /** Appends entries that belong together, in one commit. */
  appendAll(tenant: string, drafts: readonly EntryDraft[], options?: AppendOptions): Promise<Appended[]>;
  /** Commits what waits and closes. */
  close(): Promise<void>;
}

/**
 * Opens the log for writing.
 *
 * @throws SealtrailError `source_invalid`, `driver_missing`, `store_unavailable`, `store_layout`, `config_invalid`
 */
export async function openSealtrail(options: SealtrailOptions): Promise<Sealtrail> {
  const { store: given, ...logOptions } = options;
  const owned = typeof given === 'string';
  const store = owned ? await openStore(given) : given;
  const log = new Log(store, logOptions);
  return {
    store,
    append: (tenant, draft, appendOptions) => log.append(tenant, draft, appendOptions),
    appendAll: (tenant, drafts, appendOptions) => log.appendAll(tenant, drafts, appendOptions),
    close: async () => {
      await log.close();
      if (owned) await store.close();
    },
  };
}
