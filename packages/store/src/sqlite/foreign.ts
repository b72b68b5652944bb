import { SealtrailError } from '@sealtrail/format';
import type Database from 'libsql';

/**
 * Refuses the file of another application, as which any counts that has not our mark and is not new. To be asked before anything is
 * set up: the journal's mode is written into the file.
 *
 * @param applicationId the mark (PRAGMA application_id) of what the file should be
 * @param what what it should be, in words
 * @throws SealtrailError `store_layout`; the driver's error when the file is busy or no database
 */
export function refuseForeign(db: Database.Database, applicationId: number, what: string): void {
  const sql =
    'SELECT (SELECT count(*) FROM sqlite_schema) AS tables, application_id AS id FROM pragma_application_id';
  const [{ tables, id }] = db.prepare(sql).all() as [{ tables: number; id: number }];
  if (id === applicationId || (id === 0 && tables === 0)) return;
  throw new SealtrailError('store_layout', `the file holds something else than ${what}`);
}
