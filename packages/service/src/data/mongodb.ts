import { SealtrailError } from '@sealtrail/format';
import { unavailable } from '@sealtrail/store/mongodb';
import { databaseOf } from '@sealtrail/verifier/mongodb';
import { type Collection, type Db, MongoClient, MongoError, ReadConcern, type WithId } from 'mongodb';
import type { z } from 'zod';
import {
  type RunRow,
  runRow,
  type ServiceData,
  type SessionRow,
  sessionRow,
  type TokenRow,
  tokenRow,
} from './port.ts';

const WRITE = { writeConcern: { w: 'majority', journal: true } } as const;
const DUPLICATE_KEY = 11_000;

/** `_id` is the row's id; `row` is JSON, which no driver converts; the rest is what is searched by. */
interface Kept {
  readonly _id: string;
  readonly row: string;
}
type TokenDocument = Kept & { readonly created: string; readonly revoked: string | null };
type SessionDocument = Kept & { readonly expires: string };
/** `slot` is the tenant while a run is under way, and its own id afterwards: two of one tenant cannot be. */
type RunDocument = Kept & { readonly tenant: string; readonly started: string; readonly slot: string };

/** @throws SealtrailError `config_invalid` for an unusable URL, `store_unavailable` */
export async function openMongodbData(url: string): Promise<ServiceData> {
  let client: MongoClient;
  try {
    client = new MongoClient(url, { serverSelectionTimeoutMS: 10_000 });
  } catch (cause) {
    // The driver's message may repeat the URL with its password.
    throw new SealtrailError('config_invalid', 'the MongoDB URL is not valid', {}, { cause });
  }
  try {
    await client.connect();
    const db = client.db(databaseOf(url), {
      readConcern: new ReadConcern('majority'),
      readPreference: 'primary',
    });
    const data = new MongodbData(client, db);
    await data.prepare();
    return data;
  } catch (error) {
    await client.close();
    throw unavailable(error);
  }
}

class MongodbData implements ServiceData {
  readonly #client: MongoClient;
  readonly #tokens: Collection<TokenDocument>;
  readonly #sessions: Collection<SessionDocument>;
  readonly #runs: Collection<RunDocument>;
  #closed = false;

  constructor(client: MongoClient, db: Db) {
    this.#client = client;
    this.#tokens = db.collection('service_tokens');
    this.#sessions = db.collection('service_sessions');
    this.#runs = db.collection('service_runs');
  }

  async prepare(): Promise<void> {
    await this.#tokens.createIndexes([{ key: { created: -1, _id: 1 }, name: 'created' }]);
    await this.#sessions.createIndexes([{ key: { expires: 1 }, name: 'expires' }]);
    await this.#runs.createIndexes([
      { key: { slot: 1 }, name: 'slot', unique: true },
      { key: { tenant: 1, started: -1, _id: 1 }, name: 'tenant_started' },
    ]);
  }

  async addToken(token: TokenRow): Promise<void> {
    const { id: _id, created, revoked } = token;
    await this.#guarded(() =>
      this.#tokens.insertOne({ _id, created, revoked, row: JSON.stringify(token) }, WRITE),
    );
  }

  token(id: string): Promise<TokenRow | undefined> {
    return this.#guarded(async () => {
      const found = await this.#tokens.findOne({ _id: id });
      return found === null ? undefined : tokenOf(found);
    });
  }

  tokens(): Promise<TokenRow[]> {
    return this.#guarded(async () =>
      (await this.#tokens.find().sort({ created: -1, _id: 1 }).toArray()).map(tokenOf),
    );
  }

  async revokeToken(id: string, time: string): Promise<void> {
    await this.#guarded(() =>
      this.#tokens.updateOne({ _id: id, revoked: null }, { $set: { revoked: time } }, WRITE),
    );
  }

  async addSession(session: SessionRow): Promise<void> {
    const { id: _id, expires } = session;
    await this.#guarded(() =>
      this.#sessions.insertOne({ _id, expires, row: JSON.stringify(session) }, WRITE),
    );
  }

  session(id: string): Promise<SessionRow | undefined> {
    return this.#guarded(async () => read(sessionRow, await this.#sessions.findOne({ _id: id })));
  }

  async removeSession(id: string): Promise<void> {
    await this.#guarded(() => this.#sessions.deleteOne({ _id: id }, WRITE));
  }

  async removeSessionsBefore(time: string): Promise<void> {
    await this.#guarded(() => this.#sessions.deleteMany({ expires: { $lt: time } }, WRITE));
  }

  async addRun(run: RunRow): Promise<boolean> {
    const { id: _id, tenant, started } = run;
    return this.#guarded(async () => {
      try {
        const document = { _id, tenant, started, slot: slotOf(run), row: JSON.stringify(run) };
        await this.#runs.insertOne(document, WRITE);
        return true;
      } catch (error) {
        if (error instanceof MongoError && error.code === DUPLICATE_KEY) return false;
        throw error;
      }
    });
  }

  run(id: string): Promise<RunRow | undefined> {
    return this.#guarded(async () => read(runRow, await this.#runs.findOne({ _id: id })));
  }

  runningRun(tenant: string): Promise<RunRow | undefined> {
    return this.#guarded(async () => read(runRow, await this.#runs.findOne({ slot: `tenant ${tenant}` })));
  }

  runs(tenant: string, limit: number): Promise<RunRow[]> {
    return this.#guarded(async () => {
      const found = this.#runs.find({ tenant }).sort({ started: -1, _id: 1 }).limit(limit);
      return (await found.toArray()).map((one) => read(runRow, one) as RunRow);
    });
  }

  async saveRun(run: RunRow): Promise<boolean> {
    const change = { $set: { slot: slotOf(run), row: JSON.stringify(run) } };
    const { matchedCount } = await this.#guarded(() =>
      this.#runs.updateOne({ _id: run.id, slot: `tenant ${run.tenant}` }, change, WRITE),
    );
    return matchedCount === 1;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#client.close();
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new SealtrailError('store_closed', 'the service is closed');
    try {
      return await work();
    } catch (error) {
      throw unavailable(error);
    }
  }
}

function slotOf({ id, tenant, state }: RunRow): string {
  return state === 'running' ? `tenant ${tenant}` : `run ${id}`;
}

/** The time of its end stands beside the row, so that it can be set without reading it. */
function tokenOf({ revoked, ...document }: WithId<TokenDocument>): TokenRow {
  return { ...(read(tokenRow, document) as TokenRow), revoked };
}

/** What lies in the database may have been written by anybody: it is parsed like everything from outside. */
function read<T extends z.ZodType>(schema: T, document: Kept | null): z.output<T> | undefined {
  return document === null ? undefined : schema.parse(JSON.parse(document.row));
}
