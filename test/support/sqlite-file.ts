import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import type { Row, StoredLog } from './memory-log.ts';
import { tablesOf } from './memory-source.ts';

const COLUMNS = {
  tenants: ['tenant', 'time', 'genesis'],
  heads: ['tenant', 'seq', 'hash', 'time', 'anchor_number', 'anchor_hash'],
  entries: ['tenant', 'seq', 'id', 'type', 'time', 'hash', 'entry', 'openings'],
  anchors: ['tenant', 'number', 'from_seq', 'to_seq', 'hash', 'anchor'],
};

/**
 * A SQLite file with the tables of SPEC 8.1 and no more: columns without types and without keys, as somebody may make it
 * who wants to show a verifier anything.
 *
 * @param change works on the open file
 */
export function sqliteFile(
  logs: readonly StoredLog[],
  change: (db: Database.Database) => void = () => {},
): string {
  const directory = mkdtempSync(join(tmpdir(), 'sealtrail-sqlite-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'log.db');
  const db = new Database(path);
  const tables = tablesOf(...logs);
  for (const [table, columns] of Object.entries(COLUMNS)) {
    db.exec(`CREATE TABLE ${table} (${columns.join(', ')})`);
    const insert = db.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`);
    for (const row of tables[table as keyof typeof COLUMNS])
      insert.run(...columns.map((column) => (row as Row)[column]));
  }
  change(db);
  db.close();
  return path;
}
