import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { inTransaction, refuseForeign } from '@sealtrail/store/sqlite';
import type { Checkpoint } from '@sealtrail/tlog';
import Database from 'libsql';

/** "SlWi" in ASCII. */
const APPLICATION_ID = 0x536c5769;
const TABLES = `
CREATE TABLE logs (
  origin TEXT NOT NULL PRIMARY KEY, size INTEGER NOT NULL, root TEXT NOT NULL, note TEXT NOT NULL
) STRICT;
PRAGMA application_id = ${APPLICATION_ID};
`;

/** The newest checkpoint that a witness cosigned of each log. It must never forget one. */
export class WitnessState {
  readonly #db: Database.Database;

  /**
   * @param init whether it is made: whoever has lost one, or moved it, must not be given a new one that cosigns what the old one knows to be
   *   a second history
   * @throws SealtrailError `config_invalid` for one that is not there, or is there and should be made, `store_layout`
   */
  constructor(path: string, init: boolean) {
    // Not made: on a volume that is not mounted, it would hide that the memory is away.
    if (!existsSync(dirname(path)))
      throw new SealtrailError(
        'config_invalid',
        `${dirname(path)}, the folder of a witness’s memory, is not there`,
      );
    if (!init && !existsSync(path)) throw lost(path);
    this.#db = new Database(path);
    this.#db.exec('PRAGMA busy_timeout = 5000');
    // Rollback journal: one small row, and a reader never has to wait for a checkpoint of the write-ahead log.
    this.#db.exec('PRAGMA synchronous = FULL');
    try {
      this.#prepare(path, init);
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  #prepare(path: string, init: boolean): void {
    this.atomically(() => {
      refuseForeign(this.#db, APPLICATION_ID, 'a witness’s memory');
      const { n } = this.#db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
      if (n === 0 && !init) throw lost(path);
      // Asked for once and never taken back, it would make a new one when this one is lost.
      if (n > 0 && init)
        throw new SealtrailError(
          'config_invalid',
          `${path}, a witness’s memory, is there already: begin without --init`,
        );
      if (init) this.#db.exec(TABLES);
    });
  }

  /** Nobody else, in no other process, reads or writes in between; durable when it returns. */
  atomically<T>(work: () => T): T {
    return inTransaction(this.#db, work);
  }

  get(origin: string): (Checkpoint & { readonly note: string }) | undefined {
    return this.#db.prepare('SELECT origin, size, root, note FROM logs WHERE origin = ?').get(origin) as
      | (Checkpoint & { note: string })
      | undefined;
  }

  /** All of them, for the monitoring path, which names a log by a hash. */
  origins(): string[] {
    return (this.#db.prepare('SELECT origin FROM logs').all() as { origin: string }[]).map(
      ({ origin }) => origin,
    );
  }

  set({ origin, size, root }: Checkpoint, note: string): void {
    this.#db
      .prepare(
        'INSERT INTO logs (origin, size, root, note) VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note',
      )
      .run(origin, size, root, note);
  }

  close(): void {
    this.#db.close();
  }
}

function lost(path: string): SealtrailError {
  return new SealtrailError(
    'config_invalid',
    `${path}, a witness’s memory, is not there: a new one would cosign a second history. Only the very first time, begin with --init`,
  );
}
