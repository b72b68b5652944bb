import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { closedStore } from '../support/closed-store.ts';
import { makeEndless } from '../support/sqlite-endless.ts';

const MAIN = fileURLToPath(new URL('../../packages/verifier/dist/cli/main.js', import.meta.url));

const SQLITE = new URL('../../packages/verifier/dist/readers/sqlite.js', import.meta.url);
/** Opens a file as an auditor's own program does, with less patience. */
const OPEN = `
const { openSqlite } = await import('${SQLITE}');
try {
  const source = await openSqlite(process.argv[1], { openingMs: 3_000 });
  for await (const { tenant } of source.logs()) console.log(tenant);
  await source.close();
} catch (error) {
  console.log(error.code + ': ' + error.message);
}`;

interface Ended {
  readonly code: unknown;
  readonly killed: boolean;
  readonly said: string;
}

function verify(path: string, ...flags: string[]): Promise<Ended> {
  return inProcess(MAIN, path, '--max-findings', '3', ...flags);
}

/** In a process of its own, which somebody can end while SQLite does not come back. */
function inProcess(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: 240_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, killed: error?.killed ?? false, said: stdout + stderr }),
    );
  });
}

describe('a SQLite file whose pages lead back into each other', () => {
  it.each([
    ['entries_id', 'index_mismatch', 1],
    ['entries_id', 'index_mismatch', 2],
    ['sqlite_autoindex_entries_1', 'more rows than it has room for', 1],
    ['sqlite_autoindex_entries_1', 'more rows than it has room for', 2],
  ])('in %s is read to no end (%s, %i threads)', async (name, said, threads) => {
    const path = makeEndless(await closedStore(300), name);
    for (const flags of [[], ['--tenant', 'acme']]) {
      const result = await verify(path, '--threads', String(threads), ...flags);
      expect([result.killed, result.code === 0], result.said).toEqual([false, false]);
      expect(result.said).toContain(said);
    }
  });

  it('in a table without a key is read to no end', async () => {
    const path = await closedStore(300);
    const db = new Database(path);
    db.exec(
      'CREATE TABLE copy AS SELECT * FROM entries; DROP TABLE entries; ALTER TABLE copy RENAME TO entries',
    );
    db.close();
    const { killed, code, said } = await verify(makeEndless(path, 'entries'));
    expect([killed, code], said).toEqual([false, 2]);
    expect(said).toContain('more rows than it has room for');
  });

  const others = Array.from({ length: 200 }, (_, i) => `CREATE TABLE other_${i} (a, b);`).join('');
  it.each([
    ['sqlite_schema', others],
    [
      'sqlite_stat1',
      `${others} CREATE INDEX of_0 ON other_0 (b); INSERT INTO other_0 VALUES (1, 2); ANALYZE;
      INSERT INTO sqlite_stat1 SELECT 'other_' || a.rowid, NULL, '1' FROM entries a, entries b LIMIT 5000`,
    ],
  ])('in %s, which SQLite reads whenever it opens a file, is not opened', async (name, sql) => {
    const path = await closedStore(300);
    const db = new Database(path);
    db.exec(sql);
    db.close();
    const open = (file: string) => inProcess('--input-type=module', '-e', OPEN, file);
    expect(await open(path)).toEqual({ code: 0, killed: false, said: 'acme\n' });
    const { killed, said } = await open(makeEndless(path, name));
    expect(killed).toBe(false);
    expect(said).toMatch(/^source_invalid: the SQLite file is damaged, or .* after 3 s\n$/);
  });
});
