import { rowId, SealtrailError } from '@sealtrail/format';
import type { AggregationCursor, Collection, Db, Document, FindCursor, ReadConcern } from 'mongodb';
import { mergeAnchors } from '../merge.ts';
import { planParts } from '../parallel/plan.ts';
import type { Location, LogBatch, LogReader, LogSource, Part, RawRow, WalkRange } from '../source.ts';
import { EntryDocuments } from './entry-document.ts';
import { reached } from './mongodb-answer.ts';
import { refuseOddCollections } from './mongodb-collections.ts';
import { notAText } from './no-name.ts';

export { refuseOddCollections };

// The option's type asks for the driver's class; the driver itself takes a plain level, and is not loaded here.
const MAJORITY = { level: 'majority' } as ReadConcern;
// Half of what is read fastest, so that a walk stays under 200 MB.
const BATCH_ROWS = 500;
// Each is read when the segments of the batch before were walked, up to 65,536 entries each: soon enough that the server has
// not ended the cursor by then.
const BATCH_ANCHORS = 64;
export const DEFAULT_DATABASE = 'sealtrail';

/** Fields of the head that are not part of the log (SPEC 8.2): the lock, and a hint for the anchoring job. */
const LOCK_FIELDS = ['holder', 'until', 'fence', 'wanted', 'anchored_to'];

/**
 * Connects to a MongoDB store for reading. The driver `mongodb` is an optional dependency and is loaded here.
 *
 * @throws SealtrailError `source_invalid`, `driver_missing`, `store_unavailable`
 */
export async function openMongodb(url: string, database?: string): Promise<LogSource> {
  let driver: typeof import('mongodb');
  try {
    driver = await import('mongodb');
  } catch (cause) {
    throw new SealtrailError(
      'driver_missing',
      'reading MongoDB needs the package mongodb: npm install mongodb',
      {},
      { cause },
    );
  }
  let client: InstanceType<typeof driver.MongoClient>;
  try {
    client = new driver.MongoClient(url, { serverSelectionTimeoutMS: 10_000 });
  } catch (cause) {
    // The driver's message may repeat the URL with its password.
    throw new SealtrailError('source_invalid', 'the MongoDB URL is not valid', {}, { cause });
  }
  try {
    await client.connect();
  } catch (cause) {
    await client.close();
    throw new SealtrailError('store_unavailable', 'MongoDB cannot be reached', {}, { cause });
  }
  return new MongodbSource(client.db(database ?? databaseOf(url)), () => client.close(), {
    path: url,
    database,
  });
}

/** The database that a URL names, or the default. */
export function databaseOf(url: string): string {
  const path = /^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]*)/.exec(url)?.[1] ?? '';
  return decodeURIComponent(path) || DEFAULT_DATABASE;
}

/** Reads through a connection that somebody else owns, or owns it when `close` is given. */
export class MongodbSource implements LogSource {
  readonly columns = true;
  readonly openings = 'included';
  readonly location: Location | undefined;
  readonly #db: Db;
  readonly #close: () => Promise<void>;
  #looked: Promise<void> | undefined;

  constructor(db: Db, close: () => Promise<void> = async () => {}, location?: Location) {
    // What a failover could still take back is not part of the log yet.
    this.#db = db.client.db(db.databaseName, { readConcern: MAJORITY, readPreference: 'primary' });
    this.#close = close;
    this.location = location;
  }

  /** Once, before anything is read; again when there was no answer. @throws as {@link refuseOddCollections} */
  #look(): Promise<void> {
    this.#looked ??= refuseOddCollections(this.#db).catch((error) => {
      this.#looked = undefined;
      throw error;
    });
    return this.#looked;
  }

  async *logs(): AsyncGenerator<LogReader> {
    await this.#look();
    const known = new Set<string>();
    for await (const rows of this.#registry()) {
      for (const row of rows) {
        const key = row['_id'];
        known.add(keyText(key));
        yield new MongodbLog(this.#db, key, withTenant(row));
      }
    }
    const strangers = new Map<string, unknown>();
    for (const [name, field] of [
      ['entries', 'tenant'],
      ['heads', '_id'],
      ['anchors', 'tenant'],
    ] as const) {
      // Not `distinct`, whose answer is one document: the names of some hundred thousand tenants do not fit. Grouped by what an index
      // begins with, and with nothing counted, the server leaps from name to name in that index instead of reading what they name. Only
      // where a list was ever stored for a tenant it reads all.
      const named = this.#db.collection(name).aggregate([{ $group: { _id: `$${field}` } }]);
      for await (const groups of batches(named)) {
        // Null stands for rows without any tenant as well.
        for (const { _id: key } of groups) if (!known.has(keyText(key))) strangers.set(keyText(key), key);
      }
    }
    for (const [, key] of [...strangers].sort(([a], [b]) => (a < b ? -1 : 1))) {
      // Who was registered meanwhile, under a name that was passed already, is none.
      const log = await this.#log(key);
      if (log.registry === undefined) yield log;
    }
  }

  /**
   * The registry in pages, each read to its end at once: a server ends cursors that nobody asked for ten minutes, and between
   * two pages lies the verification of all logs of the first.
   */
  async *#registry(): AsyncGenerator<readonly RawRow[]> {
    const tenants = this.#db.collection('tenants');
    // No name of ours; a comparison with a name would not reach them.
    yield await reached(tenants.find({ _id: { $not: { $type: 'string' } } } as Document).toArray());
    for (let after: unknown; ; ) {
      const rest: Document = { _id: after === undefined ? { $type: 'string' } : { $gt: after } };
      const page = await reached(tenants.find(rest).sort({ _id: 1 }).limit(BATCH_ROWS).toArray());
      if (page.length === 0) return;
      after = page.at(-1)?._id;
      yield page;
    }
  }

  async *directoryChanges(): AsyncGenerator<readonly RawRow[]> {
    await this.#look();
    const cursor = this.#db
      .collection('directory_changes')
      .find({})
      .sort({ seal: 1, directory: 1, tenant: 1 });
    yield* batches(cursor.batchSize(BATCH_ROWS));
  }

  async log(tenant: string): Promise<LogReader> {
    await this.#look();
    return this.#log(tenant);
  }

  async #log(key: unknown): Promise<LogReader> {
    const row = await byId(this.#db.collection('tenants'), key);
    return new MongodbLog(this.#db, key, row === null ? undefined : withTenant(row));
  }

  async close(): Promise<void> {
    await this.#close();
  }
}

class MongodbLog implements LogReader {
  readonly start = 0;
  readonly tenant: string;
  readonly registry: RawRow | undefined;
  readonly #db: Db;
  readonly #key: unknown;

  /** @param key what the rows of the log have for a tenant: its name, or anything; null also for nothing */
  constructor(db: Db, key: unknown, registry: RawRow | undefined) {
    this.#db = db;
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
    const documents = new EntryDocuments(BSON.deserialize);
    const found = this.#db.collection('entries').find(filter, { raw: true });
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
    const cursor = this.#db.collection('anchors').find(filter).sort({ number: 1 }).batchSize(BATCH_ANCHORS);
    for await (const rows of batches(cursor)) {
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
function keyText(key: unknown): string {
  return typeof key === 'string' ? `name ${key}` : `other ${nameOf(key)}`;
}

async function byId(
  collection: Collection,
  id: unknown,
  projection: Document = {},
): Promise<Document | null> {
  return reached(collection.findOne({ _id: { $eq: id as never } }, { projection }));
}

/** `_id` is the tenant; the rest of the row does not repeat it. A row that does is passed on as it is, to be refused. */
function withTenant(row: RawRow): RawRow {
  const { _id, ...columns } = row;
  return 'tenant' in columns ? row : { tenant: _id, ...columns };
}

async function* batches(cursor: FindCursor | AggregationCursor): AsyncGenerator<readonly RawRow[]> {
  try {
    while (await reached(cursor.hasNext())) yield cursor.readBufferedDocuments();
  } finally {
    await cursor.close();
  }
}
