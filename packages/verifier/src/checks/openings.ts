import { isSealtrailError, opens, type StoredOpening, scanOpenings } from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { Accounts } from './accounts.ts';
import type { CheckedRow } from './entry.ts';

/**
 * Checks the openings of one entry against its commitments (SPEC 4). Those that are missing are for the accounts to judge.
 *
 * @returns how many openings were found to match
 */
export function checkOpenings(
  { openings: text, opened }: Pick<CheckedRow, 'openings' | 'opened'>,
  sealed: ReadonlyMap<string, string>,
  position: number,
  findings: Findings,
  accounts: Accounts,
): number {
  let openings: readonly StoredOpening[];
  try {
    openings = opened ?? scanOpenings(text);
  } catch (error) {
    if (!isSealtrailError(error, 'opening_malformed')) throw error;
    findings.add({ code: 'opening_malformed', position, message: `entry ${position}: ${error.message}` });
    return 0;
  }
  let matched = 0;
  let known = 0;
  for (const opening of openings) {
    const commitment = sealed.get(opening.field);
    if (commitment === undefined) {
      findings.add({
        code: 'opening_unexpected',
        position,
        message: `entry ${position} has a value for "${opening.field}", which it never sealed`,
      });
      continue;
    }
    known++;
    if (opens(opening, commitment)) {
      matched++;
    } else {
      findings.add({
        code: 'opening_mismatch',
        position,
        message: `the sealed value "${opening.field}" of entry ${position} is not the one that was committed to`,
      });
    }
  }
  if (known < sealed.size) {
    const present = new Set(openings.map(({ field }) => field));
    for (const field of sealed.keys()) {
      if (!present.has(field)) accounts.missing(position, field);
    }
  }
  return matched;
}
