import { isMongodbUrl, isSqliteFile, pathOf, refuseAddress } from './location.ts';
import { openBundle } from './readers/bundle.ts';
import type { LogSource } from './source.ts';

/**
 * Opens what shall be verified: a `mongodb://` or `mongodb+srv://` URL, a SQLite file or a bundle. Files are told apart
 * by their first bytes. Database drivers are loaded only when they are needed. A SQLite file that is not `known`, because it is open
 * already, is opened by another process first: one can be made that SQLite is never done with opening.
 *
 * @throws SealtrailError `source_invalid`, `driver_missing`, `store_unavailable`, `bundle_malformed`
 */
export async function openSource(
  location: string,
  options: { readonly database?: string | undefined; readonly known?: boolean | undefined } = {},
): Promise<LogSource> {
  if (isMongodbUrl(location)) {
    const { openMongodb } = await import('./readers/mongodb.ts');
    return openMongodb(location, options.database);
  }
  const path = pathOf(location);
  refuseAddress(path);
  if (isSqliteFile(path)) {
    const { openSqlite } = await import('./readers/sqlite.ts');
    return openSqlite(path, { known: options.known });
  }
  return openBundle(path);
}
