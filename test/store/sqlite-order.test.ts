import { isSealtrailError } from '@sealtrail/format';
import { anchorTenant, Log, openStore, type Store, sealTenants } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { draft } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';
import { reorderLeaf } from '../support/sqlite-leaf.ts';

/** More rows than any file of these tests has. */
const MANY = 5_000;

const QUESTIONS = [
  { name: 'heads', table: 'heads', ask: (store: Store) => store.heads() },
  { name: 'unanchored', table: 'heads', ask: (store: Store) => store.unanchored() },
  { name: 'changes', table: 'directory_changes', ask: (store: Store) => store.directoryChanges(0) },
];

async function newFile(): Promise<string> {
  const { location, open } = await newSqlitePlace();
  const store = await open();
  const log = new Log(store);
  for (const tenant of ['acme', 'beta', 'gamma']) {
    await log.append(tenant, draft('d'));
    await anchorTenant(store, tenant);
  }
  await sealTenants(store);
  for (const tenant of ['acme', 'beta', 'gamma']) await log.append(tenant, draft('not-anchored'));
  await log.close();
  await store.close();
  return location;
}

/** What became of asking for all rows: their number, or the code of the error. */
async function asked(all: AsyncIterable<unknown>): Promise<number | string> {
  let rows = 0;
  try {
    for await (const _ of all) {
      rows++;
      if (rows === MANY) return 'without an end';
    }
  } catch (error) {
    return isSealtrailError(error) ? error.code : String(error);
  }
  return rows;
}

describe('keys of a SQLite file that lead back', () => {
  it.each(QUESTIONS)('are no endless answer about $name', async ({ table, ask }) => {
    const path = await newFile();
    // Bytes sort behind every text: whoever asks for what comes after their text is given them again.
    withoutTypes(path, table, `UPDATE ${table} SET tenant = CAST(tenant AS BLOB) WHERE tenant = 'gamma'`);
    const store = await openStore(path);
    onTestFinished(() => store.close());
    expect(await asked(ask(store))).toBe('log_broken');
    await expect(sealTenants(store)).rejects.toMatchObject({ code: 'log_broken' });
    const source = await openSource(path);
    onTestFinished(() => source.close());
    expect((await verifyAll(source)).status).toBe('broken');
  });

  it('are refused where they do not stand in their order', async () => {
    const path = await newFile();
    reorderLeaf(path, 'sqlite_autoindex_heads_1', (keys) => keys.toReversed());
    const store = await openStore(path);
    onTestFinished(() => store.close());
    expect(await asked(store.heads())).toBe('log_broken');
  });
});

/** Changes a table as if it had no types, and leaves it as a store makes it. */
function withoutTypes(path: string, table: string, sql: string): void {
  const db = new Database(path);
  const setSql = (change: string): void => {
    db.exec('PRAGMA writable_schema = ON');
    db.exec(`UPDATE sqlite_schema SET sql = ${change} WHERE name = '${table}'`);
    // A change of the schema by its own means, so that it is read anew.
    db.exec('CREATE TABLE passing (x); DROP TABLE passing; PRAGMA writable_schema = RESET');
  };
  setSql("substr(sql, 1, length(sql) - length(' STRICT'))");
  db.exec(sql);
  setSql("sql || ' STRICT'");
  db.close();
}
