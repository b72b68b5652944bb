import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Log } from '@sealtrail/store';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';
import { makeEndless } from '../support/sqlite-endless.ts';

const MAIN = fileURLToPath(new URL('../../packages/verifier/dist/cli/main.js', import.meta.url));

async function newFile(): Promise<string> {
  const { location, open } = await newSqlitePlace();
  const store = await open();
  const log = new Log(store);
  await log.appendAll('acme', drafts('d', 300));
  await log.close();
  await store.close();
  return location;
}

/** The command in a process of its own, which somebody can end while SQLite does not come back. */
function verify(path: string, ...flags: string[]): Promise<{ code: unknown; killed: boolean; said: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, path, '--max-findings', '3', ...flags],
      { timeout: 240_000, killSignal: 'SIGKILL' },
      (error, stdout, stderr) =>
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
    const path = makeEndless(await newFile(), name);
    for (const flags of [[], ['--tenant', 'acme']]) {
      const result = await verify(path, '--threads', String(threads), ...flags);
      expect([result.killed, result.code === 0], result.said).toEqual([false, false]);
      expect(result.said).toContain(said);
    }
  });

  it('in a table without a key is read to no end', async () => {
    const path = await newFile();
    const db = new Database(path);
    db.exec(
      'CREATE TABLE copy AS SELECT * FROM entries; DROP TABLE entries; ALTER TABLE copy RENAME TO entries',
    );
    db.close();
    const { killed, code, said } = await verify(makeEndless(path, 'entries'));
    expect([killed, code], said).toEqual([false, 2]);
    expect(said).toContain('more rows than it has room for');
  });
});
