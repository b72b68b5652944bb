import { type Hash, type HeadRow, headRowSchema } from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { RawRow } from '../source.ts';
import type { PrunedStart } from './pruned.ts';

/** Reads the stored head. Undefined, with a finding, when there is none or it is malformed. */
export function checkHeadRow(
  row: RawRow | undefined,
  tenant: string,
  findings: Findings,
): HeadRow | undefined {
  if (row === undefined) {
    findings.add({ code: 'head_missing', position: null, message: `the head of ${tenant} is gone` });
    return undefined;
  }
  const parsed = headRowSchema.safeParse(row);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    findings.add({
      code: 'head_malformed',
      position: null,
      message: `the head is malformed: ${issue?.path.join('.')} ${issue?.message}`.trim(),
    });
    return undefined;
  }
  if (parsed.data.tenant !== tenant) {
    findings.add({ code: 'head_malformed', position: null, message: 'the head belongs to another tenant' });
    return undefined;
  }
  return parsed.data;
}

/** The entry at the position that the head names has its hash and time. */
export function checkHeadEntry(
  head: HeadRow,
  named: { readonly hash: Hash; readonly time: string | undefined },
  findings: Findings,
): void {
  if (named.hash !== head.hash) {
    findings.add({
      code: 'head_mismatch',
      position: head.seq,
      message: `entry ${head.seq} is not the one that the head names`,
    });
  } else if (named.time !== undefined && named.time !== head.time) {
    findings.add({
      code: 'head_mismatch',
      position: head.seq,
      message: `the head gives entry ${head.seq} another time`,
    });
  }
}

/**
 * A head may lag, but not behind what was pruned: the entry that accounts for the pruning was appended by somebody who brought
 * the head up to the entry before it, and nothing from there on was removed.
 */
export function checkOldHead(head: HeadRow, { previous }: PrunedStart, findings: Findings): void {
  const { seq, hash } = head;
  if (seq > previous.number || (seq === previous.number && hash === previous.hash)) return;
  findings.add({
    code: 'head_mismatch',
    position: null,
    message: `the head names entry ${seq}, which is not stored any more or is another one`,
  });
}

/** The newest anchor that a head names, if it names one. */
export function newestAnchor(
  head: HeadRow | undefined,
): { readonly number: number; readonly hash: Hash } | undefined {
  if (head?.anchor_number == null || head.anchor_hash === null) return undefined;
  return { number: head.anchor_number, hash: head.anchor_hash };
}

/** The head names an anchor that is there, with that hash. */
export function checkHeadAnchor(
  head: HeadRow,
  lastNumber: number,
  lastTo: number,
  hash: Hash | undefined,
  findings: Findings,
): void {
  if (head.anchor_number === null) return;
  if (head.anchor_number > lastNumber) {
    findings.add({
      code: 'anchor_missing',
      position: lastTo + 1,
      anchor: head.anchor_number,
      message: `anchor ${head.anchor_number} was made, but is gone`,
    });
  } else if (hash !== undefined && hash !== head.anchor_hash) {
    findings.add({
      code: 'head_mismatch',
      position: null,
      anchor: head.anchor_number,
      message: `anchor ${head.anchor_number} is not the one that the head names`,
    });
  }
}
