import { SealtrailError } from '@sealtrail/format';
import { DEFAULT_DATABASE, databaseOf } from '@sealtrail/verifier/mongodb';
import { type ClientSession, type Db, MongoClient, ReadConcern, type ReadConcernLevel } from 'mongodb';
import { Answers } from './answered.ts';
import { unavailable } from './errors.ts';
import { Renewal } from './renewal.ts';

const ANSWER_MS = 30_000;
/** A server that says nothing holds up the driver's own end for more than a minute. */
const CLOSE_MS = 3_000;
/** A transaction may be without an end for as many times as long: the driver itself begins one anew for two minutes. */
const TRANSACTION_ANSWERS = 6;

/** What is acknowledged is on the disks of a majority. */
export const DURABLE = { writeConcern: { w: 'majority', journal: true } } as const;

export interface ConnectionOptions {
  /** Name of the database; default the one in the URL, or `sealtrail`. */
  readonly database?: string | undefined;
  /** How long a command may be without an answer, in milliseconds; default 30,000. */
  readonly answerMs?: number | undefined;
  readonly readConcern?: ReadConcernLevel | undefined;
  /** What an error says once it is closed, such as `the store is closed`. */
  readonly closed: string;
}

/** A database of a MongoDB server, read from its primary. What fails there fails as `store_unavailable`. */
export class MongodbConnection {
  readonly client: MongoClient;
  readonly db: Db;
  /** Bounds what commands are waited for; {@link guarded} does not. */
  readonly answers: Answers;
  readonly #message: string;
  readonly #owned: boolean;
  /** Only of a client of our own: what else the host does with its client is not known here. */
  readonly #renewal: Renewal | undefined;
  #closed = false;

  private constructor(
    client: MongoClient,
    db: Db,
    { answerMs = ANSWER_MS, closed }: ConnectionOptions,
    owned: boolean,
  ) {
    this.client = client;
    this.db = db;
    this.answers = new Answers(answerMs);
    this.#message = closed;
    this.#owned = owned;
    this.#renewal = owned ? new Renewal(client) : undefined;
  }

  /**
   * Connects to a URL, or through a client of the caller's, which stays the caller's to close.
   *
   * @param prepare makes collections and indexes, which may take long where there is much already
   * @throws SealtrailError `config_invalid` for an unusable URL or user, `store_unavailable`
   */
  static async open(
    server: string | MongoClient,
    options: ConnectionOptions,
    prepare: (db: Db) => Promise<void>,
  ): Promise<MongodbConnection> {
    const owned = typeof server === 'string';
    const client = owned ? connectable(server) : server;
    try {
      await client.connect();
      const name = options.database ?? (owned ? databaseOf(server) : DEFAULT_DATABASE);
      // Whatever the URL or the host's client prefers: on a server that lags, a log would seem cut, and a sealed tenant set back.
      const db = client.db(name, {
        readPreference: 'primary',
        ...(options.readConcern === undefined ? {} : { readConcern: new ReadConcern(options.readConcern) }),
      });
      await prepare(db);
      return new MongodbConnection(client, db, options, owned);
    } catch (error) {
      if (owned) await client.close();
      throw unavailable(error);
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws SealtrailError `store_closed` */
  refuseClosed(): void {
    if (this.#closed) throw new SealtrailError('store_closed', this.#message);
  }

  /** @throws SealtrailError `store_closed`, `store_unavailable`, `config_invalid` for a user without the right */
  async guarded<T>(work: () => Promise<T>): Promise<T> {
    this.refuseClosed();
    try {
      return await work();
    } catch (error) {
      this.#renewal?.after(error);
      throw unavailable(error);
    }
  }

  /**
   * All of the work or nothing of it; it may be done more than once, the last time counts.
   *
   * @throws what the driver or the work throws
   */
  transaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    const options = { ...DURABLE, readConcern: { level: 'snapshot' } } as const;
    return this.answers.within(
      this.client.withSession((session) => session.withTransaction(work, options)),
      TRANSACTION_ANSWERS,
    );
  }

  /** Waits a moment for the driver to take leave of the server, not for a server that does not answer. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const closed = this.#end();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([closed, late]).finally(() => clearTimeout(timer));
  }

  async #end(): Promise<void> {
    await this.#renewal?.stop();
    if (this.#owned) await this.client.close();
  }
}

function connectable(url: string): MongoClient {
  try {
    return new MongoClient(url, { serverSelectionTimeoutMS: 10_000 });
  } catch (cause) {
    // The driver's message may repeat the URL with its password.
    throw new SealtrailError('config_invalid', 'the MongoDB URL is not valid', {}, { cause });
  }
}
