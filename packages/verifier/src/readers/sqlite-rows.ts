import { isUtf8 } from 'node:buffer';
import type Database from 'libsql';
import type { RawRow } from '../source.ts';
import { EntryPages, isPaged } from './sqlite-entry-pages.ts';
import { all, iterate, notAStore, type Params, prepare, take } from './sqlite-statements.ts';

// A text in a SQLite file may be any bytes, whoever can write to it. The driver's native part ends the whole process at one that is
// not UTF-8. So no text is asked for as a text before its bytes were looked at.

const BATCH_ROWS = 1_000;

/** One table, read so that nothing stored in it can harm the reader. */
export class SqliteTable {
  readonly #db: Database.Database;
  readonly #name: string;
  readonly #columns: readonly string[];
  /** The columns that name at most one row. */
  readonly #key: string;

  /** @throws SealtrailError `source_invalid` when there is no such table, or what it is made of cannot be read */
  constructor(db: Database.Database, name: string) {
    this.#db = db;
    this.#name = name;
    // The names of columns are texts as well.
    const sql = `SELECT CAST(name AS BLOB) AS name, pk FROM pragma_table_xinfo('${name}') WHERE hidden <> 1`;
    const columns = all(prepare(db, sql)).map(({ name: bytes, pk }) => {
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
   * Rows, text by text. A text that is not UTF-8 is given as its bytes, which no column may be.
   *
   * @param rest what follows `FROM table`
   */
  *rows(rest: string, params: Params = {}): Generator<readonly RawRow[]> {
    const types = this.#columns.map((name) => `substr(typeof(${quoted(name)}), 1, 1)`).join(' || ');
    const values = this.#columns.map((name, i) => {
      const column = quoted(name);
      // Under a name of its own: what it is ordered by is the column, as the index has it.
      return `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END AS column_${i}`;
    });
    const sql = `SELECT ${types} AS types, ${values.join(', ')} FROM ${this.#name} ${rest}`;
    const steps = iterate(prepare(this.#db, sql), params);
    for (let rows = take(steps, BATCH_ROWS); rows.length > 0; rows = take(steps, BATCH_ROWS)) {
      yield rows.map((row) => this.#decoded(row));
    }
  }

  first(rest: string, params: Params = {}): RawRow | undefined {
    for (const [row] of this.rows(`${rest} LIMIT 1`, params)) return row;
    return undefined;
  }

  /**
   * A tenant's row, of a table that should have one. A file that comes without keys may have more: then it is not passed off as one,
   * but given with a column that is none.
   */
  one(where: string, params: Params): RawRow | undefined {
    if (this.#key === 'tenant') return this.first(where, params);
    for (const [row, another] of this.rows(`${where} LIMIT 2`, params)) {
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
    let done = 0;
    const rest = after === undefined ? where : `${where} AND seq > :after`;
    const all = after === undefined ? params : { ...params, after };
    // Otherwise positions could be there twice.
    if (this.#key === 'tenant,seq' && isPaged(this.#columns)) {
      // A statement that is not at its end holds the state of the file that all pages are read from.
      const held = iterate(prepare(this.#db, `SELECT 1 FROM ${this.#name} WHERE ${rest} LIMIT 2`), all);
      take(held, 1);
      try {
        const pages = new EntryPages(this.#db, where, params);
        let page = pages.read(after);
        while (page !== undefined) {
          if (page.rows.length === 0) return;
          yield page.rows;
          done += page.rows.length;
          page = pages.read(page.last);
        }
        yield* this.rows(`WHERE ${rest} ORDER BY seq LIMIT -1 OFFSET ${done}`, all);
      } finally {
        // The driver ends it only at its end; until then nobody can empty the write-ahead log.
        take(held, 2);
      }
      return;
    }
    yield* this.rows(`WHERE ${rest} ORDER BY seq`, all);
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
  return isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : bytes;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
