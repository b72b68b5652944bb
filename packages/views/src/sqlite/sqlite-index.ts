import { SealtrailError } from '@sealtrail/format';
import { inTransaction, isUnusable, makePrivate, patiently } from '@sealtrail/store/sqlite';
import Database from 'libsql';
import { AFTER_EARLIER, EARLIER, earlierName, STEPS_AT_OPENING } from '../earlier.ts';
import {
  type Bounds,
  type Candidate,
  type DuePlace,
  type Index,
  type IndexedEntry,
  LAYOUT_VERSION,
  type Order,
  type Progress,
} from '../port.ts';
import { dueAt, keptRow, type ProposalRow } from '../proposal-row.ts';
import { prepareIndex } from './layout.ts';
import { modeBeside } from './mode-beside.ts';
import { Statements } from './statements.ts';

/** How long a step waits for other processes before it gives up, in milliseconds. */
const LOCK_WAIT_MS = 30_000;
/** Rows of an earlier build that are deleted at once. */
const DISCARD_ROWS = 20_000;

/**
 * Opens or makes an index in a SQLite file of its own.
 *
 * @param path `:memory:` for one that ends with this process
 * @throws SealtrailError `config_invalid` when the file cannot be written, `store_layout`, `store_unavailable`
 */
export async function openSqliteIndex(path: string): Promise<Index> {
  let db: Database.Database | undefined;
  try {
    makePrivate(path, modeBeside(path));
    const opened = new Database(path);
    db = opened;
    await patiently(LOCK_WAIT_MS, () => prepareIndex(opened));
    const index = new SqliteIndex(opened);
    // What a process that died left. Nothing needs it gone: the next one tries again.
    await index.dropEarlier(STEPS_AT_OPENING).catch(() => {});
    return index;
  } catch (cause) {
    db?.close();
    if (cause instanceof SealtrailError && cause.code === 'store_layout') throw cause;
    throw cannotUse(path, cause);
  }
}

/** Driver codes that no waiting changes. */
const NOT_WRITABLE = ['SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_PERM'];

function cannotUse(path: string, cause: unknown): SealtrailError {
  const reason = cause instanceof SealtrailError ? cause.cause : cause;
  const code = reason instanceof Error && 'code' in reason ? String(reason.code) : '';
  if (isUnusable(reason)) {
    return new SealtrailError('store_layout', `${path} is not a usable SQLite file`, { path }, { cause });
  }
  if (NOT_WRITABLE.some((one) => code.startsWith(one)) || !(cause instanceof SealtrailError)) {
    const message = `cannot write the index of views at ${path}; name another place for it`;
    return new SealtrailError('config_invalid', message, { path }, { cause });
  }
  return cause;
}

class SqliteIndex implements Index {
  readonly #db: Database.Database;
  readonly #sql: Statements;
  #closed = false;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#sql = new Statements(db);
  }

  async progress(tenant: string): Promise<Progress | undefined> {
    return this.#patiently(() => this.#progress(tenant));
  }

  #progress(tenant: string): Progress | undefined {
    const [row] = this.#sql.all('SELECT * FROM progress WHERE tenant = ?', tenant);
    return row === undefined ? undefined : ({ ...row, build: String(row['build']) } as Progress);
  }

  async begin(tenant: string, before: Progress | undefined): Promise<Progress | undefined> {
    const begun = await this.#exclusive(() => {
      if (!isSame(this.#progress(tenant), before)) return undefined;
      if (before !== undefined) {
        const name = earlierName(before.build);
        this.#sql.run('UPDATE progress SET tenant = ? WHERE tenant = ?', name, tenant);
      }
      this.#sql.run(
        "INSERT INTO progress (tenant, layout, seq, hash) VALUES (?, ?, -1, '')",
        tenant,
        LAYOUT_VERSION,
      );
      return this.#progress(tenant);
    });
    if (begun !== undefined && before !== undefined) await this.dropEarlier();
    return begun;
  }

  /** Drops earlier builds, in steps, so that neither this process nor another one waits long. Several may do it at once. */
  async dropEarlier(steps = Number.POSITIVE_INFINITY): Promise<void> {
    const sql = 'SELECT build FROM progress WHERE tenant >= ? AND tenant < ?';
    const earlier = await this.#patiently(() => this.#sql.all(sql, EARLIER, AFTER_EARLIER));
    for (let left = steps; left > 0 && earlier.length > 0; left--) {
      const build = Number(earlier[0]?.['build']);
      if ((await this.#patiently(() => this.#dropSome(build))) > 0) continue;
      // Nobody adds to it any more: to add is to move its progress.
      await this.#patiently(() => this.#sql.run('DELETE FROM progress WHERE build = ?', build));
      earlier.shift();
    }
  }

  /** @returns how many rows were dropped */
  #dropSome(build: number): number {
    for (const [table, key] of [
      ['facets', 'facet, seq'],
      ['proposals', 'proposal'],
    ]) {
      const sql = `DELETE FROM ${table} WHERE build = :build AND (${key}) IN
        (SELECT ${key} FROM ${table} WHERE build = :build LIMIT ${DISCARD_ROWS})`;
      const dropped = this.#sql.run(sql, { build });
      if (dropped > 0) return dropped;
    }
    return 0;
  }

  async add(
    from: Progress,
    to: Pick<Progress, 'seq' | 'hash'>,
    entries: readonly IndexedEntry[],
    proposals: readonly ProposalRow[],
  ): Promise<Progress | undefined> {
    const build = Number(from.build);
    return this.#exclusive(() => {
      if (!isSame(this.#progress(from.tenant), from)) return undefined;
      // One statement for all: what costs is the way through the driver.
      const facets = entries.flatMap(({ seq, facets }) => facets.map((facet) => [facet, seq]));
      this.#sql.run(
        'INSERT INTO facets SELECT ?, value ->> 0, value ->> 1 FROM json_each(?)',
        build,
        JSON.stringify(facets),
      );
      for (const row of proposals)
        this.#sql.run(
          'INSERT OR REPLACE INTO proposals VALUES (?, ?, ?, ?, ?)',
          build,
          row.proposal,
          row.status === undefined ? null : (row.created?.seq ?? null),
          dueAt(row) ?? null,
          JSON.stringify(row),
        );
      this.#sql.run('UPDATE progress SET seq = ?, hash = ? WHERE build = ?', to.seq, to.hash, build);
      return { ...from, ...to };
    });
  }

  async proposals(build: string, ids: readonly string[]): Promise<ProposalRow[]> {
    const sql = 'SELECT row FROM proposals WHERE build = ? AND proposal = ?';
    return this.#patiently(() =>
      ids.flatMap((id) => this.#sql.all(sql, Number(build), id)).map(proposalFrom),
    );
  }

  async count(build: string, facet: string, { from, to }: Bounds, cap: number): Promise<number> {
    const sql = `SELECT count(*) AS n FROM (
      SELECT 1 FROM facets WHERE build = ? AND facet = ? AND seq BETWEEN ? AND ? LIMIT ?)`;
    const [row] = await this.#patiently(() => this.#sql.all(sql, Number(build), facet, from, to, cap));
    return Number(row?.['n']);
  }

  async scan(
    build: string,
    along: string,
    others: readonly string[],
    { from, to }: Bounds,
    order: Order,
    limit: number,
  ): Promise<Candidate[]> {
    const has = others.map(
      (_, i) =>
        `EXISTS (SELECT 1 FROM facets o WHERE o.build = :build AND o.facet = :f${i} AND o.seq = d.seq)`,
    );
    const sql = `SELECT d.seq, ${has.join(' AND ') || '1'} AS matches FROM facets d
      WHERE d.build = :build AND d.facet = :along AND d.seq BETWEEN :from AND :to
      ORDER BY d.seq ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT :limit`;
    const named = Object.fromEntries(others.map((facet, i) => [`f${i}`, facet]));
    const rows = await this.#patiently(() =>
      this.#sql.all(sql, { build: Number(build), along, from, to, limit, ...named }),
    );
    return rows.map((row) => ({ seq: Number(row['seq']), matches: row['matches'] === 1 }));
  }

  async created(build: string, { from, to }: Bounds, limit: number): Promise<ProposalRow[]> {
    const sql = `SELECT row FROM proposals WHERE build = ? AND created_seq BETWEEN ? AND ?
      ORDER BY created_seq LIMIT ?`;
    return (await this.#patiently(() => this.#sql.all(sql, Number(build), from, to, limit))).map(
      proposalFrom,
    );
  }

  async due(
    build: string,
    before: string,
    after: DuePlace | undefined,
    limit: number,
  ): Promise<ProposalRow[]> {
    const sql = `SELECT row FROM proposals WHERE build = ? AND due_at < ? AND (due_at, proposal) > (?, ?)
      ORDER BY due_at, proposal LIMIT ?`;
    const { expires_at, proposal } = after ?? { expires_at: '', proposal: '' };
    const rows = await this.#patiently(() =>
      this.#sql.all(sql, Number(build), before, expires_at, proposal, limit),
    );
    return rows.map(proposalFrom);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#sql.clear();
    this.#db.close();
  }

  /** Runs a function in one write transaction, which other processes may have to be waited for. */
  async #exclusive<T>(work: () => T): Promise<T> {
    return this.#patiently(() => inTransaction(this.#db, work));
  }

  async #patiently<T>(work: () => T): Promise<T> {
    const result = await patiently(LOCK_WAIT_MS, () => {
      if (this.#closed) throw new SealtrailError('store_closed', 'the views are closed');
      return work();
    });
    // The driver is synchronous: without a pause, many steps in a row would hold up everything else in the process.
    await new Promise((resume) => setImmediate(resume));
    return result;
  }
}

function isSame(now: Progress | undefined, before: Progress | undefined): boolean {
  return now?.build === before?.build && now?.seq === before?.seq;
}

function proposalFrom(row: Readonly<Record<string, unknown>>): ProposalRow {
  return keptRow(row['row'] as string);
}
