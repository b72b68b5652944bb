import {
  type Anchor,
  type AnchorRow,
  anchorHash,
  DEFAULT_SEGMENT_ENTRIES,
  encodeAnchor,
  type Finding,
  MAX_SEGMENT_ENTRIES,
  SealtrailError,
  ZERO_HASH,
} from '@sealtrail/format';
import { checkAnchorRow, Findings, type LogReader } from '@sealtrail/verifier';
import type { Store } from '../port.ts';
import { checkSegment } from './check-segment.ts';

export interface AnchorOptions {
  /** Entries under one anchor, 1 to 65,536; default 4,096. */
  readonly maxSegment?: number | undefined;
  /** A segment that is not full is anchored only with at least this many entries; default 1. */
  readonly minEntries?: number | undefined;
  /** ... or when its oldest entry is this old, in milliseconds; default 0: at once. */
  readonly maxDelayMs?: number | undefined;
  /** The clock, Unix milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onAnchor?: ((anchor: Anchor) => void) | undefined;
}

export interface AnchorResult {
  readonly tenant: string;
  /** Anchors added by this call. */
  readonly anchors: number;
  /** Entries under them. */
  readonly entries: number;
  /** The last position under an anchor now; null when there is none. */
  readonly through: number | null;
  /** Entries that are not under an anchor yet. */
  readonly pending: number;
}

/**
 * Anchors what is not anchored yet, one segment after the other, in memory bounded by a segment. Everything is verified again
 * before it is anchored, beginning with the entry at the last anchored position: an anchor taken over a changed log would
 * launder the change.
 *
 * Safe to call twice at once, and to kill at any point: an anchor is one insert under a unique number, made from stored
 * entries alone.
 *
 * @throws SealtrailError `segment_broken` with the findings in `detail.findings`; `store_unavailable`, `config_invalid`;
 *   the signal's reason when aborted
 */
export async function anchorTenant(
  store: Store,
  tenant: string,
  options: AnchorOptions = {},
): Promise<AnchorResult> {
  const maxSegment = options.maxSegment ?? DEFAULT_SEGMENT_ENTRIES;
  if (!Number.isInteger(maxSegment) || maxSegment < 1 || maxSegment > MAX_SEGMENT_ENTRIES) {
    throw new SealtrailError('config_invalid', `a segment holds 1 to ${MAX_SEGMENT_ENTRIES} entries`);
  }
  // Taking and releasing the head lock brings the head up to date if a writer died before it could.
  await store.commit(tenant, () => []);
  await store.release(tenant);
  const head = await store.head(tenant);
  if (head === undefined)
    throw new SealtrailError('log_broken', `${tenant} is not registered, or its head is gone`);

  const source = store.source();
  let anchors = 0;
  let entries = 0;
  try {
    const log = await source.log(tenant);
    for (;;) {
      options.signal?.throwIfAborted();
      const previous = await readLastAnchor(store, tenant);
      const from = previous === undefined ? 0 : previous.anchor.to + 1;
      const pending = head.seq - from + 1;
      const result = {
        tenant,
        anchors,
        entries,
        through: from === 0 ? null : from - 1,
        pending: Math.max(0, pending),
      };
      const done = pending <= 0;
      // Also with nothing to anchor: a log that was cut or changed at its last anchor is noticed here.
      const to = done ? from - 1 : Math.min(head.seq, from + maxSegment - 1);
      const now = new Date((options.now ?? Date.now)()).toISOString();
      // Asked before the work is done: a segment that is not due yet would be verified again at every tick.
      if (!done && to - from + 1 < maxSegment && !(await isDue(log, from, to, now, options))) return result;
      const segment = await checkSegment({
        source,
        log,
        from,
        to,
        previous: previous?.anchor,
        signal: options.signal,
      });
      if (segment.findings.count > 0) throw broken(tenant, segment.findings.list);
      if (done) return result;
      const anchor: Anchor = {
        v: 1,
        tenant,
        number: previous === undefined ? 0 : previous.anchor.number + 1,
        from,
        to,
        entries_root: segment.entriesRoot,
        records_root: segment.records.root,
        records_size: segment.records.size,
        last: segment.last,
        prev: previous?.hash ?? ZERO_HASH,
        time: latest(now, segment.lastTime, previous?.anchor.time ?? now),
      };
      // False: another worker was faster. Its anchor is the previous one in the next round.
      if (await store.addAnchor(toRow(anchor))) {
        anchors++;
        entries += to - from + 1;
        options.onAnchor?.(anchor);
      }
    }
  } finally {
    await source.close();
  }
}

async function readLastAnchor(
  store: Store,
  tenant: string,
): Promise<{ readonly anchor: Anchor; readonly hash: string } | undefined> {
  const row = await store.lastAnchor(tenant);
  if (row === undefined) return undefined;
  const findings = new Findings();
  const checked = checkAnchorRow({ ...row }, tenant, 0, findings);
  if (checked === undefined || findings.count > 0) throw broken(tenant, findings.list);
  return checked;
}

/** Whether a segment that is not full shall be anchored all the same. */
async function isDue(
  log: LogReader,
  from: number,
  to: number,
  now: string,
  { minEntries = 1, maxDelayMs = 0 }: AnchorOptions,
): Promise<boolean> {
  if (to - from + 1 < minEntries) return false;
  if (maxDelayMs === 0) return true;
  for await (const { entries } of log.walk({ from, to: from })) {
    const age = Date.parse(now) - Date.parse(String(entries[0]?.['time']));
    // A row without a usable time is broken: that is for the check to say.
    if (age < maxDelayMs) return false;
  }
  return true;
}

function latest(...times: readonly string[]): string {
  return times.toSorted().at(-1) as string;
}

function toRow(anchor: Anchor): AnchorRow {
  const text = encodeAnchor(anchor);
  const { tenant, number, from, to } = anchor;
  return { tenant, number, from_seq: from, to_seq: to, hash: anchorHash(text), anchor: text };
}

function broken(tenant: string, findings: readonly Finding[]): SealtrailError {
  return new SealtrailError('segment_broken', `the log of ${tenant} is broken: ${findings[0]?.message}`, {
    tenant,
    findings,
  });
}
