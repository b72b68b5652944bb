import {
  checkArgument,
  checkTenant,
  type EntryDraft,
  type EntryRow,
  refuseUnknown,
  SealtrailError,
} from '@sealtrail/format';
import { type Optional, withDefaults } from '../defaults.ts';
import { checkStore } from '../open.ts';
import { PassingMap } from '../passing-map.ts';
import type { Store } from '../port.ts';
import type { Appended } from './appended.ts';
import { appended, Committer, placeAll } from './committer.ts';
import { refuseUnlinkedTo } from './linked.ts';
import { conflict, type Prepared, prepare, refuseOther } from './prepare.ts';
import { type Load, Queue, type QueueLimits } from './queue.ts';
import { Registry } from './registry.ts';

export interface LogOptions extends Optional<QueueLimits> {
  /** How long the head lock is kept for a caller that appends again, in milliseconds; default 5. */
  readonly lingerMs?: number | undefined;
}

const DEFAULTS: QueueLimits = {
  maxWaiting: 10_000,
  maxWaitingBytes: 64 * 1024 * 1024,
  maxWaitingAll: 50_000,
  maxWaitingAllBytes: 256 * 1024 * 1024,
  maxBatch: 1_000,
  maxBatchBytes: 8 * 1024 * 1024,
};

/** A transaction of the caller, such as a MongoDB `ClientSession`. */
export interface AppendOptions {
  readonly session?: unknown;
}

/**
 * Appends entries to the logs of a store's tenants. One instance for each process and store; entries of concurrent callers
 * are committed together.
 */
export class Log {
  readonly #store: Store;
  readonly #limits: QueueLimits;
  readonly #lingerMs: number;
  /** Logs that something waits for, or whose lock is still kept. */
  readonly #tenants = new PassingMap<string, { queue: Queue; committer: Committer }>();
  readonly #registry: Registry;
  readonly #load: Load = { waiting: 0, bytes: 0 };
  #closed = false;

  /** @throws SealtrailError `config_invalid` */
  constructor(store: Store, options: LogOptions = {}) {
    checkStore('Log', store);
    refuseUnknown('Log', options, [...Object.keys(DEFAULTS), 'lingerMs'], 'config_invalid');
    const { lingerMs, ...limits } = options;
    this.#store = store;
    this.#registry = new Registry(store);
    this.#limits = withDefaults(DEFAULTS, limits);
    this.#lingerMs = lingerMs ?? 5;
  }

  /**
   * Appends one entry. It is durable when the promise resolves. After an error with the code `store_unavailable` it may be
   * there or not: append it again with the same id.
   *
   * @throws SealtrailError `draft_invalid`, `id_conflict`, `queue_full`, `store_closed`, `store_unavailable`, `log_broken`,
   *   `config_invalid` for an option that is none, or a session that the store does not take; with a session also `transaction_busy`
   *   (retry the transaction)
   */
  async append(tenant: string, draft: EntryDraft, options?: AppendOptions): Promise<Appended> {
    const [one] = await this.appendAll(tenant, [draft], options);
    return one as Appended;
  }

  /**
   * Appends entries that belong together: they get consecutive positions in one commit, unless some of them are in the log
   * already. Each is wholly there or not; after an error append all of them again with the same ids.
   *
   * @throws as {@link append}
   */
  async appendAll(
    tenant: string,
    drafts: readonly EntryDraft[],
    options: AppendOptions = {},
  ): Promise<Appended[]> {
    // What is meant to be in the caller's transaction must not be appended outside it.
    refuseUnknown('append', options, ['session'], 'config_invalid');
    this.#refuseClosed();
    checkTenant(tenant);
    checkArgument('appendAll', 'a list of drafts', drafts, Array.isArray, 'draft_invalid');
    const prepared = drafts.map((draft) => prepare(tenant, draft));
    if (prepared.length > 1 && new Set(prepared.map(({ id }) => id)).size !== prepared.length) {
      throw new SealtrailError('draft_invalid', 'an id occurs twice among the drafts');
    }
    if (options.session !== undefined) return this.#appendInSession(options.session, tenant, prepared);
    for (;;) {
      const { queue, committer } = this.#tenant(tenant);
      const other = queue.otherThan(prepared);
      if (other === undefined) {
        const promises = queue.add(prepared);
        committer.kick();
        return Promise.all(promises);
      }
      // Whoever is refused looks for what has the id: it has to be there. What is refused itself is in nobody's way.
      await other.promise.then(
        ({ id }) => {
          throw conflict(id);
        },
        () => {},
      );
      this.#refuseClosed();
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw new SealtrailError('store_closed', 'the log is closed');
  }

  /** The entry with an id, while it is stored. @throws SealtrailError `store_unavailable` */
  find(tenant: string, id: string): Promise<EntryRow | undefined> {
    return this.#store.findById(tenant, id);
  }

  async #appendInSession(session: unknown, tenant: string, all: readonly Prepared[]): Promise<Appended[]> {
    if (this.#store.commitInSession === undefined) {
      throw new SealtrailError('config_invalid', `a ${this.#store.kind} store takes no session`);
    }
    const results = new Map<string, Appended>();
    await this.#registry.register(tenant);
    await this.#store.commitInSession(
      session,
      tenant,
      all.map(({ id }) => id),
      (tip, now, { known, behind }) => {
        for (const prepared of all) {
          const row = known.get(prepared.id);
          if (row === undefined) continue;
          refuseOther(row, prepared);
          results.set(prepared.id, appended(row, true));
        }
        refuseUnlinkedTo(tenant, [...known.values()], behind, tip);
        const rows = placeAll(
          all.filter(({ id }) => !known.has(id)),
          tip,
          now,
        );
        for (const row of rows) results.set(row.id, appended(row, false));
        return rows;
      },
    );
    return all.map(({ id }) => results.get(id) as Appended);
  }

  #tenant(tenant: string): { queue: Queue; committer: Committer } {
    let known = this.#tenants.get(tenant);
    if (known === undefined) {
      const queue = new Queue(this.#limits, this.#load);
      const committer = new Committer({
        store: this.#store,
        registry: this.#registry,
        tenant,
        queue,
        lingerMs: this.#lingerMs,
        onIdle: () => this.#tenants.delete(tenant),
      });
      known = { queue, committer };
      this.#tenants.set(tenant, known);
    }
    return known;
  }

  /** Refuses new entries, commits what waits and gives the head locks back. The store stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#tenants.values()].map(({ committer }) => committer.drain()));
  }
}
