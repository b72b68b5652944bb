import {
  type Anchor,
  anchorHash,
  anchorRowSchema,
  CompactRange,
  type EntryFacts,
  type Hash,
  isPosition,
  isSealtrailError,
  MAX_SEGMENT_TARGETS,
  readAnchor,
  SegmentRecords,
} from '@sealtrail/format';
import type { Findings } from '../findings.ts';
import type { RawRow } from '../source.ts';

/** A stored anchor whose text is one. */
export interface CheckedAnchor {
  readonly anchor: Anchor;
  /** Recomputed from the stored text. */
  readonly hash: Hash;
}

/** Checks one stored anchor by itself: columns, hash, text. Undefined when it is no anchor; findings say why. */
export function checkAnchorRow(
  row: RawRow,
  tenant: string,
  expectedFrom: number,
  findings: Findings,
): CheckedAnchor | undefined {
  const read = typeof row['anchor'] === 'string' ? readStored(row['anchor']) : 'there is no text';
  const anchor = typeof read === 'string' ? undefined : read;
  // Column and text both say where the segment begins; the chain tells which of them to believe.
  const column = isPosition(row['from_seq']) ? row['from_seq'] : expectedFrom;
  const position = column === expectedFrom ? expectedFrom : (anchor?.from ?? column);
  const parsed = anchorRowSchema.safeParse(row);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const why = typeof read === 'string' ? read : `${issue?.path.join('.')} ${issue?.message}`.trim();
    findings.add({
      code: 'anchor_malformed',
      position,
      message: `the stored anchor for position ${position}: ${why}`,
    });
    return undefined;
  }
  const stored = parsed.data;
  const hash = anchorHash(stored.anchor);
  if (hash !== stored.hash) {
    findings.add({
      code: 'anchor_hash_mismatch',
      position,
      anchor: stored.number,
      message: `the content of anchor ${stored.number} no longer matches its hash`,
    });
  }
  if (anchor === undefined) {
    findings.add({ code: 'anchor_malformed', position, anchor: stored.number, message: String(read) });
    return undefined;
  }
  const repeated =
    stored.tenant === anchor.tenant &&
    stored.number === anchor.number &&
    stored.from_seq === anchor.from &&
    stored.to_seq === anchor.to;
  if (!repeated || anchor.tenant !== tenant) {
    findings.add({
      code: 'column_mismatch',
      position,
      anchor: stored.number,
      message: `a column of anchor ${stored.number} says something else than the anchor`,
    });
  }
  return { anchor, hash };
}

/** The anchor, or what is wrong with its text. */
function readStored(text: string): Anchor | string {
  try {
    return readAnchor(text);
  } catch (error) {
    if (isSealtrailError(error, 'anchor_malformed')) return error.message;
    throw error;
  }
}

/** Recomputes one segment from the entries walked and holds the anchor against it. Memory is bounded by the segment. */
export class SegmentChecker {
  readonly anchor: Anchor;
  readonly #entries = new CompactRange();
  readonly #records: SegmentRecords;
  readonly #findings: Findings;
  readonly #firstInside: () => number | null;
  #last: { hash: Hash; time: string | undefined } | undefined;
  #complete = true;
  // Attacker-controlled: nothing is held of targets beyond what a segment may name.
  #tooMany = false;

  constructor(anchor: Anchor, findings: Findings) {
    this.anchor = anchor;
    this.#records = new SegmentRecords(anchor.tenant);
    this.#findings = findings;
    this.#firstInside = findings.watch(anchor.from, anchor.to);
  }

  /** Adds an entry of the segment. An entry whose text is not readable still has a hash, but no targets. */
  add(seq: number, hash: Hash, entry: EntryFacts | undefined): void {
    this.#entries.append(hash);
    if (entry === undefined) this.#complete = false;
    else if (!this.#records.add(entry.targets, { seq, hash })) this.#tooMany = true;
    this.#last = { hash, time: entry?.time };
  }

  /**
   * Compares. Called when the link after the segment is decided, so that a fault in the last entry is known.
   *
   * @returns whether the roots were compared and equal
   */
  finish(): boolean {
    const { anchor } = this;
    const inside = this.#firstInside();
    // With a fault inside, the roots differ because of it: that entry is named, not the segment.
    const position = inside ?? anchor.from;
    const before = this.#findings.count;
    const place = { position, anchor: anchor.number, range: { from: anchor.from, to: anchor.to } };
    const segment = `the entries ${anchor.from} to ${anchor.to}`;
    if (this.#entries.root() !== anchor.entries_root) {
      this.#findings.add({
        code: 'anchor_root_mismatch',
        ...place,
        message: `${segment} are not those that anchor ${anchor.number} was made over`,
      });
    }
    const records = this.#records.summary();
    if (this.#tooMany) {
      this.#findings.add({
        code: 'anchor_records_mismatch',
        ...place,
        message: `${segment} name more than the ${MAX_SEGMENT_TARGETS} targets that anchor ${anchor.number} may be over`,
      });
    } else if (
      this.#complete &&
      (records.root !== anchor.records_root || records.size !== anchor.records_size)
    ) {
      this.#findings.add({
        code: 'anchor_records_mismatch',
        ...place,
        message: `the records that ${segment} touch are not those in anchor ${anchor.number}`,
      });
    }
    if (this.#last?.hash !== anchor.last) {
      this.#findings.add({
        code: 'anchor_last_mismatch',
        ...place,
        position: inside ?? anchor.to,
        message: `the entry at ${anchor.to} is not the last one that anchor ${anchor.number} names`,
      });
    }
    if (this.#last?.time !== undefined && anchor.time < this.#last.time) {
      this.#findings.add({
        code: 'time_decreasing',
        ...place,
        message: `anchor ${anchor.number} claims to be older than the entries under it`,
      });
    }
    return inside === null && this.#findings.count === before;
  }
}
