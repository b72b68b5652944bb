import {
  type LogBatch,
  type LogReader,
  type LogSource,
  mergeAnchors,
  type WalkRange,
} from '@sealtrail/verifier';
import type { Row, StoredLog } from './memory-log.ts';

/** The four tables of a store. */
export interface Tables {
  tenants: Row[];
  heads: Row[];
  entries: Row[];
  anchors: Row[];
}

/** The tables that hold these logs. */
export function tablesOf(...logs: readonly StoredLog[]): Tables {
  return {
    tenants: logs.map((log) => log.registry),
    heads: logs.map((log) => log.head),
    entries: logs.flatMap((log) => log.entries),
    anchors: logs.flatMap((log) => log.anchors),
  };
}

/** A store in memory that reads as the real ones do: rows by their columns, in the order of their columns. */
export class MemorySource implements LogSource {
  readonly columns = true;
  readonly openings: 'included' | 'withheld';
  closed = false;
  readonly #tables: Tables;
  readonly #batchRows: number;

  constructor(
    tables: Tables,
    options: { readonly batchRows?: number; readonly openings?: 'included' | 'withheld' } = {},
  ) {
    this.#tables = tables;
    this.#batchRows = options.batchRows ?? 3;
    this.openings = options.openings ?? 'included';
  }

  async *logs(): AsyncGenerator<LogReader> {
    const { tenants, heads, entries, anchors } = this.#tables;
    const registered = sorted(tenants.map((row) => String(row['tenant'])));
    const others = [...heads, ...entries, ...anchors].map((row) => String(row['tenant']));
    const strangers = sorted(others).filter((tenant) => !registered.includes(tenant));
    for (const tenant of [...registered, ...strangers]) yield this.log(tenant);
  }

  async log(tenant: string): Promise<LogReader> {
    return new MemoryLog(this.#tables, tenant, this.#batchRows);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

class MemoryLog implements LogReader {
  readonly start = 0;
  readonly tenant: string;
  readonly #tables: Tables;
  readonly #batchRows: number;

  constructor(tables: Tables, tenant: string, batchRows: number) {
    this.tenant = tenant;
    this.#tables = tables;
    this.#batchRows = batchRows;
  }

  get registry(): Row | undefined {
    return this.#own(this.#tables.tenants)[0];
  }

  async head(): Promise<Row | undefined> {
    return this.#own(this.#tables.heads)[0];
  }

  walk({ from, to }: WalkRange): AsyncIterable<LogBatch> {
    const entries = byColumn(this.#own(this.#tables.entries), 'seq').filter(
      ({ seq }) => (from === 0 || Number(seq) >= from) && (to === undefined || Number(seq) <= to),
    );
    const anchors = this.#anchors().filter((row) => from === 0 || Number(row['to_seq']) >= from);
    return mergeAnchors(batches(entries, this.#batchRows), batches(anchors, this.#batchRows));
  }

  anchors(): AsyncIterable<readonly Row[]> {
    return batches(this.#anchors(), this.#batchRows);
  }

  #anchors(): Row[] {
    return byColumn(this.#own(this.#tables.anchors), 'number');
  }

  #own(rows: readonly Row[]): Row[] {
    return rows.filter((row) => String(row['tenant']) === this.tenant);
  }
}

async function* batches(rows: readonly Row[], size: number): AsyncGenerator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += size) yield rows.slice(at, at + size);
}

/** Ordered as a database does: what is no number stands after all numbers, or before them when it is nothing. */
function byColumn(rows: readonly Row[], column: string): Row[] {
  const rank = (value: unknown): number => {
    if (typeof value === 'number') return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
    return value === null || value === undefined ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  };
  return rows.toSorted((a, b) => {
    const [x, y] = [rank(a[column]), rank(b[column])];
    return x === y ? 0 : x < y ? -1 : 1;
  });
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
