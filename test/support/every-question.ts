import { join } from 'node:path';
import {
  anchorTenant,
  erase,
  Log,
  proveEntry,
  proveHistory,
  prune,
  type Store,
  sealTenants,
  setRetention,
} from '@sealtrail/store';
import { type LogSource, verifyAll, verifyTenant } from '@sealtrail/verifier';
import { drafts } from './drafts.ts';

const BY = { type: 'user', id: 'u-1', auth_method: 'sso' } as const;
const RECORD = { type: 'deal', id: 'd-77' };
const DAY = 86_400_000;
const SEGMENT = 8;

/**
 * Does all that a store and a verifier can be asked for, so that whoever listens hears every question that they ask a database. `acme` is
 * pruned, and `beta` has values erased.
 *
 * @param openSource a reader of what the store wrote
 */
export async function askEverything(
  store: Store,
  openSource: () => Promise<LogSource>,
  { entries, folder }: { readonly entries: number; readonly folder: string },
): Promise<void> {
  const log = new Log(store);
  for (const tenant of ['acme', 'beta']) await log.appendAll(tenant, drafts('d', entries));
  // Once more, which finds that it is there.
  await log.append('acme', drafts('d', 1)[0] as never);
  await store.findById('acme', 'd-1');
  await store.findLast('acme', 'd-0', 'd-9');
  await setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY });
  for (const tenant of ['acme', 'beta']) await anchorTenant(store, tenant, { maxSegment: SEGMENT });
  await sealTenants(store);
  await proveEntry(store, 'acme', 3);
  await proveHistory(store, 'acme', RECORD);
  await erase(store, 'beta', { about: 'record', target: RECORD, basis: 'other', by: BY });
  const archive = join(folder, 'archive');
  await prune(store, 'acme', { by: BY, archive, now: () => Date.now() + 40 * DAY });
  await log.close();
  const source = await openSource();
  await verifyAll(source);
  await verifyTenant(source, 'beta', { from: 9, to: 20 });
  await verifyTenant(source, 'beta', { segments: [1] });
  await source.close();
}
