/** Attempts of one job. After the last one the job is given up, and the next tick makes a new one. */
export const MAX_ATTEMPTS = 8;
const FIRST_DELAY_MS = 1_000;
export const LONGEST_DELAY_MS = 60_000;

/**
 * How long to wait after an attempt, counted from 1, that met an outage: doubles up to a minute, half of it random, so
 * that everybody who met the same outage does not come back in the same moment.
 */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return Math.round(longest / 2 + (random() * longest) / 2);
}
