import { DURABLE, isDuplicateKey, MongodbConnection } from '@sealtrail/store/mongodb';
import type { Collection, Db, WithId } from 'mongodb';
import type { z } from 'zod';
import {
  keptRow,
  type RunList,
  type RunRow,
  readable,
  runRow,
  type ServiceData,
  type SessionRow,
  sessionRow,
  type TokenList,
  type TokenRow,
  tokenRow,
} from './port.ts';

/** `_id` is the row's id; `row` is JSON, which no driver converts; the rest is what is searched by. */
interface Kept {
  readonly _id: string;
  readonly row: string;
}
type TokenDocument = Kept & { readonly created: string; readonly revoked: string | null };
type SessionDocument = Kept & { readonly expires: string };
/** `slot` is the tenant while a run is under way, and its own id afterwards: two of one tenant cannot be. */
type RunDocument = Kept & { readonly tenant: string; readonly started: string; readonly slot: string };

const TOKENS = 'service_tokens';
const SESSIONS = 'service_sessions';
const RUNS = 'service_runs';

/** @throws SealtrailError `config_invalid` for an unusable URL, `store_unavailable` */
export async function openMongodbData(url: string): Promise<ServiceData> {
  const options = { readConcern: 'majority', closed: 'the service is closed' } as const;
  return new MongodbData(await MongodbConnection.open(url, options, prepare));
}

async function prepare(db: Db): Promise<void> {
  await db.collection(TOKENS).createIndexes([{ key: { created: -1, _id: 1 }, name: 'created' }]);
  await db.collection(SESSIONS).createIndexes([{ key: { expires: 1 }, name: 'expires' }]);
  await db.collection(RUNS).createIndexes([
    { key: { slot: 1 }, name: 'slot', unique: true },
    { key: { tenant: 1, started: -1, _id: 1 }, name: 'tenant_started' },
  ]);
}

class MongodbData implements ServiceData {
  readonly #connection: MongodbConnection;
  readonly #tokens: Collection<TokenDocument>;
  readonly #sessions: Collection<SessionDocument>;
  readonly #runs: Collection<RunDocument>;

  constructor(connection: MongodbConnection) {
    const { db, answers } = connection;
    this.#connection = connection;
    this.#tokens = answers.of(db.collection(TOKENS));
    this.#sessions = answers.of(db.collection(SESSIONS));
    this.#runs = answers.of(db.collection(RUNS));
  }

  async addToken(token: TokenRow): Promise<void> {
    const { id: _id, created, revoked } = token;
    await this.#guarded(() =>
      this.#tokens.insertOne({ _id, created, revoked, row: JSON.stringify(token) }, DURABLE),
    );
  }

  token(id: string): Promise<TokenRow | undefined> {
    return this.#guarded(async () => {
      const found = await this.#tokens.findOne({ _id: id });
      return found === null ? undefined : tokenOf(found);
    });
  }

  tokens(): Promise<TokenList> {
    return this.#guarded(async () => {
      const found = await this.#connection.answers.all(this.#tokens.find().sort({ created: -1, _id: 1 }));
      const { whole: tokens, damaged } = readableOf(found, tokenOf);
      return { tokens, damaged };
    });
  }

  async revokeToken(id: string, time: string): Promise<void> {
    await this.#guarded(() =>
      this.#tokens.updateOne({ _id: id, revoked: null }, { $set: { revoked: time } }, DURABLE),
    );
  }

  async removeToken(id: string): Promise<void> {
    await this.#guarded(() => this.#tokens.deleteOne({ _id: id }, DURABLE));
  }

  async addSession(session: SessionRow): Promise<void> {
    const { id: _id, expires } = session;
    await this.#guarded(() =>
      this.#sessions.insertOne({ _id, expires, row: JSON.stringify(session) }, DURABLE),
    );
  }

  session(id: string): Promise<SessionRow | undefined> {
    return this.#guarded(async () => read(sessionRow, await this.#sessions.findOne({ _id: id })));
  }

  async removeSession(id: string): Promise<void> {
    await this.#guarded(() => this.#sessions.deleteOne({ _id: id }, DURABLE));
  }

  async removeSessionsBefore(time: string): Promise<void> {
    await this.#guarded(() => this.#sessions.deleteMany({ expires: { $lt: time } }, DURABLE));
  }

  async addRun(run: RunRow): Promise<boolean> {
    const { id: _id, tenant, started } = run;
    return this.#guarded(async () => {
      try {
        const document = { _id, tenant, started, slot: slotOf(run), row: JSON.stringify(run) };
        await this.#runs.insertOne(document, DURABLE);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
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

  async endDamagedRun(tenant: string): Promise<void> {
    const slot = `tenant ${tenant}`;
    await this.#guarded(async () => {
      const found = await this.#runs.findOne({ slot });
      if (found === null) return;
      await this.#runs.updateOne({ _id: found._id, slot }, { $set: { slot: `run ${found._id}` } }, DURABLE);
    });
  }

  runs(tenant: string, limit: number): Promise<RunList> {
    return this.#guarded(async () => {
      const found = this.#runs.find({ tenant }).sort({ started: -1, _id: 1 }).limit(limit);
      const all = await this.#connection.answers.all(found);
      const { whole: runs, damaged } = readableOf(all, ({ row }) => keptRow(runRow, row));
      return { runs, damaged };
    });
  }

  async saveRun(run: RunRow): Promise<boolean> {
    const change = { $set: { slot: slotOf(run), row: JSON.stringify(run) } };
    const { matchedCount } = await this.#guarded(() =>
      this.#runs.updateOne({ _id: run.id, slot: `tenant ${run.tenant}` }, change, DURABLE),
    );
    return matchedCount === 1;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #guarded<T>(work: () => Promise<T>): Promise<T> {
    return this.#connection.guarded(work);
  }
}

function slotOf({ id, tenant, state }: RunRow): string {
  return state === 'running' ? `tenant ${tenant}` : `run ${id}`;
}

/** The time of its end stands beside the row, so that it can be set without reading it. */
function tokenOf({ revoked, ...document }: WithId<TokenDocument>): TokenRow {
  return { ...(read(tokenRow, document) as TokenRow), revoked };
}

function readableOf<D extends Kept, Row>(found: readonly D[], read: (document: D) => Row) {
  const rows = found.map((document) => ({ id: String(document._id), document }));
  return readable(rows, ({ document }) => read(document));
}

function read<T extends z.ZodType>(schema: T, document: Kept | null): z.output<T> | undefined {
  return document === null ? undefined : keptRow(schema, document.row);
}
