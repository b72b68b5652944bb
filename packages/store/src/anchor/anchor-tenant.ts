import {
  type Anchor,
  type AnchorRow,
  anchorHash,
  checkTenant,
  DEFAULT_SEGMENT_ENTRIES,
  encodeAnchor,
  type Finding,
  type HeadRow,
  MAX_SEGMENT_ENTRIES,
  refuseUnknown,
  SealtrailError,
  toAnchorRow,
  ZERO_HASH,
} from '@sealtrail/format';
import { checkAnchorRow, checkHeadAnchor, Findings, type LogReader } from '@sealtrail/verifier';
import { checkStore } from '../open.ts';
import type { Store } from '../port.ts';
import { checkSegment } from './check-segment.ts';

export interface AnchorOptions {
  /** Entries under one anchor, 1 to 65,536; default 4,096. */
  readonly maxSegment?: number | undefined;
  /** A segment that is not full is anchored only with at least this many entries ... */
  readonly minEntries?: number | undefined;
  /** ... or when its oldest entry is this old, or as far in the future, in milliseconds. With neither given, it is anchored at once. */
  readonly maxDelayMs?: number | undefined;
  /** Anchors that this call adds at most: `more` says that it left something. Default: as many as there is to anchor. */
  readonly maxAnchors?: number | undefined;
  /** The clock, Unix milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onAnchor?: ((anchor: Anchor) => void) | undefined;
}

const OPTIONS = Object.keys({
  maxSegment: true,
  minEntries: true,
  maxDelayMs: true,
  maxAnchors: true,
  now: true,
  signal: true,
  onAnchor: true,
} satisfies Record<keyof AnchorOptions, true>);

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
  /** True when some of them could be anchored now: the call came to its `maxAnchors`. */
  readonly more: boolean;
}

/**
 * Anchors what is not anchored yet, one segment after the other, in memory bounded by a segment. Everything is verified again
 * before it is anchored, beginning with the entry at the last anchored position: an anchor taken over a changed log would
 * launder the change.
 *
 * Safe to call twice at once, and to kill at any point: an anchor is one insert under a unique number, made from stored
 * entries alone.
 *
 * @throws SealtrailError `segment_broken` with the findings in `detail.findings`; `store_unavailable`, `config_invalid`,
 *   `draft_invalid` for what is no tenant;
 *   the signal's reason when aborted
 */
export async function anchorTenant(
  store: Store,
  tenant: string,
  options: AnchorOptions = {},
): Promise<AnchorResult> {
  checkStore('anchorTenant', store);
  checkTenant(tenant);
  refuseUnknown('anchorTenant', options, OPTIONS, 'config_invalid');
  const maxSegment = options.maxSegment ?? DEFAULT_SEGMENT_ENTRIES;
  if (!Number.isInteger(maxSegment) || maxSegment < 1 || maxSegment > MAX_SEGMENT_ENTRIES) {
    throw new SealtrailError('config_invalid', `a segment holds 1 to ${MAX_SEGMENT_ENTRIES} entries`);
  }
  const { end, head } = await bringUpToDate(store, tenant);

  const source = store.source();
  let anchors = 0;
  let entries = 0;
  let noted = head.anchor_number ?? -1;
  try {
    const log = await source.log(tenant);
    for (;;) {
      options.signal?.throwIfAborted();
      const previous = await readLastAnchor(store, tenant, head);
      const from = previous === undefined ? 0 : previous.anchor.to + 1;
      const pending = end - from + 1;
      const result = {
        tenant,
        anchors,
        entries,
        through: from === 0 ? null : from - 1,
        pending: Math.max(0, pending),
        more: false,
      };
      const done = pending <= 0;
      // Also with nothing to anchor: a log that was cut or changed at its last anchor is noticed here.
      const to = done ? from - 1 : Math.min(end, from + maxSegment - 1);
      const now = new Date((options.now ?? Date.now)()).toISOString();
      // Asked before the work is done: a segment that is not due yet would be verified again at every tick.
      if (!done && to - from + 1 < maxSegment && !(await isDue(log, from, to, now, options))) return result;
      if (!done && anchors >= (options.maxAnchors ?? Number.POSITIVE_INFINITY))
        return { ...result, more: true };
      const segment = await checkSegment({
        source,
        log,
        from,
        to,
        previous: previous?.anchor,
        head,
        signal: options.signal,
      });
      if (segment.findings.count > 0) {
        if (await segment.isOvertaken()) continue;
        throw broken(tenant, segment.findings.list);
      }
      if (previous !== undefined && previous.anchor.number > noted) {
        // Whoever made it may have died before the head was told: adding it again does that.
        await store.addAnchor(toRow(previous.anchor));
        noted = previous.anchor.number;
      }
      if (done) return result;
      const anchor: Anchor = {
        v: 1,
        tenant,
        number: previous === undefined ? 0 : previous.anchor.number + 1,
        from,
        to: segment.to,
        entries_root: segment.entriesRoot,
        records_root: segment.records.root,
        records_size: segment.records.size,
        last: segment.last,
        prev: previous?.hash ?? ZERO_HASH,
        time: latest(now, segment.lastTime, previous?.anchor.time ?? now),
      };
      // False: another worker was faster. Its anchor is the previous one in the next round.
      if (await store.addAnchor(toRow(anchor))) {
        noted = anchor.number;
        anchors++;
        entries += segment.to - from + 1;
        options.onAnchor?.(anchor);
      }
    }
  } finally {
    await source.close();
  }
}

/**
 * Takes the head lock once, which brings the head up to date if a writer died before it could.
 *
 * @returns the last entry that may be anchored: it is durable, and the head names it or one after it
 */
async function bringUpToDate(store: Store, tenant: string): Promise<{ end: number; head: HeadRow }> {
  let last = -1;
  await store.commit(tenant, (tip) => {
    last = tip.seq;
    return [];
  });
  await store.release(tenant);
  const head = await store.head(tenant);
  if (head === undefined)
    throw new SealtrailError('log_broken', `${tenant} is not registered, or its head is gone`);
  return { end: Math.min(last, head.seq), head };
}

type StoredAnchor = { readonly anchor: Anchor; readonly hash: string };

/** The newest anchor. One that the head knows must still be there: made again, it would launder what was changed under it. */
async function readLastAnchor(
  store: Store,
  tenant: string,
  head: HeadRow,
): Promise<StoredAnchor | undefined> {
  const row = await store.lastAnchor(tenant);
  const findings = new Findings();
  const last = row === undefined ? undefined : checkAnchorRow({ ...row }, tenant, 0, findings);
  if (row !== undefined && last === undefined) throw broken(tenant, findings.list);
  const { number = -1, to = -1 } = last?.anchor ?? {};
  checkHeadAnchor(head, number, to, number === head.anchor_number ? last?.hash : undefined, findings);
  if (findings.count > 0) throw broken(tenant, findings.list);
  return last;
}

/** Whether a segment that is not full shall be anchored all the same. */
async function isDue(
  log: LogReader,
  from: number,
  to: number,
  now: string,
  { minEntries, maxDelayMs }: AnchorOptions,
): Promise<boolean> {
  if (minEntries === undefined && maxDelayMs === undefined) return true;
  if (minEntries !== undefined && to - from + 1 >= minEntries) return true;
  if (maxDelayMs === undefined) return false;
  for await (const { entries } of log.walk({ from, to: from })) {
    const age = Date.parse(now) - Date.parse(String(entries[0]?.['time']));
    // A row without a usable time is broken: that is for the check to say. Entries of a far future are of a clock that was put
    // back since, and what is appended behind them repeats their time: nobody waits for it.
    if (Math.abs(age) < maxDelayMs) return false;
  }
  return true;
}

function latest(...times: readonly string[]): string {
  return times.toSorted().at(-1) as string;
}

/** An anchor as it is stored. */
function toRow(anchor: Anchor): AnchorRow {
  const text = encodeAnchor(anchor);
  return toAnchorRow(anchor, text, anchorHash(text));
}

function broken(tenant: string, findings: readonly Finding[]): SealtrailError {
  return new SealtrailError('segment_broken', `the log of ${tenant} is broken: ${findings[0]?.message}`, {
    tenant,
    findings,
  });
}
