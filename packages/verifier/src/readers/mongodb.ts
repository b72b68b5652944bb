import { SealtrailError } from '@sealtrail/format';
import type { Db, Document, ReadConcern } from 'mongodb';
import type { Location, LogReader, LogSource, RawRow } from '../source.ts';
import { refuseOddCollections } from './mongodb-collections.ts';
import { keepsIdsUnique } from './mongodb-indexes.ts';
import { keyText, MongodbLog } from './mongodb-log.ts';
import { all, BATCH_ROWS, batches, byId, RAW, rowsOf, withTenant } from './mongodb-rows.ts';

export { refuseOddCollections };

// The option's type asks for the driver's class; the driver itself takes a plain level, and is not loaded here.
const MAJORITY = { level: 'majority' } as ReadConcern;
export const DEFAULT_DATABASE = 'sealtrail';

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
  /** Whether the server keeps ids unique. */
  #unique = false;

  constructor(db: Db, close: () => Promise<void> = async () => {}, location?: Location) {
    // What a failover could still take back is not part of the log yet.
    this.#db = db.client.db(db.databaseName, { readConcern: MAJORITY, readPreference: 'primary' });
    this.#close = close;
    this.location = location;
  }

  /** Once, before anything is read; again when there was no answer. @throws as {@link refuseOddCollections} */
  #look(): Promise<void> {
    this.#looked ??= this.#lookOnce().catch((error) => {
      this.#looked = undefined;
      throw error;
    });
    return this.#looked;
  }

  async #lookOnce(): Promise<void> {
    await refuseOddCollections(this.#db);
    this.#unique = await keepsIdsUnique(this.#db.collection('entries'));
  }

  async *logs(passed?: string): AsyncGenerator<LogReader> {
    await this.#look();
    const known = new Set<string>();
    for await (const rows of this.#registry({ after: passed })) {
      for (const row of rows) {
        const key = row['_id'];
        known.add(keyText(key));
        yield new MongodbLog(this.#db, key, withTenant(row), this.#unique);
      }
    }
    // Those that were passed are no strangers.
    const before = passed === undefined ? [] : this.#registry({ to: passed });
    for await (const rows of before) for (const row of rows) known.add(keyText(row['_id']));
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
  async *#registry(names: { after?: string | undefined; to?: string }): AsyncGenerator<readonly RawRow[]> {
    const tenants = this.#db.collection('tenants');
    // No name of ours, and before all others; a comparison with a name would not reach them.
    if (names.after === undefined)
      yield await all(tenants.find({ _id: { $not: { $type: 'string' } } } as Document, RAW));
    const end = names.to === undefined ? {} : { $lte: names.to };
    for (let after: unknown = names.after; ; ) {
      const begin = after === undefined ? { $type: 'string' } : { $gt: after };
      const rest: Document = { _id: { ...begin, ...end } };
      const page = await all(tenants.find(rest, RAW).sort({ _id: 1 }).limit(BATCH_ROWS));
      if (page.length === 0) return;
      after = page.at(-1)?.['_id'];
      yield page;
    }
  }

  async *directoryChanges(): AsyncGenerator<readonly RawRow[]> {
    await this.#look();
    const cursor = this.#db
      .collection('directory_changes')
      .find({}, RAW)
      .sort({ seal: 1, directory: 1, tenant: 1 });
    yield* rowsOf(cursor.batchSize(BATCH_ROWS));
  }

  async log(tenant: string): Promise<LogReader> {
    await this.#look();
    return this.#log(tenant);
  }

  async #log(key: unknown): Promise<LogReader> {
    const row = await byId(this.#db.collection('tenants'), key);
    return new MongodbLog(this.#db, key, row === null ? undefined : withTenant(row), this.#unique);
  }

  async close(): Promise<void> {
    await this.#close();
  }
}
