import { isMongodbUrl, isSqliteFile, pathOf } from './location.ts';
import { openBundle } from './readers/bundle.ts';
import type { LogSource } from './source.ts';

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
  if (isMongodbUrl(location)) {
    const { openMongodb } = await import('./readers/mongodb.ts');
    return openMongodb(location, options.database);
  }
  const path = pathOf(location);
  if (isSqliteFile(path)) {
    const { openSqlite } = await import('./readers/sqlite.ts');
    return openSqlite(path);
  }
  return openBundle(path);
}
