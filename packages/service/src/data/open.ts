import { SealtrailError } from '@sealtrail/format';
import { isMongodbUrl, pathOf } from '@sealtrail/verifier';
import type { ServiceData } from './port.ts';

/**
 * Opens what the service remembers: collections `service_*` in the store's database, or the file `<store>.service` beside a
 * SQLite store. It is made when it is not there.
 *
 * @throws SealtrailError `config_invalid`, `store_layout`, `store_unavailable`, `driver_missing`
 */
export async function openServiceData(store: string): Promise<ServiceData> {
  if (isMongodbUrl(store)) {
    const { openMongodbData } = await mongodb();
    return openMongodbData(store);
  }
  const { openSqliteData } = await import('./sqlite.ts');
  return openSqliteData(`${pathOf(store)}.service`);
}

async function mongodb(): Promise<typeof import('./mongodb.ts')> {
  try {
    return await import('./mongodb.ts');
  } catch (cause) {
    const message = 'a MongoDB store needs the package mongodb: npm install mongodb';
    throw new SealtrailError('driver_missing', message, {}, { cause });
  }
}
