import type { EntryRow } from '@sealtrail/format';
import { Gather } from '../gather.ts';
import type { BuildRows, CommitOutcome } from '../port.ts';
import { commitRows, insertOfEach, insertRows, settle } from './append.ts';
import type { Collections } from './documents.ts';
import { unavailable } from './errors.ts';
import type { HeadLocks, Turn } from './head-lock.ts';
import { nextTurn } from './turn.ts';

interface Commit {
  readonly tenant: string;
  readonly build: BuildRows;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A log with more rows than this inserts them by itself, in one round trip. */
const MOST_ROUNDS = 3;

/** A commit whose lock is ours, and its rows. */
interface Ready {
  readonly commit: Commit;
  readonly turn: Turn;
  readonly rows: readonly EntryRow[];
}

/**
 * Commits of the same moment, of whichever tenants, share their round trips: the locks are taken together, and entries inserted
 * together. Whatever does not go smoothly, a lock that somebody else has or a write that fails, goes on for itself and holds up
 * none of the others.
 */
export class Commits {
  readonly #collections: Collections;
  readonly #locks: HeadLocks;
  readonly #gather = new Gather<Commit>({ most: 100, atOnce: 4 }, (group) => this.#together(group), nextTurn);

  constructor(collections: Collections, locks: HeadLocks) {
    this.#collections = collections;
    this.#locks = locks;
  }

  commit(tenant: string, build: BuildRows): Promise<CommitOutcome> {
    return new Promise((resolve, reject) => {
      this.#gather.add({ tenant, build, resolve, reject });
    });
  }

  async #together(group: readonly Commit[]): Promise<void> {
    const byTenant = new Map(group.map((commit) => [commit.tenant, commit]));
    if (byTenant.size === 1) {
      for (const commit of group) this.#alone(commit);
      return;
    }
    // Two of one log follow each other.
    for (const commit of group) if (byTenant.get(commit.tenant) !== commit) this.#gather.add(commit);
    const turns = await this.#locks
      .takeFree([...byTenant.keys()])
      .catch((): ReadonlyMap<string, Turn> => new Map());
    const ready: Ready[] = [];
    for (const [tenant, commit] of byTenant) {
      const turn = turns.get(tenant);
      if (turn === undefined) this.#alone(commit);
      else this.#make(commit, turn, ready);
    }
    await Promise.all([
      this.#insertTogether(ready.filter(({ rows }) => rows.length <= MOST_ROUNDS)),
      ...ready.filter(({ rows }) => rows.length > MOST_ROUNDS).map((one) => this.#insert(one)),
    ]);
  }

  #make(commit: Commit, turn: Turn, ready: Ready[]): void {
    try {
      const rows = commit.build(turn.tip, this.#locks.now(turn));
      if (rows.length === 0) commit.resolve({ rows });
      else ready.push({ commit, turn, rows });
    } catch (error) {
      commit.reject(error);
    }
  }

  async #insert(one: Ready): Promise<void> {
    try {
      await insertRows(this.#collections, one.turn, one.rows);
      one.commit.resolve({ rows: one.rows });
    } catch (error) {
      this.#settle(one, error);
    }
  }

  /** The first row of every log, then the second of those that have one: a row is not tried before the one it links to is there. */
  async #insertTogether(ready: readonly Ready[]): Promise<void> {
    let left = ready;
    for (let round = 0; left.length > 0; round++) {
      const rows = left.map((one) => one.rows[round] as EntryRow);
      const errors = await insertOfEach(this.#collections, rows);
      for (const [i, one] of left.entries()) {
        if (errors[i] !== undefined) this.#settle(one, errors[i], round);
        else one.turn.tip = rows[i] as EntryRow;
      }
      const written = left.filter((_, i) => errors[i] === undefined);
      for (const { commit, rows } of written) if (rows.length === round + 1) commit.resolve({ rows });
      left = written.filter(({ rows }) => rows.length > round + 1);
    }
  }

  /** Not awaited: it may take long, and others shall not wait for it. */
  #settle({ commit, turn, rows }: Ready, error: unknown, written?: number): void {
    settle(this.#collections, this.#locks, turn, rows, error, written).then(
      (outcome) => (outcome === undefined ? this.#alone(commit) : commit.resolve(outcome)),
      (cause: unknown) => commit.reject(unavailable(cause)),
    );
  }

  /** Not awaited, as {@link #settle}. */
  #alone({ tenant, build, resolve, reject }: Commit): void {
    commitRows(this.#collections, this.#locks, tenant, build).then(resolve, reject);
  }
}
