import { SealtrailError } from '@sealtrail/format';
import type { Store } from '@sealtrail/store';

/**
 * Refuses the name of a log that is not there. To a store it is a log without entries: with a name that was mistyped, nothing would be
 * erased, and a hold would stand over nothing.
 *
 * @throws SealtrailError `source_invalid`
 */
export async function knownTenant(store: Store, tenant: string): Promise<void> {
  const source = store.source();
  const { registry } = await source.log(tenant).finally(() => source.close());
  if (registry === undefined && (await store.head(tenant)) === undefined)
    throw new SealtrailError('source_invalid', `there is no tenant ${tenant} here`);
}
