import { join } from 'node:path';
import type { Sealtrail } from '@sealtrail/sdk';
import { anchorTenant, Log, prune, setRetention } from '@sealtrail/store';
import { TENANT, type World } from './world.ts';

export const DAY = 86_400_000;
const BY = { type: 'user', id: 'u-dpo', auth_method: 'sso' } as const;

/** Retention of 30 days for the log of a world. */
export interface Retention {
  /** Ends a segment here: what stands before it can be pruned without what comes after it. */
  cut(): Promise<void>;
  /** Prunes what is old enough. @returns the positions that went */
  prune(): Promise<{ readonly from: number; readonly to: number } | null>;
}

export async function retain(world: World, { store }: Sealtrail): Promise<Retention> {
  const now = () => world.now;
  const log = new Log(store);
  await setRetention(log, TENANT, { preset: 'custom', days: 30 }, { by: BY });
  await log.close();
  return {
    cut: async () => void (await anchorTenant(store, TENANT, { minEntries: 1, now })),
    prune: async () =>
      (await prune(store, TENANT, { by: BY, archive: join(world.folder, 'archive'), now })).range,
  };
}
