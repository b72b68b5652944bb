import { type AnchorRow, type EntryRow, type Hash, type HeadRow, SealtrailError } from '@sealtrail/format';
import type { DirectoryChange, Tip, UnanchoredTenant } from '../port.ts';
import type { Connection } from './connection.ts';
import { bytesOf, JoinedTexts, type Row, withTexts } from './texts.ts';

const PAGE_ROWS = 500;

const HASHED_TEXTS = ['tenant', 'id', 'type', 'time', 'hash', 'entry'];
const HASHED = new JoinedTexts(HASHED_TEXTS);
const WHOLE = new JoinedTexts([...HASHED_TEXTS, 'openings']);
const PLACE_OF_ID = 'SELECT seq FROM entries WHERE tenant = ? AND id = ?';
const PLACE_OF_LAST_ID =
  'SELECT seq FROM entries WHERE tenant = ? AND id >= ? AND id < ? ORDER BY id DESC LIMIT 1';
const AT = `SELECT seq, ${WHOLE.sql} FROM entries WHERE tenant = ? AND seq = ?`;
const FROM = `SELECT seq, ${HASHED.sql} FROM entries WHERE tenant = ? AND seq >= ? ORDER BY seq LIMIT ?`;
const HEADS = `SELECT ${bytesOf('tenant', 'hash', 'time', 'anchor_hash')}, seq, anchor_number FROM heads`;
const HEAD = `${HEADS} WHERE tenant = ?`;
const TIP = `SELECT h.seq, CAST(h.hash AS BLOB) AS hash, CAST(h.time AS BLOB) AS time,
    e.seq AS last_seq, CAST(e.hash AS BLOB) AS last_hash
  FROM heads h LEFT JOIN entries e
    ON e.tenant = h.tenant AND e.seq = (SELECT max(seq) FROM entries WHERE tenant = h.tenant)
  WHERE h.tenant = ?`;
const ANCHORS = `SELECT ${bytesOf('tenant', 'hash', 'anchor')}, number, from_seq, to_seq FROM anchors`;
const ANCHOR = `${ANCHORS} WHERE tenant = ? AND number = ?`;
const LAST_ANCHOR = `${ANCHORS} WHERE tenant = ? ORDER BY number DESC LIMIT 1`;
const CHANGES = `SELECT ${bytesOf('directory', 'tenant', 'last')}, seal, anchors, entries FROM directory_changes`;

/** A text out of a row that was read, given back as the bytes that it was. */
const AGAIN = 'CAST(? AS TEXT)';

interface TipRow extends Tip {
  readonly last_seq: number | null;
  readonly last_hash: Hash | null;
}

/** What a store reads of its own file, on the connection that it writes with. */
export class Reads {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  byId(tenant: string, id: string): EntryRow | undefined {
    const [named] = this.#db.all(PLACE_OF_ID, tenant, id);
    return this.#named(tenant, named, (found) => found === id);
  }

  lastById(tenant: string, from: string, below: string): EntryRow | undefined {
    const [named] = this.#db.all(PLACE_OF_LAST_ID, tenant, from, below);
    return this.#named(tenant, named, (found) => found >= from && found < below);
  }

  /** The index by id may name a row that no walk meets, for whoever writes to the file: what counts is the log. */
  #named(tenant: string, named: Row | undefined, isAsked: (id: string) => boolean): EntryRow | undefined {
    if (named === undefined) return undefined;
    const seq = named['seq'] as number;
    const there = this.at(tenant, seq);
    if (there !== undefined && isAsked(there.id)) return there;
    throw new SealtrailError(
      'log_broken',
      `an entry of ${tenant} is found by its id, but does not stand in the log; verify it`,
      { tenant, seq },
    );
  }

  at(tenant: string, seq: number): EntryRow | undefined {
    return entry(this.#db.all(AT, tenant, seq));
  }

  from(tenant: string, from: number, limit: number): Omit<EntryRow, 'openings'>[] {
    const rows = this.#db.all(FROM, tenant, from, limit).map((row) => HASHED.row(row));
    return rows as unknown as Omit<EntryRow, 'openings'>[];
  }

  /** What the head of a log says, beside its last entry. In one question: it is asked for each commit. */
  tip(tenant: string): TipRow | undefined {
    return this.#db.get(TIP, tenant) as TipRow | undefined;
  }

  head(tenant: string): HeadRow | undefined {
    return this.#db.get(HEAD, tenant) as HeadRow | undefined;
  }

  anchor(tenant: string, number: number): AnchorRow | undefined {
    return this.#db.get(ANCHOR, tenant, number) as AnchorRow | undefined;
  }

  lastAnchor(tenant: string): AnchorRow | undefined {
    return this.#db.get(LAST_ANCHOR, tenant) as AnchorRow | undefined;
  }

  heads(): AsyncGenerator<HeadRow> {
    const sql = `${HEADS} WHERE tenant > ${AGAIN} ORDER BY heads.tenant`;
    return this.#pages<HeadRow>(sql, [''], ['tenant']);
  }

  unanchored(): AsyncGenerator<UnanchoredTenant> {
    const sql = `SELECT CAST(f.tenant AS BLOB) AS tenant, f.seq - f.anchored AS entries FROM (
        SELECT h.tenant, h.seq, coalesce(a.to_seq, -1) AS anchored
        FROM heads h LEFT JOIN anchors a ON a.tenant = h.tenant AND a.number = h.anchor_number
      ) f WHERE f.seq > f.anchored AND f.tenant > ${AGAIN} ORDER BY f.tenant`;
    return this.#pages<UnanchoredTenant>(sql, [''], ['tenant']);
  }

  directoryChanges(from: number): AsyncGenerator<DirectoryChange> {
    const sql = `${CHANGES} c WHERE (c.seal, c.directory, c.tenant) > (?, ${AGAIN}, ${AGAIN})
      ORDER BY c.seal, c.directory, c.tenant`;
    return this.#pages<DirectoryChange>(sql, [from, '', ''], ['seal', 'directory', 'tenant']);
  }

  /**
   * @param key the columns that rows are ordered by, of which the parameters name those of the row before the next page
   * @throws SealtrailError `log_broken` for keys that do not ascend: whoever writes to the file can let them lead back, without an end
   */
  async *#pages<T>(sql: string, first: readonly unknown[], key: readonly string[]): AsyncGenerator<T> {
    let after = first;
    for (;;) {
      const page = await this.#db.patiently(() => this.#db.all(`${sql} LIMIT ${PAGE_ROWS}`, ...after));
      if (page.length === 0) return;
      for (const row of page) {
        const place = key.map((column) => asParameter(row, column));
        if (!isBehind(place, after)) throw disordered();
        after = place;
        yield withTexts(row) as T;
      }
    }
  }
}

function entry([row]: readonly Row[]): EntryRow | undefined {
  return row === undefined ? undefined : (WHOLE.row(row) as unknown as EntryRow);
}

/** Whether a key stands behind another one in the order of SQLite, of numbers and of texts by their bytes. */
function isBehind(key: readonly unknown[], before: readonly unknown[]): boolean {
  for (const [i, value] of key.entries()) {
    const other = before[i];
    const order =
      typeof value === 'number' && typeof other === 'number'
        ? value - other
        : Buffer.compare(bytesIn(value), bytesIn(other));
    if (order !== 0) return order > 0;
  }
  return false;
}

function bytesIn(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(String(value));
}

function disordered(): SealtrailError {
  return new SealtrailError(
    'log_broken',
    'an index of the file leads back to where it came from, or is not in its order; verify the store',
  );
}

function asParameter(row: Row, column: string): unknown {
  const value = row[column];
  return value instanceof ArrayBuffer ? Buffer.from(value) : value;
}
