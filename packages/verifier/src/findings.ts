import { type Finding, type FindingCode, isSealtrailError } from '@sealtrail/format';

/** How many findings a report lists, unless it is told otherwise. */
export const DEFAULT_MAX_FINDINGS = 100;

/**
 * Collects findings in bounded memory: the list is cut, the counts are not. A log with a million broken rows yields a
 * hundred findings and the number 1,000,000.
 */
export class Findings {
  readonly list: Finding[] = [];
  readonly codes: Partial<Record<FindingCode, number>> = {};
  count = 0;
  /** The smallest position named so far. */
  position: number | null = null;
  /** The finding at that position that was met first; without positions, the first of all. */
  first: Finding | undefined;
  readonly #max: number;
  // Findings of these ranges wait for the smallest position that falls into them, see `blameRange`.
  readonly #watched = new Set<{ from: number; to: number; first: number | null }>();

  constructor(max: number = DEFAULT_MAX_FINDINGS) {
    this.#max = max;
  }

  add(finding: Finding): void {
    this.count++;
    this.codes[finding.code] = (this.codes[finding.code] ?? 0) + 1;
    const { position } = finding;
    this.first ??= finding;
    if (position !== null) {
      if (this.position === null || position < this.position) {
        this.position = position;
        this.first = finding;
      }
      for (const range of this.#watched) {
        if (
          position >= range.from &&
          position <= range.to &&
          (range.first === null || position < range.first)
        ) {
          range.first = position;
        }
      }
    }
    if (this.list.length < this.#max) this.list.push(finding);
  }

  /** Notes the smallest position found inside a range from now on; call the result to read it and stop watching. */
  watch(from: number, to: number): () => number | null {
    const range = { from, to, first: null as number | null };
    this.#watched.add(range);
    return () => {
      this.#watched.delete(range);
      return range.first;
    };
  }
}

/** The finding that an unreadable bundle amounts to; undefined for every other error. */
export function bundleFinding(error: unknown): Finding | undefined {
  for (const code of ['bundle_malformed', 'bundle_truncated'] as const) {
    if (isSealtrailError(error, code)) return { code, position: null, message: error.message };
  }
  return undefined;
}
