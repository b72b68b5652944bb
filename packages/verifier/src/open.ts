import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { SealtrailError } from '@sealtrail/format';
import { isProofFile } from './proofs/proof-file.ts';
import { openBundle } from './readers/bundle.ts';
import type { LogSource } from './source.ts';

const SQLITE_MAGIC = 'SQLite format 3\0';

/**
 * Opens what shall be verified: a `mongodb://` or `mongodb+srv://` URL, a SQLite file or a bundle. Files are told apart
 * by their first bytes. Database drivers are loaded only when they are needed.
 *
 * @throws SealtrailError `source_invalid`, `driver_missing`, `store_unavailable`, `bundle_malformed`
 */
export async function openSource(
  location: string,
  options: { database?: string | undefined } = {},
): Promise<LogSource> {
  if (/^mongodb(\+srv)?:\/\//.test(location)) {
    const { openMongodb } = await import('./readers/mongodb.ts');
    return openMongodb(location, options.database);
  }
  const path = location.replace(/^sqlite:/, '');
  if (isSqliteFile(path)) {
    const { openSqlite } = await import('./readers/sqlite.ts');
    return openSqlite(path);
  }
  return openBundle(path);
}

/** @throws SealtrailError `source_invalid` for a file that cannot be read */
function isSqliteFile(path: string): boolean {
  return isInUse(path) || firstBytes(path) === SQLITE_MAGIC;
}

/** What is at a location, so far as its beginning tells: `log` for everything that {@link openSource} takes. */
export function kindOf(location: string): 'log' | 'proof' {
  if (/^mongodb(\+srv)?:\/\//.test(location)) return 'log';
  const path = location.replace(/^sqlite:/, '');
  return !isSqliteFile(path) && isProofFile(path) ? 'proof' : 'log';
}

/**
 * Whether a SQLite connection has the file open. Then it must not be opened here as a plain file: closing it again would give
 * up the locks of every connection that this process has to it (POSIX locks belong to the process), and another process
 * could remove the write-ahead log under a store that is still writing to it.
 */
function isInUse(path: string): boolean {
  return existsSync(`${path}-shm`) || existsSync(`${path}-wal`);
}

function firstBytes(path: string): string {
  try {
    // Synchronous, so that nothing in this process can begin to use the file meanwhile.
    const file = openSync(path, 'r');
    try {
      const buffer = Buffer.alloc(SQLITE_MAGIC.length);
      return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
}
