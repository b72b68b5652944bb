import { isUtf8 } from 'node:buffer';
import type Database from 'libsql';
import type { RawRow } from '../source.ts';
import { EntryPages, isPaged, type LargePage } from './sqlite-entry-pages.ts';
import { endless, roomOf } from './sqlite-room.ts';
import { all, notAStore, type Params, Steps } from './sqlite-statements.ts';

// A text in a SQLite file may be any bytes, whoever can write to it. The driver's native part ends the whole process at one that is
// not UTF-8, and one can be longer than a text of this language. So none is asked for as a text before its bytes were looked at.

const BATCH_ROWS = 1_000;
const BATCH_BYTES = 8_388_608;
const MOST_TEXT_BYTES = 8_388_608;

/** What to read of an answer; without a number of rows, all of them. */
interface Window {
  readonly rows?: number;
  readonly skipped?: number;
}

/** One table, read so that nothing stored in it can harm the reader. */
export class SqliteTable {
  readonly #db: Database.Database;
  readonly #name: string;
  /** The table, by the index of its key where it has one: not by whichever the file's own statistics recommend. */
  readonly #from: string;
  readonly #columns: readonly string[];
  /** The columns that name at most one row. */
  readonly #key: string;

  /**
   * @param index the name of its key's, if it has one
   * @throws SealtrailError `source_invalid` when there is no such table, or what it is made of cannot be read
   */
  constructor(db: Database.Database, name: string, index: string | undefined) {
    this.#db = db;
    this.#name = name;
    this.#from = index === undefined ? name : `${name} INDEXED BY ${index}`;
    // The names of columns are texts as well.
    const sql = `SELECT CAST(name AS BLOB) AS name, pk FROM pragma_table_xinfo('${name}') WHERE hidden <> 1`;
    const columns = all(db, sql).map(({ name: bytes, pk }) => {
      const text = textOf(bytes);
      if (typeof text !== 'string') throw notAStore();
      return { name: text, pk };
    });
    if (columns.length === 0) throw notAStore();
    this.#columns = columns.map(({ name: column }) => column);
    const key = columns.filter(({ pk }) => pk !== 0).sort((a, b) => Number(a.pk) - Number(b.pk));
    this.#key = key.map(({ name: column }) => column).join();
  }

  /**
   * Rows, text by text. One that is not UTF-8, or too long, is given as its bytes, which no column may be.
   *
   * @param rest what follows `FROM table`, without how many
   * @throws SealtrailError `source_invalid` when there is no end of them
   */
  *rows(
    rest: string,
    params: Params = {},
    { rows: asked, skipped = 0 }: Window = {},
  ): Generator<readonly RawRow[]> {
    const most = asked ?? roomOf(this.#db);
    let read = 0;
    const types = this.#columns.map((name) => `substr(typeof(${quoted(name)}), 1, 1)`).join(' || ');
    const values = this.#columns.map((name, i) => {
      const column = quoted(name);
      // Under a name of its own: what it is ordered by is the column, as the index has it.
      return `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END AS column_${i}`;
    });
    const sql = `SELECT ${types} AS types, ${values.join(', ')} FROM ${this.#from} ${rest} LIMIT :most OFFSET :skipped`;
    const steps = new Steps(this.#db, sql, { ...params, most, skipped });
    const next = () => steps.take(BATCH_ROWS, BATCH_BYTES);
    let ended = false;
    try {
      for (let rows = next(); rows.length > 0; rows = next()) {
        yield rows.map((row) => this.#decoded(row));
        read += rows.length;
      }
      if (asked === undefined && read === most) throw endless(this.#name);
      ended = true;
    } finally {
      steps.end(ended ? undefined : { ...params, most: 0, skipped: 0 });
    }
  }

  first(rest: string, params: Params = {}): RawRow | undefined {
    for (const [row] of this.rows(rest, params, { rows: 1 })) return row;
    return undefined;
  }

  /**
   * A tenant's row, of a table that should have one. A file that comes without keys may have more: then it is not passed off as one,
   * but given with a column that is none.
   */
  one(where: string, params: Params): RawRow | undefined {
    if (this.#key === 'tenant') return this.first(where, params);
    for (const [row, another] of this.rows(where, params, { rows: 2 })) {
      return another === undefined ? row : { ...row, 'another row': another };
    }
    return undefined;
  }

  /**
   * The same rows in the order of their positions, for the entries of a log.
   *
   * @param where a condition without a lower bound of the positions
   * @param after that bound: a position that is passed already
   */
  *rowsBySeq(where: string, after: number | undefined, params: Params): Generator<readonly RawRow[]> {
    let last = after;
    let done = 0;
    // Otherwise positions could be there twice.
    if (this.#key === 'tenant,seq' && isPaged(this.#columns)) {
      const pages = new EntryPages(this.#db, this.#from, where, params);
      for (let page = pages.read(last); page !== undefined; page = pages.read(last)) {
        if (page.count === 0) return;
        if (page.rows === undefined) yield* this.#few(where, page, last, params);
        else yield page.rows;
        done += page.count;
        last = page.last;
      }
    }
    const rest = `WHERE ${where}${after === undefined ? '' : ' AND seq > :after'} ORDER BY seq`;
    yield* this.rows(rest, after === undefined ? params : { ...params, after }, { skipped: done });
  }

  /** The rows of a page that are too large to be joined, a few at a time. */
  *#few(
    where: string,
    { count, largest }: LargePage,
    after: number | undefined,
    params: Params,
  ): Generator<readonly RawRow[]> {
    const atOnce = Math.max(1, Math.floor(BATCH_BYTES / largest));
    let last: unknown = after;
    for (let left = count; left > 0; left -= atOnce) {
      const rest = `WHERE ${where}${last === undefined ? '' : ' AND seq > :after'} ORDER BY seq`;
      const given = last === undefined ? params : { ...params, after: last };
      for (const rows of this.rows(rest, given, { rows: Math.min(left, atOnce) })) {
        yield rows;
        last = rows.at(-1)?.['seq'];
      }
    }
  }

  #decoded(row: RawRow): RawRow {
    const types = String(row['types']);
    const given = this.#columns.map((name, i) => {
      const value = row[`column_${i}`];
      return [name, types[i] === 't' ? textOf(value) : value];
    });
    return Object.fromEntries(given);
  }
}

export function textOf(bytes: unknown): unknown {
  if (!(bytes instanceof ArrayBuffer)) return bytes;
  return isText(bytes) ? Buffer.from(bytes).toString('utf8') : bytes;
}

/** Whether bytes are UTF-8, and not more than twice of what any column may hold. */
export function isText(bytes: ArrayBuffer): boolean {
  return bytes.byteLength <= MOST_TEXT_BYTES && isUtf8(bytes);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
