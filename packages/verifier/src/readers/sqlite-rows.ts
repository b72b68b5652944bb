import { isUtf8 } from 'node:buffer';
import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import type { RawRow } from '../source.ts';

// A text in a SQLite file may be any bytes, whoever can write to it. The driver's native part ends the whole process at one that is
// not UTF-8. So no text is asked for as a text before its bytes were looked at.

const BATCH_ROWS = 1_000;
/** Fewer than a batch: their texts are joined into one value. */
const CHECKED_ROWS = 250;

export type Params = Readonly<Record<string, unknown>>;

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
   * The same rows in the order of their positions, for a table that is keyed by tenant and position and may be long: the texts of
   * some hundred rows are looked at together, which costs a fifth of asking for them one by one.
   *
   * @param where a condition on tenant and position
   */
  *rowsBySeq(where: string, params: Params): Generator<readonly RawRow[]> {
    let done = 0;
    // Otherwise checking and reading could drift apart.
    if (this.#key === 'tenant,seq') {
      // Both statements are open at once, and see the same state of the file.
      const steps = iterate(
        prepare(this.#db, `SELECT * FROM ${this.#name} WHERE ${where} ORDER BY seq`),
        params,
      );
      try {
        let after: unknown;
        for (;;) {
          const checked = this.#check(where, params, after);
          if (checked === undefined) break;
          if (checked.count === 0) return;
          const rows = take(steps, checked.count);
          yield rows;
          done += rows.length;
          after = checked.last;
        }
      } finally {
        steps.return?.();
      }
    }
    yield* this.rows(`WHERE ${where} ORDER BY seq LIMIT -1 OFFSET ${done}`, params);
  }

  /** Looks at the next rows; undefined when one of their texts is not UTF-8, or their order is not one of numbers. */
  #check(where: string, params: Params, after: unknown): { count: number; last: unknown } | undefined {
    // A space between them, so that two halves of a character do not make a whole.
    const texts = this.#columns.map((name) => `ifnull(${quoted(name)}, '')`).join(` || ' ' || `);
    const next = `${where}${after === undefined ? '' : ' AND seq > :after'}`;
    const sql = `SELECT count(*) AS count, max(seq) AS last, sum(typeof(seq) <> 'integer') AS odd,
      CAST(group_concat(text, ' ') AS BLOB) AS bytes
      FROM (SELECT seq, ${texts} AS text FROM ${this.#name} WHERE ${next} ORDER BY seq LIMIT ${CHECKED_ROWS})`;
    const [row] = all(prepare(this.#db, sql), after === undefined ? params : { ...params, after });
    const { count, last, odd, bytes } = row as {
      count: number;
      last: unknown;
      odd: number;
      bytes: ArrayBuffer | null;
    };
    if (bytes !== null && (odd > 0 || !isUtf8(bytes))) return undefined;
    return { count, last };
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

/** @throws SealtrailError `source_invalid`, `store_unavailable` */
export function prepare(db: Database.Database, sql: string): Database.Statement {
  return read(() => db.prepare(sql));
}

/** Only for values that are no texts. */
export function all(statement: Database.Statement, params: Params = {}): RawRow[] {
  return read(() => statement.all(params)) as RawRow[];
}

function iterate(statement: Database.Statement, params: Params): IterableIterator<RawRow> {
  return read(() => statement.iterate(params)) as IterableIterator<RawRow>;
}

function take(steps: IterableIterator<RawRow>, most: number): RawRow[] {
  return read(() => {
    const rows: RawRow[] = [];
    while (rows.length < most) {
      const step = steps.next();
      if (step.done === true) break;
      rows.push(step.value);
    }
    return rows;
  });
}

export function textOf(bytes: unknown): unknown {
  if (!(bytes instanceof ArrayBuffer)) return bytes;
  return isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : bytes;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** SQLite's answer. Its refusals may come at any page of the file, when the rows before it have long been read. */
function read<T>(answer: () => T): T {
  try {
    return answer();
  } catch (cause) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    if (typeof code !== 'string' || !code.startsWith('SQLITE_')) throw cause;
    if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
      throw new SealtrailError('source_invalid', `the SQLite file is damaged: ${message}`, {}, { cause });
    }
    if (code === 'SQLITE_ERROR') throw notAStore(cause);
    throw new SealtrailError('store_unavailable', `SQLite failed: ${message}`, {}, { cause });
  }
}

function notAStore(cause?: unknown): SealtrailError {
  const why = 'the SQLite file has not the tables of a Sealtrail store';
  return new SealtrailError('source_invalid', why, {}, { cause });
}
