import { onConnection, type Runner } from './engine.ts';
import { Code, CommandError, isConflict, TRANSIENT, toCommandError } from './errors.ts';
import type { Lease, Pool } from './pg/pool.ts';
import type { SessionInfo } from './sessions.ts';

const LIFETIME_MS = 60_000;

/**
 * Snapshot isolation as MongoDB has it. Waiting for another transaction's lock ends soon in a write conflict,
 * for the other one may be waiting for this client to go on.
 */
const BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL lock_timeout = '15ms'";

interface Transaction {
  number: bigint;
  state: 'open' | 'committed' | 'aborted';
  lease: Lease;
  owner: object;
  timer: NodeJS.Timeout;
}

/** MongoDB transactions, each a PostgreSQL transaction on a connection of its own. */
export class Transactions {
  readonly #pool: Pool;
  /** The newest transaction of each session. */
  readonly #bySession = new Map<string, Transaction>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Runs one command of a transaction; any failure or refusal aborts the transaction, as in MongoDB. */
  async run(
    info: SessionInfo,
    owner: object,
    work: (runner: Runner) => Promise<{ reply: Buffer; refused: boolean }>,
  ): Promise<Buffer> {
    const transaction = info.starts ? await this.#begin(info, owner) : this.#find(info);
    transaction.owner = owner;
    try {
      const { reply, refused } = await work(onConnection(transaction.lease.connection));
      if (refused) await this.#abort(transaction);
      return reply;
    } catch (error) {
      const expired = transaction.state === 'aborted' && !isConflict(error);
      await this.#abort(transaction);
      throw expired ? noSuchTransaction(info) : toCommandError(error, true);
    }
  }

  async commit(info: SessionInfo): Promise<void> {
    const last = this.#bySession.get(info.session);
    if (last?.number === info.number && last?.state === 'committed') return;
    const transaction = this.#find(info);
    try {
      await transaction.lease.connection.run('COMMIT');
    } catch (error) {
      this.#end(transaction, 'aborted').discard();
      throw toCommandError(error, true);
    }
    this.#end(transaction, 'committed').release();
  }

  async abort(info: SessionInfo): Promise<void> {
    await this.#abort(this.#find(info));
  }

  /** The client is gone: nobody will end its transactions, and their locks would hold up others. */
  abandon(owner: object): void {
    for (const transaction of this.#bySession.values()) {
      if (transaction.owner === owner && transaction.state === 'open') {
        this.#end(transaction, 'aborted').discard();
      }
    }
  }

  async forget(session: string): Promise<void> {
    const transaction = this.#bySession.get(session);
    if (!transaction) return;
    await this.#abort(transaction);
    this.#bySession.delete(session);
  }

  async #begin(info: SessionInfo, owner: object): Promise<Transaction> {
    const last = this.#bySession.get(info.session);
    if (last && info.number! < last.number) {
      throw new CommandError(
        Code.TransactionTooOld,
        `Transaction ${info.number} is older than the session's last`,
      );
    }
    if (last) await this.#abort(last);
    const lease = await this.#pool.pin();
    try {
      await lease.connection.run(BEGIN);
    } catch (error) {
      lease.discard();
      throw toCommandError(error, true);
    }
    const transaction: Transaction = {
      number: info.number!,
      state: 'open',
      lease,
      owner,
      timer: setTimeout(() => this.#end(transaction, 'aborted').discard(), LIFETIME_MS),
    };
    this.#bySession.set(info.session, transaction);
    return transaction;
  }

  #find(info: SessionInfo): Transaction {
    const transaction = this.#bySession.get(info.session);
    if (transaction?.number !== info.number || transaction?.state !== 'open') throw noSuchTransaction(info);
    return transaction!;
  }

  async #abort(transaction: Transaction): Promise<void> {
    if (transaction.state !== 'open') return;
    const lease = this.#end(transaction, 'aborted');
    try {
      await lease.connection.run('ROLLBACK');
      lease.release();
    } catch {
      lease.discard();
    }
  }

  #end(transaction: Transaction, state: 'committed' | 'aborted'): Lease {
    transaction.state = state;
    clearTimeout(transaction.timer);
    return transaction.lease;
  }
}

function noSuchTransaction(info: SessionInfo): CommandError {
  return new CommandError(Code.NoSuchTransaction, `Transaction ${info.number} was aborted or never begun`, [
    TRANSIENT,
  ]);
}
