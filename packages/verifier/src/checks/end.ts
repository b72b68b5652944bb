import type { HeadRow } from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { VerifyOptions } from '../report.ts';
import type { WalkRange } from '../source.ts';
import type { WalkOutcome } from '../walk.ts';

// What a walk came to, held against what says how far it should have come.

/** Entries up to the end of the range, and the trusted one. */
export function checkEnd(
  walk: WalkOutcome,
  range: WalkRange,
  head: HeadRow | undefined,
  options: VerifyOptions,
  findings: Findings,
): void {
  const lastSeq = walk.last?.seq ?? range.from - 1;
  const { to = Number.MAX_SAFE_INTEGER } = range;
  const { anchors } = walk;
  // Entries up to the end of the range are missing if anything says that there were more.
  if (lastSeq < to && head !== undefined && head.seq > lastSeq) {
    findings.add({
      code: 'truncated',
      position: lastSeq + 1,
      range: { from: lastSeq + 1, to: Math.min(head.seq, to) },
      message: `the log once reached position ${head.seq}, but ends at ${lastSeq}`,
    });
  } else if (lastSeq < to && anchors.to > lastSeq) {
    findings.add({
      code: 'truncated',
      position: lastSeq + 1,
      range: { from: lastSeq + 1, to: Math.min(anchors.to, to) },
      anchor: anchors.number,
      message: `anchor ${anchors.number} covers entries up to ${anchors.to}, but the log ends at ${lastSeq}`,
    });
  }
  const { trusted } = options;
  if (trusted !== undefined && !walk.trustedSeen) {
    findings.add({
      code: 'trusted_mismatch',
      position: Math.min(trusted.seq, lastSeq + 1),
      message: `entry ${trusted.seq}, noted as trusted, is gone`,
    });
  }
}

/** A store's head may lag; what a bundle names is the last entry and the newest anchor in it (SPEC 8.4). */
export function checkNewest(walk: WalkOutcome, head: HeadRow, findings: Findings): void {
  if (walk.last !== undefined && walk.last.seq > head.seq) {
    findings.add({
      code: 'head_mismatch',
      position: head.seq,
      message: `entry ${head.seq} should be the last in this file, but others follow`,
    });
  }
  if (walk.anchors.number > (head.anchor_number ?? -1)) {
    findings.add({
      code: 'head_mismatch',
      position: null,
      anchor: walk.anchors.number,
      message: `anchor ${walk.anchors.number} should not be in this file: it is newer than the newest named`,
    });
  }
}

/** What is not stored must be accounted for, up to the last position. */
export function checkPruned(walk: WalkOutcome, from: number, findings: Findings): void {
  const { prunedTo } = walk.accounts;
  if (prunedTo >= from - 1) return;
  const missing = { from: prunedTo + 1, to: from - 1 };
  findings.add({
    code: 'gap',
    position: missing.from,
    range: missing,
    message: `the entries ${missing.from} to ${missing.to} are missing, and nothing accounts for it`,
  });
}
