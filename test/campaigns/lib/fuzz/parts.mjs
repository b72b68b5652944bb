// @ts-check
import { guarded } from './guard.mjs';

/**
 * @typedef {object} Options
 * @property {number} cases for each parser, or kind of file
 * @property {number} seed
 * @property {number} [from] the first case: those before it were done
 * @property {string} [only] one parser
 * @property {(where: string) => void} [onWhere] told where the campaign is
 * @property {(i: number) => void} [onCase] told of each case before it begins
 */

/** Longest time of one input in milliseconds, far beyond what any takes: on a busy machine a hang is still told from a delay. */
const PARTS = {
  parsers: { name: 'fuzz', longestMs: 10_000 },
  files: { name: 'fuzzFiles', longestMs: 30_000 },
  // A lock that is waited for is none of a hang.
  stores: { name: 'fuzzStores', longestMs: 120_000 },
  requests: { name: 'fuzzService', longestMs: 30_000 },
  // Each starts a process, which is ended by itself when it hangs; and all of their help is read first.
  commands: { name: 'fuzzCommands', longestMs: 120_000 },
};

/**
 * One part of the campaign, which a hang or a flood of memory ends.
 *
 * @param {keyof typeof PARTS} part
 * @param {Omit<Options, 'onCase'>} options
 */
export function fuzzPart(part, { onWhere, ...options }) {
  const { name, longestMs } = PARTS[part];
  const module = new URL('all.mjs', import.meta.url).href;
  return guarded({ module, name, options }, { longestMs, ...(onWhere === undefined ? {} : { onWhere }) });
}
