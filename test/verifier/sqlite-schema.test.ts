import { openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closedStore } from '../support/closed-store.ts';
import { codeOf } from '../support/errors.ts';

/** A store with one log, whose file was then worked on. */
async function worked(...sql: string[]): Promise<string> {
  const location = await closedStore(5);
  const db = new Database(location);
  for (const one of sql) db.exec(one);
  db.close();
  return location;
}

async function verify(path: string): Promise<string> {
  const source = await openSource(path);
  onTestFinished(() => source.close());
  return (await verifyAll(source)).status;
}

/** The table again, made by another statement. */
const remade = (table: string, sql: string): string =>
  `ALTER TABLE ${table} RENAME TO old; ${sql}; INSERT INTO ${table} SELECT * FROM old; DROP TABLE old`;

const ENTRIES =
  'tenant TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, time TEXT NOT NULL, hash TEXT NOT NULL, entry TEXT NOT NULL, openings TEXT NOT NULL';

describe('the schema of a SQLite file', () => {
  it.each([
    [
      'a view that shows something else to whoever has written',
      `DROP INDEX entries_id; ALTER TABLE entries RENAME TO e;
       CREATE VIEW entries AS SELECT tenant, seq, id, type, time, hash,
         CASE WHEN total_changes() > 0 THEN replace(entry, 'crm', 'xyz') ELSE entry END AS entry, openings FROM e;
       CREATE TRIGGER ins INSTEAD OF INSERT ON entries BEGIN INSERT INTO e VALUES
         (new.tenant, new.seq, new.id, new.type, new.time, new.hash, new.entry, new.openings); END`,
    ],
    [
      'names that are equal when they are not',
      `${remade('tenants', 'CREATE TABLE tenants (tenant TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, time TEXT NOT NULL, genesis TEXT NOT NULL) STRICT')};
       INSERT INTO entries SELECT 'ACME', seq, id, type, time, hash, entry, openings FROM entries`,
    ],
    [
      'rows without a row number',
      remade('entries', `CREATE TABLE entries (${ENTRIES}, PRIMARY KEY (tenant, seq)) STRICT, WITHOUT ROWID`),
    ],
    ['a column that is computed', "ALTER TABLE heads ADD COLUMN odd TEXT AS (hash || 'x')"],
    ['a value for what is not there', `ALTER TABLE anchors ADD COLUMN odd TEXT DEFAULT 'x'`],
    ['another index', "CREATE INDEX more ON entries (tenant, id) WHERE id <> 'd-2'"],
    [
      'an index by id over some rows',
      'DROP INDEX entries_id; CREATE UNIQUE INDEX entries_id ON entries (tenant, id) WHERE seq < 3',
    ],
    ['another key', remade('entries', `CREATE TABLE entries (${ENTRIES}, PRIMARY KEY (tenant, id))`)],
    [
      'a key that begins at its end',
      remade(
        'heads',
        'CREATE TABLE heads (tenant TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, time TEXT NOT NULL, anchor_number INTEGER, anchor_hash TEXT, PRIMARY KEY (tenant DESC)) STRICT',
      ),
    ],
    [
      'statistics that have an index gone through as it comes',
      "ANALYZE; UPDATE sqlite_stat1 SET stat = stat || ' unordered' WHERE tbl = 'entries'",
    ],
    [
      'the same under a name that ends earlier than it seems to',
      "ANALYZE; UPDATE sqlite_stat1 SET stat = stat || ' unordered', tbl = tbl || char(0) || 'x', idx = idx || char(0) || 'x'",
    ],
    [
      'statistics that have each entry looked for in all of the log',
      "ANALYZE; UPDATE sqlite_stat1 SET stat = '1000000000 1000000000 1000000000' WHERE idx = 'sqlite_autoindex_entries_1'",
    ],
    [
      'statistics with a number more',
      "ANALYZE; UPDATE sqlite_stat1 SET stat = '1000000000 1000000000 1000000000 1' WHERE idx = 'entries_id'",
    ],
    [
      'another type',
      remade('heads', 'CREATE TABLE heads (tenant, seq TEXT, hash, time, anchor_number, anchor_hash)'),
    ],
  ])('with %s is no store, to the verifier as to the store', async (_, sql) => {
    const path = await worked(sql);
    expect(await codeOf(verify(path))).toBe('source_invalid');
    expect(await codeOf(openStore(path))).toBe('store_layout');
  });

  it('with a trigger on its tables is read, and not written to', async () => {
    const path = await worked(
      'CREATE TRIGGER late AFTER INSERT ON entries BEGIN DELETE FROM heads WHERE tenant = new.tenant; END',
    );
    expect(await verify(path)).toBe('valid');
    expect(await codeOf(openStore(path))).toBe('store_layout');
  });

  it.each(['ANALYZE', 'PRAGMA analysis_limit = 2; ANALYZE', 'PRAGMA optimize = 0x10002'])(
    'may come with the statistics that %s makes',
    async (sql) => {
      const path = await worked(sql, 'CREATE TABLE contacts (name); ANALYZE contacts');
      expect(await verify(path)).toBe('valid');
      await (await openStore(path)).close();
    },
  );

  it('may have tables, views and triggers of somebody else beside it', async () => {
    const path = await worked(
      `CREATE TABLE contacts (name TEXT COLLATE NOCASE); CREATE VIEW named AS SELECT name, random() FROM contacts;
       CREATE TRIGGER kept AFTER INSERT ON contacts BEGIN DELETE FROM contacts WHERE name = new.name; END`,
    );
    expect(await verify(path)).toBe('valid');
    await (await openStore(path)).close();
  });

  it('that a later version made is known to neither', async () => {
    for (const layout of [2, 99, -1]) {
      const path = await worked(`PRAGMA user_version = ${layout}`);
      await expect(verify(path)).rejects.toMatchObject({
        code: 'store_layout',
        message: `the store has layout ${layout}, this version knows 1`,
      });
      expect(await codeOf(openStore(path))).toBe('store_layout');
    }
    // Rows that were copied came without it.
    expect(await verify(await worked('PRAGMA user_version = 0'))).toBe('valid');
  });

  it('may have lost keys and types where it is only read', async () => {
    const path = await worked(
      ...['tenants', 'heads', 'entries', 'anchors', 'directory_changes'].map(
        (table) =>
          `CREATE TABLE copy AS SELECT * FROM ${table}; DROP TABLE ${table}; ALTER TABLE copy RENAME TO ${table}`,
      ),
    );
    expect(await verify(path)).toBe('valid');
    expect(await codeOf(openStore(path))).toBe('store_layout');
  });
});
