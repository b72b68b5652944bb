import { type Finding, rowId } from '@sealtrail/format';
import type { Db } from 'mongodb';
import { mergeAnchors } from '../merge.ts';
import { planParts } from '../parallel/plan.ts';
import type { LogBatch, LogReader, Part, RawRow, WalkRange } from '../source.ts';
import { EntryDocuments } from './entry-document.ts';
import { reached } from './mongodb-answer.ts';
import { repeatedIds } from './mongodb-indexes.ts';
import { BATCH_ROWS, batches, byId, RAW, rowsOf, withTenant } from './mongodb-rows.ts';
import { notAText } from './no-name.ts';

// Each is read when the segments of the batch before were walked, up to 65,536 entries each: soon enough that the server has
// not ended the cursor by then.
const BATCH_ANCHORS = 64;

/** Fields of the head that are not part of the log (SPEC 8.2): the lock, and a hint for the anchoring job. */
const LOCK_FIELDS = ['holder', 'until', 'fence', 'wanted', 'anchored_to'];

/** One log, by whatever its rows have for a tenant. */
export class MongodbLog implements LogReader {
  readonly start = 0;
  readonly tenant: string;
  readonly registry: RawRow | undefined;
  readonly #db: Db;
  readonly #key: unknown;
  readonly #unique: boolean;

  /**
   * @param key what the rows of the log have for a tenant: its name, or anything; null also for nothing
   * @param unique whether the server keeps its ids unique
   */
  constructor(db: Db, key: unknown, registry: RawRow | undefined, unique: boolean) {
    this.#db = db;
    this.#unique = unique;
    this.#key = key;
    // Bytes or a list may read like a name, and must not be taken for the log that has it.
    this.tenant = typeof key === 'string' ? key : notAText(nameOf(key));
    this.registry = registry;
  }

  async head(): Promise<RawRow | undefined> {
    const projection = Object.fromEntries(LOCK_FIELDS.map((name) => [name, 0]));
    const row = await byId(this.#db.collection('heads'), this.#key, projection);
    return row === null ? undefined : withTenant(row);
  }

  async *hiddenFaults(): AsyncGenerator<Finding> {
    if (!this.#unique) yield* repeatedIds(this.#db.collection('entries'), this.#key);
  }

  async firstPosition(): Promise<number | undefined> {
    const seq = await this.#end(1);
    return typeof seq === 'number' ? seq : undefined;
  }

  /** What the first or the last entry has for a position, in the order of the database. */
  async #end(order: 1 | -1): Promise<unknown> {
    const filter = { tenant: { $eq: this.#key } };
    const options = { sort: { seq: order }, projection: { seq: 1 } } as const;
    return (await reached(this.#db.collection('entries').findOne(filter, options)))?.['seq'];
  }

  async *parts(range: WalkRange, head: number, size: number): AsyncGenerator<Part> {
    const [low, high] = await Promise.all([this.#end(1), this.#end(-1)]);
    yield* await planParts(this, range, { low, high, head }, size);
  }

  walk(range: WalkRange): AsyncIterable<LogBatch> {
    return mergeAnchors(this.#entries(range), this.#anchors(range));
  }

  anchors(): AsyncIterable<readonly RawRow[]> {
    return this.#anchors({ from: 0 });
  }

  async *#entries({ from, to }: WalkRange): AsyncGenerator<readonly RawRow[]> {
    // From 0 without bounds, so that a row whose position is negative or no number is seen too.
    // One that lies between two positions belongs to the range of the later.
    const bounds = { ...(from > 0 ? { $gt: from - 1 } : {}), ...(to === undefined ? {} : { $lte: to }) };
    const filter = { tenant: { $eq: this.#key }, ...(Object.keys(bounds).length > 0 ? { seq: bounds } : {}) };
    const { BSON } = await import('mongodb');
    const documents = new EntryDocuments(BSON);
    const found = this.#db.collection('entries').find(filter, RAW);
    for await (const batch of batches(found.sort({ seq: 1 }).batchSize(BATCH_ROWS))) {
      yield batch.map((bytes) => documents.row(bytes as unknown as Uint8Array));
    }
  }

  async *#anchors({ from, to }: WalkRange): AsyncGenerator<readonly RawRow[]> {
    const filter = {
      tenant: { $eq: this.#key },
      ...(from > 0 ? { to_seq: { $gte: from } } : {}),
      ...(to === undefined ? {} : { from_seq: { $lte: to } }),
    };
    const found = this.#db.collection('anchors').find(filter, RAW).sort({ number: 1 });
    for await (const rows of rowsOf(found.batchSize(BATCH_ANCHORS))) {
      yield rows.map((row) => {
        const { _id, ...columns } = row;
        const { tenant, number } = columns;
        const isOwn =
          typeof tenant === 'string' && typeof number === 'number' && _id === rowId(tenant, number);
        return isOwn ? columns : row;
      });
    }
  }
}

/**
 * A text for whatever stands where a tenant's name should. A stored object says itself how it becomes one, and need not say it well:
 * that must not end the verification.
 */
function nameOf(tenant: unknown): string {
  try {
    return String(tenant);
  } catch {
    return Object.prototype.toString.call(tenant);
  }
}

/** Tells apart what only looks like a name. */
export function keyText(key: unknown): string {
  return typeof key === 'string' ? `name ${key}` : `other ${nameOf(key)}`;
}
