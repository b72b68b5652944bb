import {
  type Anchor,
  EMPTY_ROOT,
  type Hash,
  type HeadRow,
  readEntry,
  SegmentRecords,
} from '@sealtrail/format';
import { Findings, type LogReader, type LogSource, prefetch, Walk } from '@sealtrail/verifier';
import { segmentRoot } from './segment-tree.ts';

interface Segment {
  readonly findings: Findings;
  /** Its last position: before the one that was asked for if the entries name more targets than a segment may. */
  readonly to: number;
  readonly entriesRoot: Hash;
  readonly records: { readonly root: Hash; readonly size: number };
  readonly last: Hash;
  readonly lastTime: string;
  /** Whether what comes before it was pruned while it was read: then it is to be read once more. */
  isOvertaken(): Promise<boolean>;
}

/**
 * Verifies the entries `from` to `to` and computes what an anchor says of them, or of as many of them as one segment may have. The
 * walk begins at the last position of the previous anchor, which must still hold the entry that was anchored.
 */
export async function checkSegment(job: {
  readonly source: LogSource;
  readonly log: LogReader;
  readonly from: number;
  readonly to: number;
  readonly previous: Anchor | undefined;
  readonly head: HeadRow;
  readonly signal: AbortSignal | undefined;
}): Promise<Segment> {
  const { source, log, from, to, previous, head } = job;
  const findings = new Findings();
  const records = new SegmentRecords(log.tenant);
  const leaves: Hash[] = [];
  let lastTime = '';
  let full = false;
  // After pruning, the anchor is all that is left of the entry at its end.
  const isPruned = async () => previous !== undefined && (await log.firstPosition?.()) === from;
  const pruned = await isPruned();
  const start = previous === undefined ? 0 : pruned ? from : previous.to;
  if (pruned && to < start) return nothing(findings, to);
  const walk = new Walk({
    tenant: log.tenant,
    findings,
    from: start,
    to,
    source,
    trusted: previous === undefined || pruned ? undefined : { seq: previous.to, hash: previous.last },
    previous: pruned && previous !== undefined ? { number: previous.to, hash: previous.last } : undefined,
    onEntry: ({ seq, hash, entry }) => {
      if (seq < from || entry === undefined || full) return;
      full = !records.add(entry.targets, { seq, hash });
      if (full) return;
      leaves.push(hash);
      lastTime = entry.time;
    },
  });
  for await (const batch of prefetch(log.walk({ from: start, to: Math.max(start, to) }))) {
    job.signal?.throwIfAborted();
    // The anchors are not what is checked here: the next one does not exist yet.
    walk.take({ anchors: [], entries: batch.entries });
    // The rest is for the next segment, which reads it again.
    if (full) break;
  }
  walk.endOfEntries(walk.last !== undefined && (await isVouchedFor(log, walk.last, head)));
  const lastSeq = walk.last?.seq ?? start - 1;
  if (!full && lastSeq < Math.max(start, to)) {
    findings.add({
      code: 'truncated',
      position: lastSeq + 1,
      range: { from: lastSeq + 1, to: Math.max(start, to) },
      message: `entries up to ${Math.max(start, to)} should be there, but the log ends at ${lastSeq}`,
    });
  }
  return {
    findings,
    to: full ? from + leaves.length - 1 : to,
    entriesRoot: segmentRoot(leaves),
    records: records.summary(),
    last: leaves.at(-1) ?? '',
    lastTime,
    isOvertaken: async () => !pruned && (await isPruned()),
  };
}

/** Nothing to anchor, and nothing left to hold the last anchor against. */
function nothing(findings: Findings, to: number): Segment {
  return {
    findings,
    to,
    entriesRoot: EMPTY_ROOT,
    records: { root: EMPTY_ROOT, size: 0 },
    last: '',
    lastTime: '',
    isOvertaken: async () => false,
  };
}

/** Whether what comes after an entry confirms its hash: the head, or the next entry's link (SPEC 9.1). */
async function isVouchedFor(
  log: LogReader,
  last: { readonly seq: number; readonly hash: Hash },
  head: HeadRow,
): Promise<boolean> {
  if (head.seq === last.seq) return head.hash === last.hash;
  const next = last.seq + 1;
  for await (const { entries } of log.walk({ from: next, to: next })) {
    for (const row of entries) {
      try {
        return readEntry(String(row['entry'])).prev === last.hash;
      } catch {
        return false;
      }
    }
  }
  return false;
}
