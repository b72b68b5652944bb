import { closeAll, Log, openStore, type Store } from '@sealtrail/store';
import { knownTenant } from './known-tenant.ts';

/** Works on the log of a tenant that is there, in a store that is there, and closes both whatever becomes of it. */
export async function withLog(
  location: string,
  tenant: string,
  work: (store: Store, log: Log) => Promise<number>,
): Promise<number> {
  const store = await openStore(location, { create: false });
  const log = new Log(store);
  try {
    await knownTenant(store, tenant);
    return await work(store, log);
  } finally {
    await closeAll([() => log.close(), () => store.close()]);
  }
}
