import type Database from 'libsql';

/** Statements of one connection, prepared once. */
export class Statements {
  readonly #db: Database.Database;
  readonly #prepared = new Map<string, Database.Statement>();

  constructor(db: Database.Database) {
    this.#db = db;
  }

  all(sql: string, ...params: unknown[]): Readonly<Record<string, unknown>>[] {
    return this.#prepare(sql).all(...params) as Readonly<Record<string, unknown>>[];
  }

  /** @returns how many rows were changed */
  run(sql: string, ...params: unknown[]): number {
    return this.#prepare(sql).run(...params).changes;
  }

  clear(): void {
    this.#prepared.clear();
  }

  #prepare(sql: string): Database.Statement {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#prepared.set(sql, statement);
    }
    return statement;
  }
}
