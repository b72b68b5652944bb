// @ts-check
import { anchorTenant, Log, openStore } from '@sealtrail/store';

/**
 * What a host does after the faults: append to each log, and anchor it.
 *
 * @param {string} location
 * @param {number} tenants
 * @param {number} round
 * @returns {Promise<string[]>} what went wrong
 */
export async function goOn(location, tenants, round) {
  const store = await openStore(location);
  const log = new Log(store);
  try {
    for (let i = 0; i < tenants; i++) {
      const tenant = `tenant-${i}`;
      await log.append(tenant, {
        id: `next-${round}`,
        type: 'round.ended',
        actor: { type: 'system', id: 'campaign' },
      });
      const { pending } = await anchorTenant(store, tenant, { maxSegment: 1_000 });
      if (pending !== 0) return [`${pending} entries of ${tenant} could not be anchored`];
    }
    return [];
  } catch (error) {
    return [`after the kills: ${error instanceof Error ? error.stack : error}`];
  } finally {
    await log.close();
    await store.close();
  }
}
