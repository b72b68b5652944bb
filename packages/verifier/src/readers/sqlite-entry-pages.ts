import { isUtf8 } from 'node:buffer';
import type { EntryRow } from '@sealtrail/format';
import type Database from 'libsql';
import type { RawRow } from '../source.ts';
import { all, type Params } from './sqlite-statements.ts';

// Entries in pages: SQLite joins the texts of some hundred rows into one value, with their lengths beside it. Asked for one by one, they
// take three times as long; and their bytes have to be looked at before the driver may make texts of them.

const ROWS = 250;
/** Of one row. Larger ones are not joined: a few hundred of them could be more than SQLite takes for a value, or than fits in memory. */
const MOST_BYTES = 65_536;
const COLUMNS = ['tenant', 'id', 'type', 'time', 'hash', 'entry', 'openings'] as const;
/** The position, and the length of each text. */
const NUMBERS = 1 + COLUMNS.length;
type Numbers = [number, number, number, number, number, number, number, number];

const IS_ODD = [`typeof(seq) <> 'integer'`, ...COLUMNS.map((name) => `typeof(${name}) <> 'text'`)].join(
  ' OR ',
);
const LENGTHS = ['seq', ...COLUMNS.map((name) => `octet_length(${name})`)].join(` || ' ' || `);
// A space between them, so that two halves of a character do not make a whole.
const TEXTS = `concat_ws(' ', ${COLUMNS.join(', ')})`;
const BYTES = COLUMNS.map((name) => `octet_length(${name})`).join(' + ');

interface JoinedPage {
  readonly rows: readonly RawRow[];
  readonly count: number;
  /** Position of the last row. */
  readonly last: number;
}

/** A page in which rows are too large: they are to be read otherwise, up to its last position. */
export interface LargePage {
  readonly rows?: undefined;
  readonly count: number;
  readonly last: number;
  /** Bytes of the largest row. */
  readonly largest: number;
}

export type EntryPage = JoinedPage | LargePage;

/** Whether entries with these columns can be read in pages. */
export function isPaged(columns: readonly string[]): boolean {
  return [...columns].sort().join() === ['seq', ...COLUMNS].sort().join();
}

/** The table `entries`, in the order of its positions. */
export class EntryPages {
  readonly #db: Database.Database;
  readonly #from: string;
  readonly #where: string;
  readonly #params: Params;

  /**
   * @param from the table, and by which index
   * @param where a condition without a lower bound of the positions: SQLite begins at one of two, and it need not be that of the page,
   *   so that each would be searched for from the first on
   */
  constructor(db: Database.Database, from: string, where: string, params: Params) {
    this.#db = db;
    this.#from = from;
    this.#where = where;
    this.#params = params;
  }

  /**
   * The next rows.
   *
   * @param after the position that the page before ended with, or that all begin behind
   * @returns undefined when one of them is not seven texts in UTF-8 and a whole number, or anything else is not as it must be
   */
  read(after: number | undefined): EntryPage | undefined {
    const { count, odd, last, largest, lengths, bytes } = this.#ask(after);
    if (count === 0) return { rows: [], count, last: after ?? -1 };
    if (odd === 0 && largest > MOST_BYTES) return { count, last, largest };
    if (odd !== 0 || lengths === null || bytes === null || !isUtf8(bytes)) return undefined;
    return cut(Buffer.from(bytes), lengths.split(' ').map(Number), count, after);
  }

  #ask(after: number | undefined): Joined {
    const [page] =
      after === undefined
        ? all(this.#db, joined(this.#from, this.#where), this.#params)
        : all(this.#db, joined(this.#from, `${this.#where} AND seq > :after`), { ...this.#params, after });
    return page as unknown as Joined;
  }
}

interface Joined {
  readonly count: number;
  readonly odd: number | null;
  readonly last: number;
  readonly largest: number;
  readonly lengths: string | null;
  readonly bytes: ArrayBuffer | null;
}

function joined(from: string, where: string): string {
  return `SELECT count(*) AS count, sum(odd) AS odd, max(place) AS last, max(bytes) AS largest, CAST(group_concat(lengths, ' ') AS TEXT) AS lengths,
    CAST(group_concat(texts, ' ') AS BLOB) AS bytes
    FROM (SELECT ${IS_ODD} AS odd, CASE typeof(seq) WHEN 'integer' THEN seq END AS place, ${BYTES} AS bytes, ${LENGTHS} AS lengths,
        CASE WHEN ${BYTES} <= ${MOST_BYTES} THEN ${TEXTS} END AS texts
      FROM ${from} WHERE ${where} ORDER BY seq LIMIT ${ROWS})`;
}

function cut(
  bytes: Buffer,
  numbers: readonly number[],
  count: number,
  after: number | undefined,
): JoinedPage | undefined {
  if (numbers.length !== count * NUMBERS) return undefined;
  const rows: RawRow[] = [];
  let last = after;
  let at = 0;
  for (let i = 0; i < numbers.length; i += NUMBERS) {
    const [seq, tenant, id, type, time, hash, entry, openings] = numbers.slice(i, i + NUMBERS) as Numbers;
    // SQLite does not promise in which order it joins.
    if (last !== undefined && seq <= last) return undefined;
    last = seq;
    const idAt = tenant + 1;
    const typeAt = idAt + id + 1;
    const timeAt = typeAt + type + 1;
    const hashAt = timeAt + time + 1;
    const entryAt = at + hashAt + hash + 1;
    const openingsAt = entryAt + entry + 1;
    const end = openingsAt + openings;
    if (end > bytes.length) return undefined;
    // An entry's text says these in ASCII, so a column that holds other bytes differs from it however they are read.
    const columns = bytes.toString('latin1', at, entryAt - 1);
    const row: EntryRow = {
      tenant: columns.slice(0, tenant),
      seq,
      id: columns.slice(idAt, idAt + id),
      type: columns.slice(typeAt, typeAt + type),
      time: columns.slice(timeAt, timeAt + time),
      hash: columns.slice(hashAt),
      entry: bytes.toString('utf8', entryAt, entryAt + entry),
      openings: bytes.toString('utf8', openingsAt, end),
    };
    rows.push(row as unknown as RawRow);
    at = end + 1;
  }
  return at === bytes.length + 1 && last !== undefined ? { rows, count, last } : undefined;
}
