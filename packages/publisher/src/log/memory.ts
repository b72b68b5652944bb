import type { Hash } from '@sealtrail/format';
import type Database from 'libsql';
import { MemoryFile, type MemoryOptions } from './memory-file.ts';

const SELECT = 'SELECT size, root, origin, note, time FROM checkpoints';

/** A checkpoint that was signed. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Hash;
  readonly origin: string;
  /** With every cosignature so far. */
  readonly note: string;
  /** When it was signed. */
  readonly time: string;
}

/** The attempts at a sink that failed since it last took something. */
export interface Failure {
  readonly attempts: number;
  readonly code: string;
  readonly message: string;
  readonly time: string;
}

/** What a publisher remembers. Whatever is asked of it or written to it is so within {@link exclusively} or {@link reading}. */
export class Memory {
  readonly #file: MemoryFile;

  /** @throws SealtrailError `config_invalid` for a file that is not there, and shall not be made */
  constructor(path: string, options: MemoryOptions = {}) {
    this.#file = new MemoryFile(path, options);
  }

  get #db(): Database.Database {
    return this.#file.db;
  }

  /** As {@link MemoryFile.exclusively} */
  exclusively<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#file.exclusively(work);
  }

  /** As {@link MemoryFile.reading} */
  reading<T>(work: () => T): Promise<T> {
    return this.#file.reading(work);
  }

  newest(): StoredCheckpoint | undefined {
    return one(this.#db.prepare(`${SELECT} ORDER BY size DESC LIMIT 1`).get());
  }

  at(size: number): StoredCheckpoint | undefined {
    return one(this.#db.prepare(`${SELECT} WHERE size = ?`).get(size));
  }

  /** The first checkpoint over so many leaves or more. */
  covering(size: number): StoredCheckpoint | undefined {
    return one(this.#db.prepare(`${SELECT} WHERE size >= ? ORDER BY size LIMIT 1`).get(size));
  }

  add({ size, root, origin, note, time }: StoredCheckpoint): void {
    this.#db
      .prepare('INSERT INTO checkpoints (size, root, origin, note, time) VALUES (?, ?, ?, ?, ?)')
      .run(size, root, origin, note, time);
  }

  setNote(size: number, note: string): void {
    this.#db.prepare('UPDATE checkpoints SET note = ? WHERE size = ?').run(note, size);
  }

  /** Keys that the operator's log names, and whether it retired them. */
  keys(): ReadonlyMap<string, boolean> {
    const rows = this.#db.prepare('SELECT vkey, retired FROM keys').all() as {
      vkey: string;
      retired: number;
    }[];
    return new Map(rows.map(({ vkey, retired }) => [vkey, retired === 1]));
  }

  setKey(vkey: string, retired: boolean): void {
    this.#db
      .prepare(
        'INSERT INTO keys (vkey, retired) VALUES (?, ?) ON CONFLICT (vkey) DO UPDATE SET retired = excluded.retired',
      )
      .run(vkey, retired ? 1 : 0);
  }

  /** The sinks there are. */
  sinks(): { readonly name: string; readonly newestOnly: boolean }[] {
    const rows = this.#db.prepare('SELECT sink, newest_only FROM sinks ORDER BY sink').all() as {
      sink: string;
      newest_only: number;
    }[];
    return rows.map(({ sink, newest_only }) => ({ name: sink, newestOnly: newest_only === 1 }));
  }

  setSinks(sinks: readonly { readonly name: string; readonly newestOnly: boolean }[]): void {
    this.#db.exec('DELETE FROM sinks');
    const insert = this.#db.prepare('INSERT INTO sinks (sink, newest_only) VALUES (?, ?)');
    for (const { name, newestOnly } of sinks) insert.run(name, newestOnly ? 1 : 0);
  }

  /** Checkpoints that a sink has not got, oldest first. */
  outstanding(sink: string): StoredCheckpoint[] {
    const rows = this.#db
      .prepare(`${SELECT} WHERE size NOT IN (SELECT size FROM deliveries WHERE sink = ?) ORDER BY size`)
      .all(sink);
    return rows.map((row) => one(row) as StoredCheckpoint);
  }

  /** How many checkpoints a sink has not got, and when the first of them was signed: without their notes, there may be many. */
  waiting(sink: string): { readonly checkpoints: number; readonly since: string | null } {
    return this.#db
      .prepare(
        'SELECT count(*) AS checkpoints, min(time) AS since FROM checkpoints WHERE size NOT IN (SELECT size FROM deliveries WHERE sink = ?)',
      )
      .get(sink) as { checkpoints: number; since: string | null };
  }

  delivered(sink: string, size: number, time: string, receipt: Uint8Array | undefined): void {
    this.#db
      .prepare('INSERT OR IGNORE INTO deliveries (sink, size, time, receipt) VALUES (?, ?, ?, ?)')
      .run(sink, size, time, receipt === undefined ? null : Buffer.from(receipt).toString('base64'));
    this.#db.prepare('DELETE FROM failures WHERE sink = ?').run(sink);
  }

  /** Newest size that a sink has got, 0 for none, and when it last took something. */
  lastDelivered(sink: string): { readonly size: number; readonly time: string | null } {
    return this.#db
      .prepare('SELECT coalesce(max(size), 0) AS size, max(time) AS time FROM deliveries WHERE sink = ?')
      .get(sink) as { size: number; time: string | null };
  }

  /** What sinks gave back for a checkpoint, such as time-stamps. */
  receipts(size: number): { readonly sink: string; readonly receipt: Uint8Array }[] {
    const rows = this.#db
      .prepare('SELECT sink, receipt FROM deliveries WHERE size = ? AND receipt IS NOT NULL ORDER BY sink')
      .all(size) as { sink: string; receipt: string }[];
    return rows.map(({ sink, receipt }) => ({ sink, receipt: Buffer.from(receipt, 'base64') }));
  }

  failed(sink: string, code: string, message: string, time: string): void {
    this.#db
      .prepare(
        'INSERT INTO failures (sink, attempts, code, message, time) VALUES (?, 1, ?, ?, ?) ON CONFLICT (sink) DO UPDATE SET attempts = attempts + 1, code = excluded.code, message = excluded.message, time = excluded.time',
      )
      .run(sink, code, message, time);
  }

  failure(sink: string): Failure | undefined {
    const row = this.#db
      .prepare('SELECT attempts, code, message, time FROM failures WHERE sink = ?')
      .get(sink) as Failure | undefined;
    if (row === undefined) return undefined;
    const { attempts, code, message, time } = row;
    return { attempts, code, message, time };
  }

  close(): void {
    this.#file.close();
  }
}

/** The columns of a row, without what the driver adds to it. */
function one(row: unknown): StoredCheckpoint | undefined {
  if (row === undefined) return undefined;
  const { size, root, origin, note, time } = row as StoredCheckpoint;
  return { size, root, origin, note, time };
}
