import { encodeEntry, entryHash, isSealtrailError, ZERO_HASH } from '@sealtrail/format';
import type { ViewEntry } from '@sealtrail/views';
import { type Walked, walkedAt } from '../integrity/walked.ts';

/**
 * Whether an entry as the service tells it is not the one that this browser walked at its position. Its text is put together again
 * from what is told and from the hash of the entry before, which the browser has: nothing else has to be sent for that. False where
 * nothing was walked.
 */
export function isOtherThanWalked(tenant: string, told: ViewEntry, walked: Walked | undefined): boolean {
  if (walked === undefined) return false;
  const { seq, time, id, type, actor, targets, data, sealed } = told;
  const hash = walkedAt(walked, seq);
  const prev = seq === 0 ? ZERO_HASH : walkedAt(walked, seq - 1);
  if (hash === undefined) return false;
  if (hash !== told.hash) return true;
  // The first one that is left of a pruned log.
  if (prev === undefined) return false;
  try {
    return (
      entryHash(encodeEntry({ v: 1, tenant, seq, prev, time, id, type, actor, targets, data, sealed })) !==
      hash
    );
  } catch (error) {
    if (isSealtrailError(error)) return true;
    throw error;
  }
}
