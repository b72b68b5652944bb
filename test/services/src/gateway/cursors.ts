import type { Runner } from './engine.ts';
import { Code, CommandError } from './errors.ts';
import type { Row } from './pg/messages.ts';

const IDLE_MS = 10 * 60_000;

interface Cursor {
  db: string;
  continuation: Buffer;
  usedAt: number;
}

const GET_MORE =
  'SELECT cursorpage::bytea, continuation::bytea FROM documentdb_api.cursor_get_more' +
  '($1::text, $2::bytea::documentdb_core.bson, $3::bytea::documentdb_core.bson)';

const DELETE = 'SELECT documentdb_api_internal.delete_cursors($1::text::bigint[])';

/** A first page of results by one of the engine's `…_cursor_first_page` functions. */
export function firstPageSql(name: string): string {
  return (
    'SELECT cursorpage::bytea, continuation::bytea, cursorid ' +
    `FROM documentdb_api.${name}_cursor_first_page($1::text, $2::bytea::documentdb_core.bson)`
  );
}

/**
 * Open results. A continuation document leads to the next page, by any connection: the engine keeps what it has
 * sorted in a file.
 */
export class Cursors {
  readonly #open = new Map<bigint, Cursor>();

  constructor() {
    setInterval(() => this.#expire(), IDLE_MS / 10).unref();
  }

  async first(run: Runner, sql: string, db: string, command: Buffer): Promise<Buffer> {
    const [page, continuation, id] = only(await run(sql, [db, command]));
    if (continuation && id) {
      this.#open.set(id.readBigInt64BE(), { db, continuation, usedAt: Date.now() });
    }
    return page!;
  }

  async more(run: Runner, id: bigint, command: Buffer): Promise<Buffer> {
    const cursor = this.#open.get(id);
    if (!cursor) throw new CommandError(Code.CursorNotFound, `Cursor ${id} is not open`);
    const [page, continuation] = only(await run(GET_MORE, [cursor.db, command, cursor.continuation]));
    if (continuation) {
      cursor.continuation = continuation;
      cursor.usedAt = Date.now();
    } else {
      this.#open.delete(id);
    }
    return page!;
  }

  /** Returns those that were open. */
  async kill(run: Runner, ids: readonly bigint[]): Promise<Set<bigint>> {
    const killed = new Set(ids.filter((id) => this.#open.delete(id)));
    if (killed.size > 0) await run(DELETE, [`{${[...killed].join(',')}}`]);
    return killed;
  }

  #expire(): void {
    for (const [id, cursor] of this.#open) {
      if (Date.now() - cursor.usedAt > IDLE_MS) this.#open.delete(id);
    }
  }
}

function only(rows: Row[]): Row {
  const row = rows[0];
  if (!row) throw new CommandError(Code.InternalError, 'The engine gave no answer');
  return row;
}
