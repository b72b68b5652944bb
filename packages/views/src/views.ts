import { SealtrailError } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';
import { z } from 'zod';
import { changeOf, type RecordChange } from './change.ts';
import { type Coaching, type CoachingQuery, coachingQuery, Tally } from './coaching/coaching.ts';
import { type Due, type DueOptions, due } from './due.ts';
import { type ViewEntry, viewEntry } from './entry.ts';
import { type IncidentPage, incidentPage } from './incident.ts';
import type { Index, Order, Progress } from './port.ts';
import { catchUp } from './projector.ts';
import { loadState, type ProposalView, proposalView } from './proposal.ts';
import { boundsOf } from './query/bounds.ts';
import { type Found, findEntries } from './query/entries.ts';
import {
  type Filter,
  type Page,
  parseFilter,
  parsePage,
  parseQuery,
  parseTenant,
  proposal as proposalId,
  record as recordReference,
} from './query/filter.ts';
import { Turns } from './turns.ts';

/** One page of entries. */
export interface EntriesPage {
  readonly entries: readonly ViewEntry[];
  /**
   * Where to go on; absent when there is nothing more. A page may be short, or empty, and still have it: at most 10,000
   * entries are looked at for one.
   */
  readonly next?: string;
  /** Number of entries that were looked at. */
  readonly scanned: number;
}

/** An entry of a record's history. */
export interface RecordEntry extends ViewEntry {
  /** What was written, for an entry `record.changed`. */
  readonly change?: RecordChange;
}

export interface RecordPage extends EntriesPage {
  readonly entries: readonly RecordEntry[];
}

const incidentQuery = z.union([
  z.strictObject({ trace: z.string() }),
  z.strictObject({ conversation: z.string() }),
]);
/** A trace or a conversation. */
export type IncidentQuery = z.output<typeof incidentQuery>;

/** Proposals that are read together. */
const PROPOSALS_CHUNK = 500;
/** How often a query begins again because the index was rebuilt under it. */
const MAX_ATTEMPTS = 5;

/**
 * Answers questions about logs. Every answer holds everything that was acknowledged before the question was asked. It is read,
 * not verified: whether the log is whole is the verifier's to say.
 *
 * All methods throw SealtrailErrors: `query_invalid` and `cursor_invalid` for what was asked, `log_broken` when an entry cannot
 * be read, `store_layout` for an index that somebody changed, `store_unavailable`, `store_closed`.
 */
export class Views {
  readonly #store: Store;
  readonly #index: Index;
  readonly #close: () => Promise<void>;
  readonly #turns = new Turns<Progress | undefined>();

  constructor(store: Store, index: Index, close: () => Promise<void>) {
    this.#store = store;
    this.#index = index;
    this.#close = close;
  }

  /** Entries that fit a filter, newest first unless asked otherwise. Empty for a tenant that has no log. */
  async entries(tenant: string, filter: Filter = {}, page: Page = {}): Promise<EntriesPage> {
    const { entries, through: _, ...rest } = await this.#find(tenant, filter, page, 'newest');
    return { entries: entries.map(viewEntry), ...rest };
  }

  /** Everything about one proposal; undefined when it is not in the log. */
  async proposal(tenant: string, id: string): Promise<ProposalView | undefined> {
    const proposal = parseQuery(proposalId, id);
    const found = await this.#find(tenant, { proposal }, { limit: 1_000 }, 'oldest');
    // No further than the entries: what is appended meanwhile is the next answer's.
    const state = await loadState(this.#store, tenant, proposal, found.through);
    return state && proposalView(state, found);
  }

  /** The history of a record, oldest first unless asked otherwise. */
  async record(tenant: string, record: { type: string; id: string }, page: Page = {}): Promise<RecordPage> {
    const filter = { record: parseQuery(recordReference, record) };
    const { entries, through: _, ...rest } = await this.#find(tenant, filter, page, 'oldest');
    const shown = entries.map((one) => {
      const change = changeOf(one);
      return { ...viewEntry(one), ...(change === undefined ? {} : { change }) };
    });
    return { entries: shown, ...rest };
  }

  /** Everything that belongs to a trace or a conversation, oldest first unless asked otherwise. */
  async incident(tenant: string, query: IncidentQuery, page: Page = {}): Promise<IncidentPage> {
    const found = await this.#find(tenant, parseQuery(incidentQuery, query), page, 'oldest');
    return incidentPage(this.#store, tenant, found);
  }

  /** Counts of proposals and of what became of them: all of them are read for it. @throws the signal's reason when aborted */
  async coaching(
    tenant: string,
    query: CoachingQuery = {},
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Coaching> {
    const { since, until, agent, action, person } = parseQuery(coachingQuery, query);
    const tally = await this.#stable(tenant, async (progress) => {
      const tally = new Tally();
      let { from, to } = await boundsOf(this.#store, progress, { since, until });
      for (;;) {
        signal?.throwIfAborted();
        const rows = await this.#index.created(progress.build, { from, to }, PROPOSALS_CHUNK);
        for (const row of rows) {
          if (agent !== undefined && row.created?.agent !== agent) continue;
          if (action !== undefined && row.created?.facts.action !== action) continue;
          if (person !== undefined && row.decided?.person !== person) continue;
          tally.add(row);
        }
        if (rows.length < PROPOSALS_CHUNK) return tally;
        from = (rows.at(-1)?.created?.seq ?? to) + 1;
      }
    });
    return (tally ?? new Tally()).result;
  }

  /**
   * Pending proposals whose time is up, in the order in which it ran out, of one tenant or of all.
   *
   * @param now milliseconds since 1970
   */
  due(now: number, options: DueOptions = {}): AsyncGenerator<Due> {
    return due(this.#store, this.#index, (tenant) => this.#catchUp(tenant), now, options);
  }

  async close(): Promise<void> {
    await this.#close();
  }

  async #find(tenant: string, filter: Filter, page: Page, order: Order): Promise<Found> {
    const parsed = parseFilter(filter);
    const { order: asked, ...rest } = parsePage(page);
    const found = await this.#stable(tenant, (progress) =>
      findEntries(this.#store, this.#index, progress, parsed, { ...rest, order: asked ?? order }),
    );
    return found ?? { entries: [], scanned: 0, through: -1 };
  }

  /** Runs a query over one building of the index, from its beginning to its end. Undefined when there is no such log. */
  async #stable<T>(tenant: string, query: (progress: Progress) => Promise<T>): Promise<T | undefined> {
    const name = parseTenant(tenant);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const progress = await this.#catchUp(name);
      if (progress === undefined) return undefined;
      const answer = await query(progress);
      if ((await this.#index.progress(name))?.build === progress.build) return answer;
    }
    throw new SealtrailError('store_unavailable', `the index of ${name} is rebuilt again and again`);
  }

  #catchUp(tenant: string): Promise<Progress | undefined> {
    return this.#turns.take(tenant, () => catchUp(this.#store, this.#index, tenant));
  }
}
