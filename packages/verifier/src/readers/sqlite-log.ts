import type { Finding } from '@sealtrail/format';
import { mergeAnchors } from '../merge.ts';
import { planParts } from '../parallel/plan.ts';
import type { LogBatch, LogReader, Part, RawRow, WalkRange } from '../source.ts';
import { notAText } from './no-name.ts';
import { hiddenFaults, logIndexFaults } from './sqlite-indexes.ts';
import { type Params, pause } from './sqlite-statements.ts';
import type { Tables } from './sqlite-tables.ts';

/** What the rows of a log have for a tenant: a text, given as its bytes if it is not UTF-8, or anything in a file without types. */
export interface Key {
  readonly value: unknown;
  readonly isText: boolean;
}

/** One log, by whatever its rows have for a tenant. */
export class SqliteLog implements LogReader {
  readonly start = 0;
  readonly tenant: string;
  readonly registry: RawRow | undefined;
  readonly #tables: Tables;
  readonly #key: Key;
  readonly #mine: string;

  constructor(tables: Tables, tenant: string, key: Key, registry?: RawRow) {
    this.#tables = tables;
    this.tenant = tenant;
    this.registry = registry;
    this.#key = key;
    this.#mine = this.#key.isText ? 'tenant IS CAST(:tenant AS TEXT)' : 'tenant IS :tenant';
  }

  async hold(): Promise<() => void> {
    return this.#tables.hold();
  }

  async *indexFaults(range: WalkRange): AsyncGenerator<Finding> {
    // Rows of no text for a tenant are nobody's, and reported as such.
    if (!this.#key.isText) return;
    const { where, after } = this.#range(range);
    yield* logIndexFaults(this.#tables, { where, params: this.#params(where, range), after });
  }

  async *hiddenFaults(): AsyncGenerator<Finding> {
    if (this.#key.isText) yield* hiddenFaults(this.#tables, this.#mine, { tenant: this.#key.value });
  }

  async head(): Promise<RawRow | undefined> {
    return this.#tables.get('heads').one(`WHERE ${this.#mine}`, { tenant: this.#key.value });
  }

  async firstPosition(): Promise<number | undefined> {
    return numberOf(this.#one('min(seq) AS seq', `AND typeof(seq) = 'integer'`));
  }

  async *walk(range: WalkRange): AsyncGenerator<LogBatch> {
    const release = this.#tables.hold();
    try {
      yield* mergeAnchors(this.#entries(range), this.#anchors(range));
    } finally {
      release();
    }
  }

  anchors(): AsyncIterable<readonly RawRow[]> {
    return this.#anchors({ from: 0 });
  }

  async *parts(range: WalkRange, head: number, size: number): AsyncGenerator<Part> {
    const [low, high] = ['', ' DESC'].map((order) =>
      this.#one(
        "CASE typeof(seq) WHEN 'text' THEN NULL ELSE seq END AS seq",
        `ORDER BY entries.seq${order} LIMIT 1`,
      ),
    );
    yield* await planParts(this, range, { low, high, head }, size);
  }

  #one(select: string, rest: string): unknown {
    const [index] = this.#tables.indexes.entries;
    const from = index === undefined ? 'entries' : `entries INDEXED BY ${index}`;
    const sql = `SELECT ${select} FROM ${from} WHERE ${this.#mine} ${rest}`;
    return this.#tables.all(sql, { tenant: this.#key.value })[0]?.['seq'];
  }

  // From 0 there is no lower bound, so that a position that is negative or no number is seen too; such rows sort before or after
  // all others. One that lies between two positions belongs to the range of the later.
  #range({ from, to }: WalkRange): { readonly where: string; readonly after: number | undefined } {
    const where = `${this.#mine}${to === undefined ? '' : ' AND seq <= :to'}`;
    return { where, after: from > 0 ? from - 1 : undefined };
  }

  async *#entries(range: WalkRange): AsyncGenerator<readonly RawRow[]> {
    const { where, after } = this.#range(range);
    // All columns, so that one that nobody knows is seen.
    const entries = this.#tables.get('entries');
    for (const batch of entries.rowsBySeq(where, after, this.#params(where, range))) {
      yield batch;
      await pause();
    }
  }

  async *#anchors({ from, to }: WalkRange): AsyncGenerator<readonly RawRow[]> {
    const bound = `${from > 0 ? ' AND to_seq >= :from' : ''}${to === undefined ? '' : ' AND from_seq <= :to'}`;
    const where = `WHERE ${this.#mine}${bound} ORDER BY number`;
    yield* this.#tables.get('anchors').rows(where, this.#params(where, { from, to }));
  }

  #params(sql: string, { from, to }: WalkRange): Params {
    const all = { tenant: this.#key.value, from, to };
    return Object.fromEntries(Object.entries(all).filter(([name]) => sql.includes(`:${name}`)));
  }
}

export function keyOf({ tenant }: RawRow, isText: boolean): Key {
  return { value: bound(tenant), isText };
}

/** A value as a parameter: the driver gives bytes in another form than it takes them. */
export function bound(value: unknown): unknown {
  return value instanceof ArrayBuffer ? Buffer.from(value) : value;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Bytes that are shown of what is called by no text. */
const SHOWN = 256;

/** What a tenant is called that may be no text, or one that is not UTF-8. */
export function nameOf(tenant: unknown): string {
  if (typeof tenant === 'string') return tenant;
  if (!(tenant instanceof ArrayBuffer)) return notAText(String(tenant));
  const shown = Buffer.from(tenant).toString('hex', 0, SHOWN);
  return notAText(tenant.byteLength > SHOWN ? `${shown}... (${tenant.byteLength} bytes)` : shown);
}
