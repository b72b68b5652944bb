import { inTransaction, refuseForeign } from '@sealtrail/store/sqlite';
import type Database from 'libsql';
import { LAYOUT_VERSION } from '../port.ts';

/** "SeaV" in ASCII: tells an index from stores and other SQLite files (PRAGMA application_id). */
const APPLICATION_ID = 0x53656156;
const OURS = 'an index of views';

// `build` numbers are not used again, so nothing that is left of an earlier one is ever seen.
const TABLES = `
CREATE TABLE progress (
  build INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL UNIQUE, layout INTEGER NOT NULL,
  seq INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE facets (
  build INTEGER NOT NULL, facet TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (build, facet, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE proposals (
  build INTEGER NOT NULL, proposal TEXT NOT NULL, created_seq INTEGER, due_at TEXT, row TEXT NOT NULL,
  PRIMARY KEY (build, proposal)
) STRICT;
CREATE INDEX proposals_created ON proposals (build, created_seq) WHERE created_seq IS NOT NULL;
CREATE INDEX proposals_due ON proposals (build, due_at, proposal) WHERE due_at IS NOT NULL;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${LAYOUT_VERSION};
`;

/**
 * Sets the connection up and makes the tables, in the place of those of another layout.
 *
 * @throws SealtrailError `store_layout` for a file that holds something else; the driver's error when the file is busy
 */
export function prepareIndex(db: Database.Database): void {
  // Nothing waits inside SQLite: that would block the event loop.
  db.exec('PRAGMA busy_timeout = 0');
  refuseForeign(db, APPLICATION_ID, OURS);
  // NORMAL: what a power failure takes away is derived again.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  if (isReady(db)) return;
  inTransaction(db, () => {
    // Another process may have been faster.
    if (isReady(db)) return;
    refuseForeign(db, APPLICATION_ID, OURS);
    db.exec('DROP TABLE IF EXISTS progress; DROP TABLE IF EXISTS facets; DROP TABLE IF EXISTS proposals');
    db.exec(TABLES);
  });
}

function isReady(db: Database.Database): boolean {
  const tables = number(db, 'SELECT count(*) AS n FROM sqlite_schema');
  return tables > 0 && number(db, 'SELECT user_version AS n FROM pragma_user_version') === LAYOUT_VERSION;
}

function number(db: Database.Database, sql: string): number {
  return (db.prepare(sql).all()[0] as { n: number }).n;
}
