import { isSealtrailError, opens, readOpenings } from '@sealtrail/format';
import type { Findings } from '../findings.ts';

/**
 * Checks the openings of one entry against its commitments (SPEC 4).
 *
 * @returns how many openings were found to match
 */
export function checkOpenings(
  text: string,
  sealed: Readonly<Record<string, string>>,
  position: number,
  findings: Findings,
): number {
  const fields = Object.keys(sealed);
  if (fields.length === 0 && text === '{}') return 0;
  let openings: ReturnType<typeof readOpenings>;
  try {
    openings = readOpenings(text);
  } catch (error) {
    if (!isSealtrailError(error, 'opening_malformed')) throw error;
    findings.add({ code: 'opening_malformed', position, message: error.message });
    return 0;
  }
  let matched = 0;
  for (const field of fields) {
    const opening = Object.hasOwn(openings, field) ? openings[field] : undefined;
    if (opening === undefined) {
      findings.add({
        code: 'opening_missing',
        position,
        message: `the sealed value "${field}" of entry ${position} is gone`,
      });
    } else if (matches(opening, sealed[field] as string)) {
      matched++;
    } else {
      findings.add({
        code: 'opening_mismatch',
        position,
        message: `the sealed value "${field}" of entry ${position} is not the one that was committed to`,
      });
    }
  }
  for (const field of Object.keys(openings)) {
    if (!Object.hasOwn(sealed, field)) {
      findings.add({
        code: 'opening_unexpected',
        position,
        message: `entry ${position} has a value for "${field}", which it never sealed`,
      });
    }
  }
  return matched;
}

// A value beyond the size limit cannot have been committed to.
function matches(opening: Parameters<typeof opens>[0], commitment: string): boolean {
  try {
    return opens(opening, commitment);
  } catch (error) {
    if (isSealtrailError(error)) return false;
    throw error;
  }
}
