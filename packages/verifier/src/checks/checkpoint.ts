import { CompactRange, entryHash, SEALS_TENANT } from '@sealtrail/format';
import type { Checkpoint } from '@sealtrail/tlog';
import type { Findings } from '../findings.ts';
import type { LogSource } from '../source.ts';

/**
 * Holds a checkpoint that is trusted against the stored log of seals: its first entries give the root that was signed. The
 * entries themselves are checked like those of every other log.
 */
export async function checkCheckpoint(
  source: LogSource,
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
  findings: Findings,
): Promise<void> {
  const range = new CompactRange();
  const log = await source.log(SEALS_TENANT);
  for await (const { entries } of log.walk({ from: 0, to: size - 1 })) {
    for (const { entry } of entries) {
      if (typeof entry === 'string' && range.size < size) range.append(entryHash(entry));
    }
  }
  if (range.size < size) {
    findings.add({
      code: 'checkpoint_missing',
      position: null,
      message: `${size} entries of the log of seals were signed, but only ${range.size} are there: it was set back`,
    });
  } else if (range.root() !== root) {
    findings.add({
      code: 'checkpoint_mismatch',
      position: null,
      message: `the first ${size} entries of the log of seals are not the ones that were signed`,
    });
  }
}
