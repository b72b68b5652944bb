import type Database from 'libsql';

/** Runs a function in one write transaction: all of it, or nothing. @throws what the function throws; the driver's error when the file is busy */
export function inTransaction<T>(db: Database.Database, work: () => T): T {
  return within(db, 'BEGIN IMMEDIATE', work);
}

/** Runs a function that reads: all that it reads is of one state of the file. @throws as {@link inTransaction} */
export function inOneState<T>(db: Database.Database, work: () => T): T {
  return within(db, 'BEGIN', work);
}

function within<T>(db: Database.Database, begin: string, work: () => T): T {
  db.exec(begin);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // A failed COMMIT leaves the transaction open, everything else too: nothing of it stays.
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
