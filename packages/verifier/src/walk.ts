import type { Anchor, Hash, HeadRow } from '@sealtrail/format';
import { Accounts } from './checks/accounts.ts';
import { AnchorChain } from './checks/anchors.ts';
import {
  type CheckedRow,
  checkEntryRow,
  checkEntryText,
  checkGenesis,
  type TextRow,
} from './checks/entry.ts';
import { checkHeadEntry, newestAnchor } from './checks/head.ts';
import { LinkChecker } from './checks/links.ts';
import { checkOpenings } from './checks/openings.ts';
import { SegmentChecker } from './checks/segment.ts';
import type { Findings } from './findings.ts';
import type { LogBatch, LogSource, RawRow } from './source.ts';

/** What is to be walked, and what is known of it beforehand. */
export interface WalkSetup {
  readonly tenant: string;
  readonly findings: Findings;
  /** The first position to walk. */
  readonly from: number;
  /** Where the source starts, if not at 0: a file may begin with any segment. */
  readonly start?: number | undefined;
  /** The last position to walk, if the walk shall end before the log does. */
  readonly to?: number | undefined;
  readonly registeredGenesis?: Hash | undefined;
  readonly head?: HeadRow | undefined;
  readonly trusted?: { readonly seq: number; readonly hash: Hash } | undefined;
  readonly source: Pick<LogSource, 'openings' | 'columns'>;
  /** The anchor over the first entries, when it is known beforehand. */
  readonly segment?: Anchor | undefined;
  /** The entry before the first, when its hash is known from an anchor. */
  readonly previous?: { readonly number: number; readonly hash: Hash } | undefined;
  /** The chain of anchors so far, when the walk does not begin with it. */
  readonly anchors?: AnchorChain | undefined;
  /** Who holds what is missing against what accounts for it, when that is not the walk's own business. */
  readonly accounts?: Accounts | undefined;
  /** Called for each entry that stands in its place, with its recomputed hash. */
  readonly onEntry?: ((row: CheckedRow) => void) | undefined;
}

/** What is known of a log after a walk, however it was walked. */
export interface WalkOutcome {
  readonly from: number;
  readonly anchors: Pick<AnchorChain, 'number' | 'to' | 'hashOfWanted'>;
  readonly accounts: Accounts;
  readonly walked: number;
  readonly openingsChecked: number;
  readonly segmentsChecked: number;
  readonly segmentsPartial: number;
  readonly unknownVersions: number;
  readonly anchoredTo: number | null;
  readonly last: Walked | undefined;
  readonly trustedSeen: boolean;
  endOfEntries(vouched: boolean): void;
  finish(): void;
}

export interface Walked {
  readonly seq: number;
  readonly hash: Hash;
  readonly time: string | undefined;
}

/**
 * One pass over a log in ascending order: every entry by itself, its place, its link, its time, its openings, and the
 * anchors over it. Memory does not grow with the log: a segment's leaves, nothing more.
 */
export class Walk implements WalkOutcome {
  readonly anchors: AnchorChain;
  readonly from: number;
  /** What is missing, and what accounts for it. Who walked to the end of the log has them reported. */
  readonly accounts: Accounts;
  /** Entries whose hash was recomputed. */
  walked = 0;
  openingsChecked = 0;
  segmentsChecked = 0;
  segmentsPartial = 0;
  unknownVersions = 0;
  /** The last position under an anchor that was compared with the entries; null before the first. */
  anchoredTo: number | null = null;
  last: Walked | undefined;
  /** True when the walk passed the trusted position. */
  trustedSeen = false;
  readonly #setup: WalkSetup;
  readonly #links: LinkChecker;
  #expected: number;
  #time = '';
  #open: SegmentChecker | undefined;
  // Segments that wait until the link after them is decided, in ascending order: at most two after each entry.
  readonly #closing: SegmentChecker[] = [];
  // Where the segments of anchors begin that came before their turn.
  #early: number[] = [];

  constructor(setup: WalkSetup) {
    this.from = setup.from;
    this.#setup = setup;
    this.#expected = setup.from;
    const { tenant, findings, from, start, head } = setup;
    this.anchors =
      setup.anchors ?? new AnchorChain(tenant, findings, head?.anchor_number ?? null, from, start);
    this.accounts = setup.accounts ?? new Accounts(setup.from, setup.source.openings === 'included');
    if (setup.anchors !== undefined) this.anchoredTo = setup.anchors.to;
    this.#links = new LinkChecker((position) => {
      findings.add({
        code: 'link_mismatch',
        position,
        message: `the content of entry ${position} is not what the next entry recorded of it`,
      });
    }, setup.previous);
    if (setup.segment !== undefined) this.#open = new SegmentChecker(setup.segment, findings);
  }

  take(batch: LogBatch): void {
    for (const row of batch.anchors) this.#takeAnchor(row);
    for (const row of batch.entries) this.#takeEntry(row);
  }

  #takeAnchor(row: RawRow): void {
    const checked = this.anchors.next(row);
    if (checked === undefined) return;
    const { anchor } = checked;
    const { from, start = 0, to = Number.MAX_SAFE_INTEGER, findings, source } = this.#setup;
    // An anchor out of place, which is reported, must not end the segment before it.
    if (anchor.from === this.#expected && anchor.to <= to && this.#open === undefined) {
      this.#open = new SegmentChecker(anchor, findings);
      return;
    }
    if (anchor.from <= to && anchor.to >= from) this.segmentsPartial++;
    // A store hands anchors over by their column. In a file each has a place of its own.
    if (source.columns || (anchor.from < from && from > start)) return;
    if (anchor.from < this.#expected) this.#misplaced(anchor.from);
    else this.#early.push(anchor.from);
  }

  #misplaced(from: number): void {
    this.#setup.findings.add({
      code: 'bundle_malformed',
      position: from,
      message: `the anchor of the segment from ${from} does not stand before its first entry`,
    });
  }

  #takeEntry(row: RawRow): void {
    const { findings, tenant } = this.#setup;
    const checked = this.#setup.source.columns
      ? checkEntryRow(row, tenant, this.#expected, findings)
      : checkEntryText(row as unknown as TextRow, tenant, this.#expected, findings);
    if (checked === undefined) {
      this.#links.interrupt();
      return;
    }
    this.walked++;
    const { seq, hash, entry } = checked;
    if (checked.unknownVersion) this.unknownVersions++;
    if (seq < this.#expected) {
      findings.add({ code: 'duplicate', position: seq, message: `position ${seq} occurs again` });
      return;
    }
    if (this.#early.length > 0) {
      for (const from of this.#early) if (seq < from) this.#misplaced(from);
      this.#early = [];
    }
    if (seq > this.#expected) this.#gap(seq);
    if (this.#open !== undefined && seq > this.#open.anchor.to) this.#close();
    this.#links.next(seq, entry?.prev, hash);
    checkGenesis(checked, tenant, this.#setup.registeredGenesis, findings);
    this.#checkTime(seq, entry?.time);
    if (entry !== undefined && this.#setup.source.openings === 'included') {
      this.openingsChecked += checkOpenings(checked, entry.sealed, seq, findings, this.accounts);
    }
    if (entry !== undefined) this.accounts.take(entry.type, () => String(row['entry']), seq);
    this.#open?.add(seq, hash, entry);
    this.#setup.onEntry?.(checked);
    this.#remember(checked);
    this.#expected = seq + 1;
    if (seq === this.#open?.anchor.to) this.#close();
    if (this.#closing.length > 0) this.#finishSegments(this.#links.pending ?? seq);
  }

  #gap(seq: number): void {
    const from = this.#expected;
    const to = seq - 1;
    this.#setup.findings.add({
      code: 'gap',
      position: from,
      range: { from, to },
      message: from === to ? `entry ${from} is missing` : `the entries ${from} to ${to} are missing`,
    });
  }

  #checkTime(seq: number, time: string | undefined): void {
    if (time === undefined) return;
    if (time < this.#time) {
      this.#setup.findings.add({
        code: 'time_decreasing',
        position: seq,
        message: `entry ${seq} claims to be older than the one before`,
      });
    }
    this.#time = time;
  }

  #remember(row: CheckedRow): void {
    const { seq, hash } = row;
    const { head, trusted, findings } = this.#setup;
    this.last = { seq, hash, time: row.entry?.time };
    if (seq === head?.seq) checkHeadEntry(head, this.last, findings);
    if (seq === trusted?.seq) {
      this.trustedSeen = true;
      if (hash !== trusted.hash) {
        findings.add({
          code: 'trusted_mismatch',
          position: seq,
          message: `entry ${seq} is not the one that was noted as trusted`,
        });
      }
    }
  }

  #close(): void {
    if (this.#open !== undefined) this.#closing.push(this.#open);
    this.#open = undefined;
  }

  /** Compares the segments that end before a position. */
  #finishSegments(before: number): void {
    const waiting = this.#closing.findIndex((segment) => segment.anchor.to >= before);
    for (const segment of this.#closing.splice(0, waiting === -1 ? this.#closing.length : waiting)) {
      this.segmentsChecked++;
      if (segment.finish()) this.anchoredTo = segment.anchor.to;
    }
  }

  /**
   * Decides the last link. Call before what is found missing at the end is reported, then {@link finish}.
   *
   * @param vouched whether something else, such as the head, confirms the last entry's hash
   */
  endOfEntries(vouched: boolean): void {
    this.#links.end(vouched);
  }

  /** Compares the segments that are still waiting, and ends the chain of anchors. */
  finish(): void {
    this.#close();
    this.#finishSegments(Number.POSITIVE_INFINITY);
    this.anchors.end(newestAnchor(this.#setup.head));
  }
}
