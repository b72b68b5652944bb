import {
  type Appended,
  type AppendOptions,
  closeAll,
  type EntryDraft,
  Log,
  type LogOptions,
  openStore,
  type Store,
} from '@sealtrail/store';
import { checkOptions } from './options.ts';
import { refuseReserved } from './reserved.ts';
import { Known } from './spool/known.ts';
import { type Replay, replaySpool } from './spool/replay.ts';
import { Spool } from './spool/spool.ts';
import { awayFrom, rememberingLedger, spoolingLedger } from './spool/spooling.ts';
import { logLedger } from './trail/ledger.ts';
import { checkTrailOptions, type TrailOptions } from './trail/options.ts';
import { Trail } from './trail/trail.ts';

/**
 * What happens when the log cannot be reached. `closed`: no entry, no action. `open`: proposals, changes and what needs no
 * approval go on and wait in `spool`; decisions and what they allow still fail.
 */
export type FailurePolicy =
  | { readonly mode: 'closed' }
  | {
      readonly mode: 'open';
      /** A folder of this machine. It is made, or belongs to this process's user alone already (mode 0700). */
      readonly spool: string;
      /** How often what waits is tried again, in milliseconds, from 100; default 5,000. */
      readonly replayEveryMs?: number | undefined;
      /** Told of every replay that did something, or could not. */
      readonly onReplay?: ((replay: Replay) => void) | undefined;
    };

/** Where the log is, and what happens when it cannot be reached. */
export interface SealtrailOptions extends LogOptions {
  /** A `mongodb://` URL, the path of a SQLite file, or a store that is open already and stays the caller's to close. */
  readonly store: string | Store;
  /** Default: `{ mode: 'closed' }`. */
  readonly failure?: FailurePolicy | undefined;
}

/** A plugin's connection to the log. */
export interface Sealtrail {
  readonly store: Store;
  /** The life of proposals in one tenant's log. @throws SealtrailError `draft_invalid` for what is no tenant, `config_invalid` */
  trail(tenant: string, options?: TrailOptions): Trail;
  /**
   * Appends one entry of the host's own; it is durable when the promise resolves. Types that Sealtrail writes itself
   * (`decision.approved` and the like) are refused, but for `record.changed`, and so are ids that such entries have
   * (`<proposal>:decision` and the like), both with `draft_invalid`. See `Log.append` for the other errors.
   */
  append(tenant: string, draft: EntryDraft, options?: AppendOptions): Promise<Appended>;
  /** Appends entries that belong together, in one commit. */
  appendAll(tenant: string, drafts: readonly EntryDraft[], options?: AppendOptions): Promise<Appended[]>;
  /** Appends what waits in the spool now. */
  replay(): Promise<Replay>;
  /** Commits what waits and closes. What still waits in the spool stays there for the next start. */
  close(): Promise<void>;
}

/**
 * Opens the log for writing. With the failure policy `open`, what an earlier process left in the spool is appended first.
 *
 * @throws SealtrailError `source_invalid`, `driver_missing`, `store_unavailable`, `store_layout`, `config_invalid`,
 *   `spool_failed`
 */
export async function openSealtrail(options: SealtrailOptions): Promise<Sealtrail> {
  const { replayEveryMs } = checkOptions(options);
  const { store: given, failure = { mode: 'closed' }, ...logOptions } = options;
  const known = new Known();
  // Before the store, which would have to be closed again when this fails.
  const spool =
    failure.mode === 'open'
      ? await Spool.open(failure.spool, ({ tenant, draft }) => known.wrote(tenant, draft, false))
      : undefined;
  const owned = typeof given === 'string';
  const store = owned ? await openStore(given) : given;
  const log = new Log(store, logOptions);
  const ledgerOf = (tenant: string) => {
    const ledger = logLedger(store, log, tenant);
    return spool === undefined ? ledger : rememberingLedger(ledger, known);
  };
  const onReplay = (done: Replay): void => {
    if (failure.mode === 'open') failure.onReplay?.(done);
  };
  const foreign = new Set<string>();
  const replay = async (): Promise<Replay> =>
    spool === undefined
      ? { replayed: 0, refused: [], stopped: [] }
      : replaySpool(spool, ledgerOf, foreign, onReplay);
  let timer: NodeJS.Timeout | undefined;
  if (replayEveryMs !== undefined) {
    let running = false;
    // The log may still be away, and take long to say so: the next turn tries again.
    const quietly = async (): Promise<void> => {
      if (running) return;
      running = true;
      await replay().catch(() => {});
      running = false;
    };
    timer = setInterval(() => void quietly(), replayEveryMs);
    timer.unref();
    await quietly();
  }
  return {
    store,
    trail: (tenant, trailOptions = {}) => {
      refuseReserved(tenant);
      checkTrailOptions(trailOptions);
      const ledger = ledgerOf(tenant);
      if (spool === undefined) return new Trail(ledger, trailOptions, undefined);
      const now = trailOptions.now ?? Date.now;
      const spooling = spoolingLedger(ledger, spool, known, now);
      return new Trail(spooling, trailOptions, awayFrom(tenant, spool, known));
    },
    append: async (tenant, draft, appendOptions) => {
      refuseReserved(tenant, [draft]);
      return log.append(tenant, draft, appendOptions);
    },
    appendAll: async (tenant, drafts, appendOptions) => {
      refuseReserved(tenant, drafts);
      return log.appendAll(tenant, drafts, appendOptions);
    },
    replay,
    close: async () => {
      clearInterval(timer);
      // What cannot be replayed waits for the next start.
      if (spool !== undefined) await replay().catch(() => {});
      await closeAll([() => spool?.close(), () => log.close(), () => (owned ? store.close() : undefined)]);
    },
  };
}
