import { open } from 'node:fs/promises';
import { SealtrailError } from '@sealtrail/format';
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
  if ((await firstBytes(path)) === SQLITE_MAGIC) {
    const { openSqlite } = await import('./readers/sqlite.ts');
    return openSqlite(path);
  }
  return openBundle(path);
}

async function firstBytes(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(SQLITE_MAGIC.length),
        0,
        SQLITE_MAGIC.length,
        0,
      );
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new SealtrailError('source_invalid', `cannot read ${path}`, {}, { cause });
  }
}
