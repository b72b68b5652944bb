import { closeSync, fchmodSync, openSync } from 'node:fs';

const OWNER_ONLY = 0o600;

/**
 * Makes a new database's file for its owner alone, or with the permissions that are given, before the driver makes one that everybody may
 * read. What stands beside it later, the write-ahead log, gets the file's own permissions from SQLite. A file that is there keeps what it
 * has.
 */
export function makePrivate(path: string, mode: number = OWNER_ONLY): void {
  if (path === '' || path === ':memory:' || path.startsWith('file:')) return;
  try {
    const file = openSync(path, 'wx', OWNER_ONLY);
    try {
      if (mode !== OWNER_ONLY) fchmodSync(file, mode);
    } finally {
      closeSync(file);
    }
  } catch {
    // It is there, or it cannot be made: the driver says so.
  }
}
