import type { LogSource } from '@sealtrail/verifier';
import { SqliteSource } from '@sealtrail/verifier/sqlite';
import Database from 'libsql';
import { unavailable } from './busy.ts';

/**
 * Connections for reading, apart from the writer's: a walk that stays open must not hold up its statements. The driver gives
 * a closed connection's files back only when its garbage is collected, so one that is done with serves the next reader.
 */
export class Readers {
  readonly #path: string;
  readonly #idle: Database.Database[] = [];
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  open(): LogSource {
    const db = this.#idle.pop() ?? this.#connect();
    let open = true;
    return new SqliteSource(db, () => {
      if (!open) return;
      open = false;
      if (!this.#closed && isIdle(db)) this.#idle.push(db);
      else db.close();
    });
  }

  close(): void {
    this.#closed = true;
    for (const db of this.#idle.splice(0)) db.close();
  }

  #connect(): Database.Database {
    try {
      const db = new Database(this.#path);
      // The driver knows no connections that only read.
      db.exec('PRAGMA query_only = ON');
      return db;
    } catch (cause) {
      throw unavailable(cause);
    }
  }
}

/**
 * Whether everything that was asked of a connection has been read to its end. One with an unfinished answer sees the file
 * as it was then, for as long as that answer lives.
 */
function isIdle(db: Database.Database): boolean {
  try {
    // Refused (SQLITE_LOCKED) while a statement of this connection is under way.
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    return true;
  } catch {
    return false;
  }
}
