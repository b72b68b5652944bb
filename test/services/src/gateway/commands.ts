import { asBinary, asDocument, asInteger, readFields } from './bson-fields.ts';
import { CATALOG, IN_TRANSACTION } from './catalog.ts';
import { Cursors, firstPageSql } from './cursors.ts';
import { onPool, type Runner, type Scope } from './engine.ts';
import { Code, CommandError } from './errors.ts';
import { explain } from './explain.ts';
import { constantAnswer } from './handshake.ts';
import type { Pool } from './pg/pool.ts';
import { RetryableWrites, type SessionInfo, sessionInfo } from './sessions.ts';
import { Transactions } from './transactions.ts';
import { Turns } from './turns.ts';
import { upserts } from './upserts.ts';
import { collectionOf, encode, type Request } from './wire.ts';
import { bulkWrite, findAndModify, type WriteReply } from './writes.ts';

const FIRST_PAGES = new Map([
  ['find', firstPageSql('find')],
  ['aggregate', firstPageSql('aggregate')],
  ['listCollections', firstPageSql('list_collections')],
  ['listIndexes', firstPageSql('list_indexes')],
]);

/** A connected client, as far as commands need to know it. */
export interface Client {
  id: number;
  /** Where it reached the gateway: what hello tells as the server's own address. */
  address: string;
}

/** Answers commands, whatever connection they come by. */
export class Commands {
  readonly #pool: Pool;
  readonly #cursors = new Cursors();
  readonly #turns = new Turns();
  readonly #retryable = new RetryableWrites();
  readonly #transactions: Transactions;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#transactions = new Transactions(pool);
  }

  /** Ends what only this client could have gone on with. */
  clientGone(client: Client): void {
    this.#transactions.abandon(client);
  }

  async answer(request: Request, client: Client): Promise<Buffer> {
    const constant = constantAnswer(request.name, client.address, client.id);
    if (constant) return encode(constant);

    const info = sessionInfo(request);
    if (info?.inTransaction && info.number !== undefined) return this.#inTransaction(request, info, client);

    switch (request.name) {
      case 'endSessions':
      case 'killSessions':
        return this.#endSessions(request);
      case 'killCursors':
        return this.#killCursors(request);
      default: {
        const maxTimeMs = Number(asInteger(request.fields.get('maxTimeMS')) ?? 0n);
        const run = this.#outside(request, request.name === 'getMore' ? 0 : maxTimeMs);
        const scope = { run, lookUp: run, inTransaction: false };
        const work = async (): Promise<Buffer> => (await this.#execute(scope, request)).reply;
        return info?.number === undefined ? work() : this.#retryable.once(info.session, info.number, work);
      }
    }
  }

  async #inTransaction(request: Request, info: SessionInfo, client: Client): Promise<Buffer> {
    switch (request.name) {
      case 'commitTransaction':
        await this.#transactions.commit(info);
        return encode({ ok: 1 });
      case 'abortTransaction':
        await this.#transactions.abort(info);
        return encode({ ok: 1 });
      default:
        if (CATALOG.has(request.name) && !IN_TRANSACTION.has(request.name)) {
          throw new CommandError(
            Code.OperationNotSupportedInTransaction,
            `${request.name} is not allowed in a transaction`,
          );
        }
        return this.#transactions.run(info, client, (run) =>
          this.#execute({ run, lookUp: this.#outside(request, 0), inTransaction: true }, request),
        );
    }
  }

  #outside(request: Request, maxTimeMs: number): Runner {
    return onPool(this.#pool, this.#turns, `${request.db}.${collectionOf(request)}`, maxTimeMs);
  }

  async #execute(scope: Scope, request: Request): Promise<WriteReply> {
    switch (request.name) {
      case 'insert':
      case 'delete':
        return bulkWrite(scope, request, request.name, false);
      case 'update':
        return this.#upsertsInTurn(scope, request, (single) => bulkWrite(scope, request, 'update', single));
      case 'findAndModify':
      case 'findandmodify':
        return this.#upsertsInTurn(scope, request, async (single) => ({
          reply: await findAndModify(scope, request, single),
          refused: false,
        }));
      default:
        return { reply: await this.#read(scope.run, request), refused: false };
    }
  }

  /** Tells `write` whether the command is one upsert and nothing else. */
  #upsertsInTurn(
    scope: Scope,
    request: Request,
    write: (single: boolean) => Promise<WriteReply>,
  ): Promise<WriteReply> {
    if (scope.inTransaction) return write(false);
    const { keys, operations } = upserts(request);
    const namespace = `${request.db}.${collectionOf(request)}`;
    return this.#turns.take(
      keys.map((key) => `upsert ${namespace} ${key}`),
      () => write(keys.length === 1 && operations === 1),
    );
  }

  #read(run: Runner, request: Request): Promise<Buffer> {
    const firstPage = FIRST_PAGES.get(request.name);
    if (firstPage) return this.#cursors.first(run, firstPage, request.db, request.body);
    if (request.name === 'getMore') {
      const id = asInteger(request.fields.get('getMore')) ?? 0n;
      return this.#cursors.more(run, id, request.body);
    }
    if (request.name === 'explain') return explain(run, request);
    const catalog = CATALOG.get(request.name);
    if (catalog) return catalog(run, request);
    throw new CommandError(Code.CommandNotFound, `no such command: '${request.name}'`);
  }

  async #endSessions(request: Request): Promise<Buffer> {
    const sessions = asDocument(request.fields.values().next().value);
    for (const field of sessions ? readFields(sessions).values() : []) {
      const session = asBinary(readFields(asDocument(field) ?? Buffer.alloc(5)).get('id'))?.toString('hex');
      if (session === undefined) continue;
      this.#retryable.forget(session);
      await this.#transactions.forget(session);
    }
    return encode({ ok: 1 });
  }

  async #killCursors(request: Request): Promise<Buffer> {
    const cursors = asDocument(request.fields.get('cursors'));
    const ids = [...(cursors ? readFields(cursors).values() : [])].map((field) => asInteger(field) ?? 0n);
    const killed = await this.#cursors.kill(this.#outside(request, 0), ids);
    return encode({
      cursorsKilled: [...killed],
      cursorsNotFound: ids.filter((id) => !killed.has(id)),
      cursorsAlive: [],
      cursorsUnknown: [],
      ok: 1,
    });
  }
}
