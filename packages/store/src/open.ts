import { statSync } from 'node:fs';
import { checkArgument, refuseUnknown, SealtrailError } from '@sealtrail/format';
import { isMongodbUrl, pathOf } from '@sealtrail/verifier';
import type { Store } from './port.ts';

export interface OpenOptions {
  /** Whether a store that is not there is made; default true. */
  readonly create?: boolean | undefined;
}

/** Whether something is a store: what is given from plain JavaScript may be anything. */
export function isStore(value: unknown): value is Store {
  return typeof Object(value).commit === 'function';
}

/** @throws SealtrailError `config_invalid` */
export function checkStore(call: string, store: unknown): void {
  checkArgument(call, 'a store that is open', store, isStore, 'config_invalid');
}

/**
 * Opens a store by its location: a `mongodb://` or `mongodb+srv://` URL, or the path of a SQLite file (also as
 * `sqlite:PATH`). Drivers are loaded only when they are needed.
 *
 * @throws SealtrailError `source_invalid`, `driver_missing`, `store_unavailable`, `store_layout`, `config_invalid`
 */
export async function openStore(location: string, options: OpenOptions = {}): Promise<Store> {
  const what = 'a mongodb:// URL or the path of a SQLite file';
  checkArgument('openStore', what, location, (given) => typeof given === 'string', 'source_invalid');
  refuseUnknown('openStore', options, ['create'], 'config_invalid');
  if (isMongodbUrl(location)) {
    return (await loadMongodb()).openMongodbStore(location, { create: options.create });
  }
  const path = pathOf(location);
  // Also one behind a space or a quotation mark: a file of that name would be told of with the password in it.
  if (path === '' || path.includes('://')) {
    throw new SealtrailError('source_invalid', `a store is ${what}`);
  }
  if (options.create === false) refuseMissing(path);
  const { openSqliteStore } = await import('./sqlite/store.ts');
  return openSqliteStore(path);
}

/** An empty file is where a store can be made, and none yet. */
function refuseMissing(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new SealtrailError('source_invalid', `there is no file ${path}`);
  if (found.isFile() && found.size === 0) {
    throw new SealtrailError('source_invalid', `${path} is empty: there is no store in it`);
  }
}

async function loadMongodb(): Promise<typeof import('./mongodb/store.ts')> {
  try {
    return await import('./mongodb/store.ts');
  } catch (cause) {
    throw new SealtrailError(
      'driver_missing',
      'a MongoDB store needs the package mongodb: npm install mongodb',
      {},
      { cause },
    );
  }
}
