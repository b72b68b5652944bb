import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anchorTenant, Log, openStore, sealTenants } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draft } from '../support/drafts.ts';

// More than are looked at together, and not a multiple of that.
const ENTRIES = 620;
const MIDDLE = 611;
const TABLES = ['tenants', 'heads', 'entries', 'anchors', 'directory_changes'] as const;

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealtrail-bytes-'));
  path = join(folder, 'log.db');
  const store = await openStore(path);
  const log = new Log(store);
  await log.appendAll(
    'acme',
    Array.from({ length: ENTRIES - 1 }, (_, i) => draft(`d-${i}`)),
  );
  await log.appendAll('beta', [draft('d')]);
  await log.close();
  await anchorTenant(store, 'acme', { maxSegment: 600 });
  await sealTenants(store);
  await store.close();
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function change(sql: string): number {
  const db = new Database(path);
  try {
    db.exec('PRAGMA ignore_check_constraints = ON');
    return db.prepare(sql).run().changes;
  } finally {
    db.close();
  }
}

function columnsOf(table: string): string[] {
  const db = new Database(path, { readonly: true });
  try {
    const rows = db.prepare(`SELECT name, type FROM pragma_table_info('${table}')`).all();
    return (rows as { name: string; type: string }[])
      .filter(({ type }) => type === 'TEXT')
      .map(({ name }) => name);
  } finally {
    db.close();
  }
}

/** Bytes that are no text, though the column says that it is one: half a character between two that are whole. */
const HALF = "CAST(x'61c362' AS TEXT)";

describe('text in a SQLite file that is not UTF-8', () => {
  it.each(TABLES)('in any column of %s breaks the log, and ends no process', async (table) => {
    for (const column of columnsOf(table)) {
      const only =
        table === 'entries' ? `WHERE tenant = 'acme' AND seq = ${MIDDLE}` : "WHERE tenant = 'acme'";
      change(`CREATE TABLE kept AS SELECT * FROM ${table}`);
      expect(change(`UPDATE ${table} SET ${column} = ${HALF} ${only}`), `${table}.${column}`).toBeGreaterThan(
        0,
      );
      const found = await verdictOf();
      expect(found.status, `${table}.${column}: ${found.summary}`).toBe('broken');
      if (table === 'entries') expect(found.position, column).toBe(MIDDLE);
      change(`DELETE FROM ${table}`);
      change(`INSERT INTO ${table} SELECT * FROM kept`);
      change('DROP TABLE kept');
      expect((await verdictOf()).status).toBe('valid');
    }
  });

  it('beside others that would make it whole is none the less broken', async () => {
    // The end of one column and the beginning of the next are two halves of a character.
    change(
      `UPDATE entries SET id = CAST(CAST(id AS BLOB) || x'c3' AS TEXT), type = CAST(x'a9' || CAST(type AS BLOB) AS TEXT)
       WHERE tenant = 'acme' AND seq = ${MIDDLE}`,
    );
    expect(await verdictOf()).toMatchObject({ status: 'broken', position: MIDDLE });
  });
});

describe('a text in a SQLite file that is longer than any may be', () => {
  // The language has no text as long as SQLite has them: one of 600 MB ended the verification without a verdict.
  it.each([
    ['tenants', 'tenant', 'registry_malformed'],
    ['heads', 'time', 'head_malformed'],
    ['entries', 'entry', 'row_malformed'],
    ['entries', 'openings', 'row_malformed'],
    ['entries', 'tenant', 'tenant_unregistered'],
    ['anchors', 'anchor', 'anchor_malformed'],
  ])('in %s.%s is none', async (table, column, code) => {
    const only = table === 'entries' ? `WHERE tenant = 'acme' AND seq = ${MIDDLE}` : "WHERE tenant = 'acme'";
    change(`UPDATE ${table} SET ${column} = CAST(zeroblob(8400000) AS TEXT) ${only}`);
    const { status, codes, summary } = await verdictOf();
    expect([status, codes]).toEqual(['broken', expect.arrayContaining([code])]);
    expect(summary.length).toBeLessThan(2_000);
  });
});

async function verdictOf(): Promise<{
  status: string;
  position: number | null;
  summary: string;
  codes: string[];
}> {
  const source = await openSource(path);
  let position: number | null = null;
  const codes = new Set<string>();
  try {
    const { status, summary } = await verifyAll(source, {
      onTenant: (report) => {
        position ??= report.position;
        for (const code of Object.keys(report.findingCodes)) codes.add(code);
      },
    });
    return { status, position, summary, codes: [...codes] };
  } finally {
    await source.close();
  }
}
