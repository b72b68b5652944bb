import type Database from 'libsql';
import type { RawRow } from '../source.ts';
import { refuseEndless, roomOf } from './sqlite-room.ts';
import { SqliteTable } from './sqlite-rows.ts';
import {
  keyIndex,
  readSchemaFault,
  SQLITE_KEYS,
  SQLITE_LAYOUT,
  type SqliteTableName,
  unknownLayout,
} from './sqlite-schema.ts';
import { all, notAStore, type Params, run, Steps } from './sqlite-statements.ts';

/** The tables of a file, each looked at once. */
export class Tables {
  readonly #db: Database.Database;
  readonly #known = new Map<string, SqliteTable>();
  #checked = false;
  #indexes: Readonly<Record<SqliteTableName, readonly string[]>> | undefined;
  #holders = 0;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /**
   * @throws SealtrailError `source_invalid` for a file that is made of anything else than a store's tables, `store_layout` for one
   *   of a version that is not known here
   */
  get(name: SqliteTableName): SqliteTable {
    let table = this.#known.get(name);
    if (table === undefined) {
      this.#check();
      table = new SqliteTable(this.#db, name, this.indexes[name][0]);
      this.#known.set(name, table);
    }
    return table;
  }

  /** The indexes that the tables have, by name: that of the key first. */
  get indexes(): Readonly<Record<SqliteTableName, readonly string[]>> {
    this.#check();
    this.#indexes ??= {
      tenants: this.#indexesOf('tenants'),
      heads: this.#indexesOf('heads'),
      entries: this.#indexesOf('entries'),
      anchors: this.#indexesOf('anchors'),
      directory_changes: this.#indexesOf('directory_changes'),
    };
    return this.#indexes;
  }

  /** More keys than the file has room for. Whoever writes to it can lead an index back into itself, and it has no end then. */
  get room(): number {
    return roomOf(this.#db);
  }

  /** Only for what is no text. */
  all(sql: string, params: Params = {}): RawRow[] {
    this.#check();
    return all(this.#db, sql, params);
  }

  /** As {@link all}, stepped through. */
  steps(sql: string, params: Params): Steps {
    this.#check();
    return new Steps(this.#db, sql, params);
  }

  /**
   * From now on, all that is read is of one state of the file, however many statements it takes. As long as it lasts, nobody can empty
   * the write-ahead log.
   *
   * @returns ends it, when everybody who holds it has ended it
   */
  hold(): () => void {
    if (this.#holders === 0) run(this.#db, 'BEGIN');
    this.#holders++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#holders--;
      if (this.#holders === 0) run(this.#db, 'COMMIT');
    };
  }

  #indexesOf(table: SqliteTableName): string[] {
    const names = [keyIndex(table), ...(table === 'entries' ? ['entries_id'] : [])];
    return names.filter(
      (name) =>
        all(this.#db, `SELECT 1 FROM pragma_index_list('${table}') WHERE name = '${name}'`).length > 0,
    );
  }

  /** Then each question about it goes through all of it. */
  #isWithoutKey(table: SqliteTableName): boolean {
    const [row] = all(this.#db, `SELECT count(*) AS n, sum(pk) AS pk FROM pragma_table_info('${table}')`);
    return row?.['n'] !== 0 && row?.['pk'] === 0;
  }

  #check(): void {
    if (this.#checked) return;
    const [row] = all(this.#db, 'PRAGMA user_version');
    // Rows that were copied into another file have come without it.
    if (row?.['user_version'] !== 0 && row?.['user_version'] !== SQLITE_LAYOUT)
      throw unknownLayout(row?.['user_version']);
    const fault = readSchemaFault(this.#db);
    if (fault !== undefined) throw notAStore(fault);
    for (const table of Object.keys(SQLITE_KEYS) as SqliteTableName[])
      if (this.#isWithoutKey(table)) refuseEndless(this.#db, table);
    this.#checked = true;
  }
}
