import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';

// The driver does not tell which file it opened.
const WHAT_IT_IS = `SELECT (SELECT count(*) FROM sqlite_schema) AS tables, application_id AS id,
  (SELECT file FROM pragma_database_list WHERE name = 'main') AS file FROM pragma_application_id`;

/**
 * Refuses the file of another application, as which any counts that has not our mark and is not new. To be asked before anything is
 * set up: the journal's mode is written into the file.
 *
 * @param applicationId the mark (PRAGMA application_id) of what the file should be
 * @param what what it should be, in words
 * @throws SealtrailError `store_layout`; the driver's error when the file is busy or no database
 */
export function refuseForeign(db: Database.Database, applicationId: number, what: string): void {
  const [{ tables, id, file }] = db.prepare(WHAT_IT_IS).all() as [
    { tables: number; id: number; file: string },
  ];
  if (id === applicationId || (id === 0 && tables === 0)) return;
  throw new SealtrailError('store_layout', `${file} holds something else than ${what}`);
}
