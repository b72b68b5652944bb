import { parseOptions, SealtrailError } from '@sealtrail/format';
import { closeAll, isStore, openStore, type Store } from '@sealtrail/store';
import { isMongodbUrl, pathOf } from '@sealtrail/verifier';
import { z } from 'zod';
import type { Index } from './port.ts';
import { Views } from './views.ts';

/** Where the log is, and where the index of it shall be. */
export type ViewsOptions =
  | {
      /** A `mongodb://` URL or the path of a SQLite file, as `openStore` takes it. It must be there. */
      readonly store: string;
      /** Default: the file `<store>.views`, or the database of the store. */
      readonly index?: string | undefined;
    }
  | {
      /** A store that is open already, and stays the caller's to close. */
      readonly store: Store;
      /** A `mongodb://` URL, the path of a SQLite file for the index alone, or `:memory:`. */
      readonly index: string;
    };

const schema = z.strictObject({
  store: z.union([z.string(), z.custom<Store>(isStore)], {
    error: 'must be a mongodb:// URL, the path of a SQLite file, or a store that is open',
  }),
  index: z.string({ error: 'must be a mongodb:// URL or the path of a SQLite file' }).optional(),
});

/**
 * Opens the views of a store. The index is made when it is not there, and built by the first question about each tenant.
 *
 * @throws SealtrailError `config_invalid` when the index cannot be written where it shall be, `source_invalid`,
 *   `driver_missing`, `store_unavailable`, `store_layout`
 */
export async function openViews(options: ViewsOptions): Promise<Views> {
  const { store: given, index: place } = parseOptions('openViews', schema, options);
  if (typeof given !== 'string') {
    if (place === undefined) {
      const message = 'an open store does not say where its index shall be: give `index`';
      throw new SealtrailError('config_invalid', message);
    }
    const index = await openIndex(place);
    return new Views(given, index, () => index.close());
  }
  const store = await openStore(given, { create: false });
  try {
    const index = await openIndex(place ?? indexBeside(given));
    return new Views(store, index, () => closeAll([() => index.close(), () => store.close()]));
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Where the index of a store is when nothing else is said: the file `<store>.views`, or the same database. */
export function indexBeside(store: string): string {
  return isMongodbUrl(store) ? store : `${pathOf(store)}.views`;
}

async function openIndex(place: string): Promise<Index> {
  if (isMongodbUrl(place)) {
    const { openMongodbIndex } = await load('mongodb', () => import('./mongodb/mongodb-index.ts'));
    return openMongodbIndex(place);
  }
  const path = pathOf(place);
  if (path === '' || path.includes('://')) {
    const message = 'an index is in a mongodb:// database or in a SQLite file';
    throw new SealtrailError('config_invalid', message);
  }
  const { openSqliteIndex } = await load('libsql', () => import('./sqlite/sqlite-index.ts'));
  return openSqliteIndex(path);
}

async function load<T>(driver: string, module: () => Promise<T>): Promise<T> {
  try {
    return await module();
  } catch (cause) {
    const message = `an index of this kind needs the package ${driver}: npm install ${driver}`;
    throw new SealtrailError('driver_missing', message, {}, { cause });
  }
}
