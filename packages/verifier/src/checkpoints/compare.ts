import { type Hash, isSealtrailError } from '@sealtrail/format';
import { type Checkpoint, isExtension } from '@sealtrail/tlog';
import type { Relation } from './report.ts';

/**
 * Gives the consistency proof between two sizes; what it gives is attacker-controlled.
 *
 * @param root what was signed for the larger size: who makes the proof of files that anybody may have changed throws `tile_malformed`
 *   when they do not lead to it, so that a changed file is not taken for a fork
 */
export type Consistency = (from: number, to: number, root: Hash) => Promise<readonly Hash[]>;

/** How a checkpoint stands to the one that was trusted last, both of them signed by the same log. */
export async function compareCheckpoints(
  last: Checkpoint | undefined,
  now: Checkpoint,
  consistency: Consistency | undefined,
): Promise<Relation> {
  if (last === undefined) return 'first_seen';
  if (last.origin !== now.origin) return 'forked';
  if (last.size === now.size) return last.root === now.root ? 'unchanged' : 'forked';
  const [small, large] = last.size < now.size ? [last, now] : [now, last];
  const proof = small.size === 0 ? [] : await proofFrom(consistency, small.size, large);
  if (proof === undefined) return 'unproved';
  if (!isExtension(small, large, proof)) return 'forked';
  return small === last ? 'extended' : 'rolled_back';
}

/** A log that cannot show that it only grew has shown nothing. */
async function proofFrom(
  consistency: Consistency | undefined,
  from: number,
  { size, root }: Checkpoint,
): Promise<readonly Hash[] | undefined> {
  if (consistency === undefined) return undefined;
  try {
    return await consistency(from, size, root);
  } catch (error) {
    if (isSealtrailError(error, 'tile_malformed') || isSealtrailError(error, 'source_invalid'))
      return undefined;
    throw error;
  }
}
