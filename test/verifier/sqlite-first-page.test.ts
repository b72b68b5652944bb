import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isPlainSqlite } from '../../packages/verifier/src/readers/sqlite-first-page.ts';
import { closedStore } from '../support/closed-store.ts';
import { expectIntact } from '../support/verified.ts';

/** A file that nobody has open: the driver keeps a closed one until its garbage is collected. */
function atRest(path: string): string {
  const copy = join(newFolder(), 'copy.db');
  copyFileSync(path, copy);
  return copy;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sealtrail-first-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function tables(count: number): string {
  return Array.from({ length: count }, (_, i) => `CREATE TABLE other_${i} (a)`).join(';');
}

const VIEW = "'view', 'SQLITE_Stat1', 'SQLITE_Stat1', 0, 'CREATE VIEW SQLITE_Stat1 AS SELECT 1'";

describe('what the first page of a SQLite file shows', () => {
  it.each([
    ['tables of others on it as well', true, 'CREATE TABLE contacts (id, name)'],
    ['more tables than it has room for', false, tables(100)],
    ['a table whose text goes on in another page', false, `CREATE TABLE wide (${'a'.repeat(5_000)})`],
    ['statistics', false, 'ANALYZE'],
    [
      'what is taken for statistics',
      false,
      `PRAGMA writable_schema = 1; INSERT INTO sqlite_schema VALUES (${VIEW})`,
    ],
  ])('%s: %s', async (_, plain, sql) => {
    const path = await closedStore(3);
    expect(isPlainSqlite(atRest(path))).toBe(true);
    const db = new Database(path);
    db.exec(sql);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    expect(isPlainSqlite(atRest(path))).toBe(plain);
    await expectIntact(path, { acme: 3 });
  });

  it('nothing of a file in use, or with something beside it', async () => {
    const path = await closedStore(3);
    expect(isPlainSqlite(path)).toBe(false);
    const copy = atRest(path);
    writeFileSync(`${copy}-journal`, '');
    expect(isPlainSqlite(copy)).toBe(false);
    rmSync(`${copy}-journal`);
    expect(isPlainSqlite(copy)).toBe(true);
    await expectIntact(copy, { acme: 3 });
  });

  it('nothing where a text has two bytes for a letter', () => {
    const path = join(newFolder(), 'utf-16.db');
    const db = new Database(path);
    db.exec("PRAGMA encoding = 'UTF-16le'; CREATE TABLE a (b)");
    db.close();
    expect(isPlainSqlite(atRest(path))).toBe(false);
  });

  it('nothing of what is no such file', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'short'), 'SQLite format 3');
    writeFileSync(join(folder, 'other'), Buffer.alloc(10_000, 0xff));
    for (const name of ['', 'absent', 'short', 'other'])
      expect(isPlainSqlite(join(folder, name))).toBe(false);
  });
});
