import { setTimeout as sleep } from 'node:timers/promises';
import { isConflict } from './errors.ts';
import type { PgConnection } from './pg/connection.ts';
import type { Parameter, Row } from './pg/messages.ts';
import type { Pool } from './pg/pool.ts';
import type { Turns } from './turns.ts';

/** Where a command's statements run: on any connection, or on that of its transaction. */
export type Runner = (sql: string, parameters: readonly Parameter[]) => Promise<Row[]>;

export interface Scope {
  run: Runner;
  /** Runs outside any transaction, also when that of `run` has just failed. */
  lookUp: Runner;
  inTransaction: boolean;
}

/** Longer than a transaction may hold a lock. */
const PATIENCE_MS = 75_000;
const LONGEST_PAUSE_MS = 25;
const LOCK_PATIENCE_MS = 200;

export function onConnection(connection: PgConnection): Runner {
  return (sql, parameters) => connection.query(sql, parameters);
}

/**
 * Every statement is its own PostgreSQL transaction. MongoDB hides conflicts outside transactions from its
 * clients; PostgreSQL reports deadlocks and "concurrently updated", after which nothing has happened: try again.
 *
 * Inserts of the same unique key at once always deadlock, as the engine's unique indexes are exclusion constraints.
 * Tried again all at once they would do so for ever, so further tries at one `place` take turns; and as such a try
 * may run into the lock of a transaction, it lets the others go on after a while.
 */
export function onPool(pool: Pool, turns: Turns, place: string, maxTimeMs: number): Runner {
  return async (sql, parameters) => {
    const deadline = Date.now() + PATIENCE_MS;
    const attempt = (lockMs: number): Promise<Row[]> =>
      pool.use((connection) => withinTime(connection, { maxTimeMs, lockMs }, sql, parameters));
    for (let pauseMs = 0; ; pauseMs = Math.min(pauseMs + 2, LONGEST_PAUSE_MS)) {
      try {
        if (pauseMs === 0) return await attempt(0);
        return await turns.take([`again ${place}`], () => attempt(LOCK_PATIENCE_MS));
      } catch (error) {
        if (!isConflict(error) || Date.now() > deadline) throw error;
        await sleep(Math.random() * pauseMs);
      }
    }
  };
}

async function withinTime(
  connection: PgConnection,
  { maxTimeMs, lockMs }: { maxTimeMs: number; lockMs: number },
  sql: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  if (maxTimeMs <= 0 && lockMs <= 0) return connection.query(sql, parameters);
  await connection.run(`SET statement_timeout = ${Math.ceil(maxTimeMs)}; SET lock_timeout = ${lockMs}`);
  try {
    return await connection.query(sql, parameters);
  } finally {
    if (connection.usable) await connection.run('SET statement_timeout = 0; SET lock_timeout = 0');
  }
}
