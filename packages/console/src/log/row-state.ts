import type { TenantReport } from '@sealtrail/verifier/stream';
import type { Tone } from '../parts/words.ts';

export interface StateBadge {
  readonly words: string;
  readonly tone: Tone;
  readonly about: string;
}

interface Row {
  readonly seq: number;
  readonly missing: readonly string[];
}

/**
 * What is known of an entry. Without a check since the page was opened nothing is: what is stored is shown, and no more is said.
 *
 * @param reports of checks of this log, by the server or in this browser
 * @param anchored number of entries under anchors
 * @param isOther whether it is shown otherwise than it was checked
 */
export function badgesOf(
  row: Row,
  reports: readonly TenantReport[],
  anchored: number,
  isOther = false,
): StateBadge[] {
  const badges = [isOther ? OTHER : checkBadge(row.seq, reports)];
  if (row.seq >= anchored) badges.push(PENDING);
  const gone = goneBadge(row, reports);
  return gone === undefined ? badges : [...badges, gone];
}

/**
 * What is known of values that are not there. That they are missing says nothing by itself: they may have been erased, or somebody
 * may have deleted them. Only a check holds what is missing against the entries that account for it.
 *
 * @returns undefined when nothing is missing
 */
export function goneBadge({ seq, missing }: Row, reports: readonly TenantReport[]): StateBadge | undefined {
  if (missing.length === 0) return undefined;
  const names = missing.join(', ');
  if (reports.some((report) => isUnaccounted(seq, report))) {
    return {
      words: 'gone, unaccounted for',
      tone: 'bad',
      about: `Gone: ${names}. The last check found no entry that accounts for it: somebody or something deleted it behind the log.`,
    };
  }
  if (reports.some((report) => knownOf(seq, report) === 'verified' && looksForAccounts(report))) {
    return {
      words: 'erased, accounted for',
      tone: 'agent',
      about: `Gone: ${names}. The last check since you opened this page found an entry of the log that accounts for every value that was gone by then.`,
    };
  }
  return {
    words: 'value gone',
    tone: 'unsure',
    about: `Gone: ${names}. It was erased, which an entry of the log then accounts for, or somebody deleted it. A check under “Integrity” tells which.`,
  };
}

function isUnaccounted(seq: number, { findings }: TenantReport): boolean {
  return findings.some(({ code, position }) => code === 'opening_missing' && position === seq);
}

/** A broken report lists only some of its findings, and one without the values, or of a part, leaves open what is missing. */
function looksForAccounts({ status, notChecked }: TenantReport): boolean {
  return (
    status === 'valid' &&
    !notChecked.some(({ code }) => code === 'openings_withheld' || code === 'openings_missing')
  );
}

/** What a check has against an entry; undefined when nothing. */
export function faultBadge(seq: number, reports: readonly TenantReport[]): StateBadge | undefined {
  const badge = checkBadge(seq, reports);
  return badge === BADGES.broken || badge === BADGES.after ? badge : undefined;
}

type Known = 'verified' | 'broken' | 'after' | 'unknown';

function checkBadge(seq: number, reports: readonly TenantReport[]): StateBadge {
  const known = reports.map((report) => knownOf(seq, report));
  // One check that found a fault outweighs any that found none.
  return BADGES[ORDER.find((one) => known.includes(one)) ?? 'unknown'];
}

const ORDER: readonly Known[] = ['broken', 'after', 'verified'];

function knownOf(seq: number, { status, range, position, findings }: TenantReport): Known {
  if (status === 'unverifiable' || range === null || seq < range.from || seq > range.to) return 'unknown';
  if (status === 'valid') return 'verified';
  if (findings.some((one) => one.position === seq)) return 'broken';
  return position !== null && seq < position ? 'verified' : 'after';
}

/** Instead of what a check said: that was said of another entry. */
export const OTHER: StateBadge = {
  words: 'not as checked',
  tone: 'bad',
  about:
    'At this position your browser walked another entry than the service shows here: what is shown is not what was checked.',
};

const PENDING: StateBadge = {
  words: 'pending',
  tone: 'plain',
  about: 'No anchor covers this entry yet. The next anchoring will.',
};

const BADGES: Readonly<Record<Known, StateBadge>> = {
  verified: {
    words: 'verified',
    tone: 'good',
    about: 'The last check since you opened this page walked this entry and found it as recorded.',
  },
  broken: {
    words: 'broken',
    tone: 'bad',
    about: 'The last check found a fault at this very position.',
  },
  after: {
    words: 'after a break',
    tone: 'unsure',
    about: 'The chain is broken before this entry, so nothing vouches for what follows.',
  },
  unknown: {
    words: 'not checked',
    tone: 'plain',
    about: 'No check since you opened this page covers this entry. Run one under “Integrity”.',
  },
};
