import { Log, openStore } from '@sealtrail/store';
import {
  openSource,
  type SourceReport,
  type TenantReport,
  verifyAll,
  verifyTenant,
} from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';

const ENTRIES = 600;
const KEY = /,\s*PRIMARY KEY \(tenant, seq\)/;

interface Part {
  readonly name: string;
  readonly rootpage: number;
  readonly sql: string | null;
}

/** Works on a store's table of entries while some of its indexes are not known, as whoever owns the file can. */
async function withoutIndexes(
  hidden: readonly ('sqlite_autoindex_entries_1' | 'entries_id')[],
  work: (db: Database.Database) => { root: number } | undefined,
): Promise<string> {
  const { location, open } = await newSqlitePlace();
  const store = await open();
  const log = new Log(store);
  await log.appendAll('acme', drafts('d', ENTRIES));
  await log.appendAll('beta', drafts('d', 3));
  await log.close();
  await store.close();
  const db = new Database(location);
  const parts = db.prepare('SELECT name, rootpage, sql FROM sqlite_schema').all() as Part[];
  const part = (name: string) => parts.find((one) => one.name === name) as Part;
  const table = String(part('entries').sql);
  const schema = (change: () => void): void => {
    db.exec('PRAGMA writable_schema = ON');
    change();
    // A change of the schema that everybody sees, so that the indexes come in their order again.
    db.exec('CREATE TABLE passing (x); DROP TABLE passing; PRAGMA writable_schema = RESET');
  };
  const setTable = (sql: string) =>
    db.prepare("UPDATE sqlite_schema SET sql = ? WHERE name = 'entries'").run(sql);
  const keyHidden = hidden.includes('sqlite_autoindex_entries_1');
  schema(() => {
    if (keyHidden) setTable(table.replace(KEY, ''));
    for (const name of hidden) db.prepare('DELETE FROM sqlite_schema WHERE name = ?').run(name);
  });
  const { root } = work(db) ?? {};
  schema(() => {
    if (keyHidden) setTable(table);
    db.exec("DELETE FROM sqlite_schema WHERE name = 'passing_index'");
    for (const name of hidden) {
      const { rootpage, sql } = part(name);
      const insert = db.prepare("INSERT INTO sqlite_schema VALUES ('index', ?, 'entries', ?, ?)");
      insert.run(name, BigInt(root ?? rootpage), sql);
    }
  });
  db.close();
  return location;
}

async function verify(path: string, threads = 1): Promise<{ report: SourceReport; acme: TenantReport }> {
  const source = await openSource(path);
  onTestFinished(() => source.close());
  let acme: TenantReport | undefined;
  const report = await verifyAll(source, {
    threads,
    partEntries: 100,
    onTenant: (one) => {
      if (one.tenant === 'acme') acme = one;
    },
  });
  const alone = await verifyTenant(source, 'acme', { threads, partEntries: 100 });
  expect(alone.findings).toEqual(acme?.findings);
  return { report, acme: alone };
}

const COPY = 'type, time, hash, entry, openings FROM entries WHERE tenant';

describe('indexes of a SQLite file that do not say what its table says', () => {
  it.each([1, 2])('an entry that only its id leads to breaks the log, with %i threads', async (threads) => {
    const path = await withoutIndexes(['sqlite_autoindex_entries_1'], (db) => {
      db.exec(`INSERT INTO entries SELECT tenant, 700, 'forged', ${COPY} = 'acme' AND seq = 3`);
      return undefined;
    });
    const { report, acme } = await verify(path, threads);
    expect([report.status, acme.status, acme.position]).toEqual(['broken', 'broken', 700]);
    expect(acme.findingCodes).toEqual({ index_mismatch: 1 });
    const store = await openStore(path);
    onTestFinished(() => store.close());
    expect(await codeOf(store.findById('acme', 'forged'))).toBe('log_broken');
    expect(await codeOf(store.findByIds('acme', ['d-1', 'forged']))).toBe('log_broken');
    expect(await codeOf(store.findLast('acme', 'forge', 'forgf'))).toBe('log_broken');
    expect(await store.findById('acme', 'd-1')).toMatchObject({ id: 'd-1', seq: 2 });
  });

  it.each([1, 2])(
    'an entry that its id does not lead to breaks the log, with %i threads',
    async (threads) => {
      const path = await withoutIndexes(['entries_id'], (db) => {
        db.exec(`CREATE TEMP TABLE one AS SELECT * FROM entries WHERE tenant = 'acme' AND seq = 5;
        DELETE FROM entries WHERE tenant = 'acme' AND seq = 5; INSERT INTO entries SELECT * FROM one`);
        return undefined;
      });
      const { report, acme } = await verify(path, threads);
      expect([report.status, acme.position, acme.findingCodes]).toEqual(['broken', 5, { index_mismatch: 1 }]);
    },
  );

  it('a second row at a position breaks the log, also where one page of the reader ends', async () => {
    for (const position of [100, 248, 249, 250, 251, 498, 499, 500]) {
      const path = await withoutIndexes(['sqlite_autoindex_entries_1'], (db) => {
        db.exec(`INSERT INTO entries SELECT tenant, seq, 'second', ${COPY} = 'acme' AND seq = ${position};
          CREATE INDEX passing_index ON entries (tenant, seq)`);
        const [made] = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'passing_index'").all();
        return { root: (made as Part).rootpage };
      });
      const { report, acme } = await verify(path);
      expect([report.status, acme.position], String(position)).toEqual(['broken', position]);
    }
  });

  it('a row that no index has breaks what is said of the whole file', async () => {
    const path = await withoutIndexes(['sqlite_autoindex_entries_1', 'entries_id'], (db) => {
      db.exec(`INSERT INTO entries SELECT 'gone', seq, 'hidden', ${COPY} = 'acme' AND seq = 3`);
      return undefined;
    });
    const { report, acme } = await verify(path);
    expect([report.status, acme.status]).toEqual(['broken', 'valid']);
    expect(report.findings.map(({ code }) => code)).toEqual(['index_mismatch', 'index_mismatch']);
  });

  it('rows of nobody that only one index has are rows of nobody', async () => {
    const path = await withoutIndexes(['sqlite_autoindex_entries_1'], (db) => {
      db.exec(`INSERT INTO entries SELECT 'gone', seq, 'hidden', ${COPY} = 'acme' AND seq = 3`);
      return undefined;
    });
    const tenants: string[] = [];
    const source = await openSource(path);
    onTestFinished(() => source.close());
    const report = await verifyAll(source, { onTenant: ({ tenant }) => void tenants.push(tenant) });
    expect([report.status, tenants]).toEqual(['broken', ['acme', 'beta', 'gone']]);
  });
});

describe('a SQLite file without the index by id', () => {
  it.each([
    ['DROP INDEX entries_id', 'without it'],
    [
      'CREATE TABLE copy AS SELECT * FROM entries; DROP TABLE entries; ALTER TABLE copy RENAME TO entries',
      'copied',
    ],
  ])('is looked through for an id that is there twice (%s)', async (change) => {
    const { location, open } = await newSqlitePlace();
    const store = await open();
    const log = new Log(store);
    await log.append('acme', draft('e-1'));
    const db = new Database(location);
    onTestFinished(() => void db.close());
    db.exec('DROP INDEX entries_id');
    await log.appendAll('acme', [draft('e-2'), draft('e-1', { type: 'note.made' }), draft('e-3')]);
    await log.close();
    await store.close();
    if (!change.startsWith('DROP')) db.exec(change);
    const source = await openSource(location);
    onTestFinished(() => source.close());
    expect(await verifyTenant(source, 'acme')).toMatchObject({
      status: 'broken',
      position: 3,
      findingCodes: { index_mismatch: 1 },
    });
  });
});
