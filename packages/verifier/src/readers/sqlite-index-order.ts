import type { Finding } from '@sealtrail/format';
import { keyIndex, SQLITE_KEYS, type SqliteTableName } from './sqlite-schema.ts';
import { pause } from './sqlite-statements.ts';
import type { Tables } from './sqlite-tables.ts';

// SQLite looks for a key by halves, and goes through keys one by one. Only where they stand in their order do both come to the same:
// whoever writes to the file can put one where a search meets it and a walk has stopped already, or the reverse.

/** Few rows for each log: all of them are compared with the one before. */
const SMALL = ['tenants', 'heads', 'anchors'] as const satisfies readonly SqliteTableName[];

/** Logs whose entries are counted before anything else in the process has its turn. */
const LOGS = 200;

/** Keys that do not stand in their order, of any log. The directories' are vouched for by the seals. */
export async function* indexOrderFaults(tables: Tables): AsyncGenerator<Finding> {
  for (const table of SMALL) {
    for (const index of tables.indexes[table]) {
      if (!isOrdered(tables, table, index)) yield disordered(table, index);
    }
  }
  for (const index of tables.indexes.entries) {
    if (!(await isReached(tables, index))) yield disordered('entries', index);
  }
}

function isOrdered(tables: Tables, table: (typeof SMALL)[number], index: string): boolean {
  const columns = SQLITE_KEYS[table].split(',');
  // Without an order of its own, so that nothing is sorted: as the index has them.
  const before = columns.map((column) => `lag(${column}) OVER ()`).join(', ');
  const [row] = tables.all(
    `SELECT count(*) AS n, sum(later) AS later FROM (
      SELECT (${columns.join(', ')}) > (${before}) AS later FROM (
        SELECT ${columns.join(', ')} FROM ${table} INDEXED BY ${index} LIMIT :room))`,
    { room: tables.room },
  );
  const n = Number(row?.['n'] ?? 0);
  return Number(row?.['later'] ?? 0) === Math.max(0, n - 1);
}

/**
 * Whether the entries that are met from the first of each log to the first of the next are all that there are. Their order within a
 * log is seen where it is walked, which takes no time of its own.
 */
async function isReached(tables: Tables, index: string): Promise<boolean> {
  const entries = `entries INDEXED BY ${index}`;
  const { room } = tables;
  const [all] = tables.all(`SELECT count(*) AS n FROM (SELECT 1 FROM ${entries} LIMIT :room)`, { room });
  // Nothing more is asked of one without an end.
  if (all?.['n'] === room) return false;
  const [nobody] = tables.all(`SELECT sum(1) AS n FROM ${entries} WHERE tenant IS NULL`);
  let met = Number(nobody?.['n'] ?? 0);
  // The condition is looked at for each key, which the bounds alone are not.
  const steps = tables.steps(
    `WITH RECURSIVE t(tenant) AS (
       SELECT min(tenant) FROM ${entries}
       UNION ALL SELECT (SELECT min(tenant) FROM ${entries} WHERE tenant > t.tenant) FROM t WHERE t.tenant IS NOT NULL
     ) SELECT (SELECT count(*) FROM entries e INDEXED BY ${index}
         WHERE e.tenant >= t.tenant AND e.tenant <= t.tenant AND +e.tenant = t.tenant) AS n FROM t LIMIT :room`,
    { room },
  );
  const next = () => steps.take(LOGS, Number.POSITIVE_INFINITY);
  let ended = false;
  try {
    for (let logs = next(); logs.length > 0; logs = next()) {
      for (const log of logs) met += Number(log['n']);
      await pause();
    }
    ended = true;
  } finally {
    steps.end(ended ? undefined : { room: 0 });
  }
  return all?.['n'] === met;
}

function disordered(table: SqliteTableName, index: string): Finding {
  const which = index === keyIndex(table) ? '' : ` (${index})`;
  return {
    code: 'index_mismatch',
    position: null,
    message: `the index of the table ${table}${which} is not in its order: what is found depends on how it is looked for`,
  };
}
