import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';
import { busy, isBusyFailure, patiently } from './busy.ts';
import { inOneState, inTransaction } from './in-transaction.ts';
import type { OpenedFile } from './opened-file.ts';
import { type Row, withTexts } from './texts.ts';

/** A connection to a store's file, which other processes may be writing to. Each statement is prepared once. */
export class Connection {
  readonly #db: Database.Database;
  readonly #file: OpenedFile;
  readonly #lockWaitMs: number;
  readonly #statements = new Map<string, Database.Statement>();
  #closed = false;
  /** Rows that the statements of a transaction changed themselves. */
  #changes = 0;
  /** Rows that this connection had ever changed when its last transaction ended, unless that was undone. */
  #written: number | undefined;

  /** @param lockWaitMs how long other processes are waited for */
  constructor(db: Database.Database, file: OpenedFile, lockWaitMs: number) {
    this.#db = db;
    this.#file = file;
    this.#lockWaitMs = lockWaitMs;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws SealtrailError `store_closed`, `store_unavailable` when the file was replaced */
  refuseGone(): void {
    if (this.#closed) throw new SealtrailError('store_closed', 'the store is closed');
    this.#file.refuseReplaced();
  }

  /**
   * Runs a function in one write transaction: all of it, or nothing. A trigger that somebody made since the file was opened can have
   * less written, or more.
   *
   * @throws as {@link patiently}, and what the function throws; SealtrailError `store_layout` when other rows were written than asked for
   */
  exclusive<T>(work: () => T): Promise<T> {
    return this.patiently(() =>
      inTransaction(this.#db, () => {
        const before = this.#written ?? this.#totalChanges();
        this.#written = undefined;
        this.#changes = 0;
        const result = work();
        const after = this.#totalChanges();
        if (after - before !== this.#changes) throw triggered();
        this.#written = after;
        return result;
      }),
    );
  }

  /** Rows that this connection has ever changed, those that triggers changed among them. */
  #totalChanges(): number {
    return (this.get('SELECT total_changes() AS n') as { n: number }).n;
  }

  /** Runs a function that reads with several statements: others may write between two of them. @throws as {@link patiently} */
  inOneState<T>(work: () => T): Promise<T> {
    return this.patiently(() => inOneState(this.#db, work));
  }

  /** Runs a function, once more when another process is in its way. @throws SealtrailError `store_unavailable`, `store_closed` */
  patiently<T>(work: () => T): Promise<T> {
    return patiently(this.#lockWaitMs, () => {
      this.refuseGone();
      return work();
    });
  }

  /** One row, with a text for all bytes in it. */
  get(sql: string, ...params: unknown[]): unknown {
    // As a list, for the reason that all() has.
    const row = this.#prepare(sql).get(params) as Row | undefined;
    return row === undefined ? undefined : withTexts(row);
  }

  /** Rows as they are asked for: no text that is stored may be asked for as one, see texts.ts. */
  all(sql: string, ...params: unknown[]): Row[] {
    // As a list: the driver takes a single object, such as bytes, for names and their values, and ends the process.
    return this.#prepare(sql).all(params) as Row[];
  }

  run(sql: string, params: object): void {
    this.#changes += this.#prepare(sql).run(params).changes;
  }

  /** @throws SealtrailError `store_layout` when it changes another number of rows */
  runFor(rows: number, sql: string, params: object): void {
    const { changes } = this.#prepare(sql).run(params);
    if (changes !== rows) throw triggered();
    this.#changes += changes;
  }

  #prepare(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Makes the file as short as what is in it. */
  shrink(): Promise<void> {
    return this.#untilQuiet(() => {
      this.#written = undefined;
      this.#db.exec('VACUUM');
    });
  }

  /** Brings all that was written into the file itself, and empties the write-ahead log. */
  emptyLog(): Promise<void> {
    return this.#untilQuiet(() => {
      // That somebody reads what was there before is no error to SQLite: it says so in its answer, and leaves the log as it is.
      const [row] = this.all('PRAGMA wal_checkpoint(TRUNCATE)');
      if (row?.['busy'] !== 0) throw busy('somebody reads');
    });
  }

  /** @throws SealtrailError `store_unavailable` that says what is left when others were in the way all the time */
  async #untilQuiet(work: () => void): Promise<void> {
    try {
      await this.patiently(work);
    } catch (cause) {
      if (!isBusyFailure(cause)) throw cause;
      throw new SealtrailError(
        'store_unavailable',
        'copies of what was destroyed may be left in the write-ahead log (the file that ends in -wal), since others read or ' +
          'write all the time; run the same again when they are done',
        {},
        { cause },
      );
    }
  }

  close(): void {
    this.#closed = true;
    this.#statements.clear();
    // The file alone then holds the whole log, for whoever copies it. SQLite would do this itself if the driver closed a
    // connection at once.
    try {
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Another process writes: it will do it.
    }
    this.#db.close();
  }
}

function triggered(): SealtrailError {
  return new SealtrailError(
    'store_layout',
    'the file did not take what was written to it as it was: a trigger on its tables changes that; nothing was written',
  );
}
