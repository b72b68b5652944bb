import { SealtrailError } from '@sealtrail/format';
import {
  SQLITE_ENTRIES_ID,
  SQLITE_LAYOUT,
  SQLITE_TABLES,
  storeSchemaFault,
  unknownLayout,
} from '@sealtrail/verifier/sqlite';
import type Database from 'libsql';
import { refuseForeign } from './foreign.ts';
import { inTransaction } from './in-transaction.ts';

/** "Seal" in ASCII: tells our files from other SQLite files (PRAGMA application_id). */
const APPLICATION_ID = 0x5365616c;

const MAKE = [
  ...Object.values(SQLITE_TABLES),
  SQLITE_ENTRIES_ID,
  `PRAGMA application_id = ${APPLICATION_ID}`,
  `PRAGMA user_version = ${SQLITE_LAYOUT}`,
].join(';\n');

/**
 * Sets the connection up for durable writes and makes the tables in a new file.
 *
 * @throws SealtrailError `store_layout` for a file that holds something else; the driver's error when the file is busy
 */
export function prepareDatabase(db: Database.Database): void {
  // Nothing waits inside SQLite: that would block the event loop.
  db.exec('PRAGMA busy_timeout = 0');
  refuseForeign(db, APPLICATION_ID, 'a Sealtrail store');
  // FULL: a commit is on the disk before it is acknowledged, also in WAL mode. secure_delete: a destroyed sealed value
  // leaves no copy in free pages.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
  if (version(db) === 0) {
    // Two processes may open a new file at once: the second finds the tables inside its own transaction.
    inTransaction(db, () => {
      // Or somebody else's.
      refuseForeign(db, APPLICATION_ID, 'a Sealtrail store');
      const { n } = db.prepare('SELECT count(*) AS n FROM sqlite_schema').get() as { n: number };
      if (n === 0) db.exec(MAKE);
    });
  }
  if (version(db) !== SQLITE_LAYOUT) throw unknownLayout(version(db));
  const fault = storeSchemaFault(db);
  if (fault !== undefined)
    throw new SealtrailError('store_layout', `the file is not as a store makes it: ${fault}`);
}

function version(db: Database.Database): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}
