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
 */
export function badgesOf(row: Row, reports: readonly TenantReport[], anchored: number): StateBadge[] {
  const badges = [checkBadge(row.seq, reports)];
  if (row.seq >= anchored) badges.push(PENDING);
  if (row.missing.length > 0) {
    badges.push({
      words: 'erased, provable',
      tone: 'agent',
      about: `The value of ${row.missing.join(', ')} is gone. What it was committed to is part of the hash, so the entry still verifies.`,
    });
  }
  return badges;
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
