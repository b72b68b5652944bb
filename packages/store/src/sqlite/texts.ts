// A text in a SQLite file may be any bytes, whoever can write to it, and the driver's native part ends the whole process at one that
// is not UTF-8. So none is asked for as a text. Half a character comes out as U+FFFD: then it is a text that nobody hashed, like any
// other that was changed, and a verification, which looks at the bytes themselves, says where.

export type Row = Readonly<Record<string, unknown>>;

/** Columns with texts, each to be asked for as its bytes. Where rows are ordered by one, its table must be named with it. */
export function bytesOf(...columns: readonly string[]): string {
  return columns.map((name) => `CAST(${name} AS BLOB) AS ${name}`).join(', ');
}

/** What the driver puts into a row that is asked for alone: how long it took. */
const DRIVERS_OWN = '_metadata';

/** A row with a text for all bytes in it. */
export function withTexts(row: Row): Row {
  const texts: Record<string, unknown> = {};
  for (const name in row) {
    if (name === DRIVERS_OWN) continue;
    const value = row[name];
    // Of several rows the driver gives the one, of a row alone the other.
    if (value instanceof ArrayBuffer) texts[name] = Buffer.from(value).toString('utf8');
    else texts[name] = Buffer.isBuffer(value) ? value.toString('utf8') : value;
  }
  return texts;
}

/** Columns with texts as one value: asked for one by one, they take twice as long. None of them may be NULL. */
export class JoinedTexts {
  /** What to ask for. */
  readonly sql: string;
  readonly #columns: readonly string[];

  constructor(columns: readonly string[]) {
    this.#columns = columns;
    const lengths = columns.map((name) => `octet_length(${name})`).join(` || ' ' || `);
    // A space between them, so that two halves of a character do not make a whole.
    this.sql = `${lengths} AS lengths, CAST(concat_ws(' ', ${columns.join(', ')}) AS BLOB) AS texts`;
  }

  /** A row with a column for each text. */
  row({ lengths, texts, ...others }: Row): Row {
    const bytes = Buffer.from(texts as ArrayBuffer);
    const all = bytes.toString('utf8');
    const row: Record<string, unknown> = others;
    let at = 0;
    for (const [i, length] of (lengths as string).split(' ').map(Number).entries()) {
      const end = at + length;
      // As long as its bytes: then it has no other characters than those of one byte.
      row[this.#columns[i] as string] =
        all.length === bytes.length ? all.slice(at, end) : bytes.toString('utf8', at, end);
      at = end + 1;
    }
    return row;
  }
}
