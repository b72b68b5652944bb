// How long proofs are, exactly: a list of hashes is base64 of 32 bytes each, and everything else of a proof is JSON whose
// length follows from its numbers (SPEC 13). No tree is built, so sizes that no machine could fill can be asked for.

/** Hashes in the inclusion proof for one leaf (RFC 9162, 2.1.3.1): the levels at which the path has a sibling. */
export function inclusionHashes(index: number, size: number): number {
  let hashes = 0;
  for (let at = index, width = size; width > 1; hashes++) {
    const left = largestPowerBelow(width);
    if (at < left) {
      width = left;
    } else {
      at -= left;
      width -= left;
    }
  }
  return hashes;
}

/** Hashes in the range proof for `count` neighbouring leaves (SPEC 5.1): one for each perfect subtree beside them. */
export function rangeHashes(from: number, count: number, size: number): number {
  let hashes = ones(from);
  for (let at = from + count; at < size; hashes++) {
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= size) width *= 2;
    at += width;
  }
  return hashes;
}

/** Characters of a list of hashes: base64 with padding. */
export function listChars(hashes: number): number {
  return 4 * Math.ceil((32 * hashes) / 3);
}

/** What the length of one anchor in a proof depends on. */
export interface AnchorSize {
  readonly to: number;
  readonly records: number;
}

const TIME = '2026-01-01T00:00:00.000Z';
const HASH = '0'.repeat(64);

/** Characters of a run of anchors up to the one that a seal names (SPEC 13.1), as JSON. */
export function sealedAnchorsChars(of: {
  readonly start: { readonly number: number; readonly from: number };
  readonly anchors: Iterable<AnchorSize>;
  readonly directory: { readonly index: number; readonly size: number };
  /** The text of the seal's entry. */
  readonly seal: string;
}): number {
  const { index, size } = of.directory;
  const empty = JSON.stringify({
    start: { ...of.start, prev: HASH },
    anchors: [],
    directory: { index, proof: '' },
    seal: of.seal,
  });
  let anchors = -1;
  for (const { to, records } of of.anchors) anchors += ANCHOR_CHARS + digits(to) + digits(records) + 1;
  return empty.length + Math.max(0, anchors) + listChars(rangeHashes(index, 1, size));
}

const ANCHOR_CHARS =
  JSON.stringify({ to: 0, records_size: 0, hashes: '', time: TIME }).length - 2 + listChars(3);

/** Characters of an entry proof (SPEC 13.2) whose entry stands at `index` of the `size` entries of its segment. */
export function entryProofChars(of: {
  readonly entry: string;
  readonly index: number;
  readonly size: number;
  readonly sealed: number;
}): number {
  const empty = JSON.stringify({
    format: 'sealtrail-entry-proof/1',
    entry: of.entry,
    path: '',
    sealed: 0,
  });
  return empty.length - 1 + listChars(inclusionHashes(of.index, of.size)) + of.sealed;
}

/** What a history proof shows of one segment: the record's own leaf, or the one or two between which it would stand. */
export interface SegmentSize {
  /** Place of the first leaf that the proof is about. */
  readonly at: number;
  /** Leaves shown: 0 for the record's own, which is computed. */
  readonly shown: 0 | 1 | 2;
  /** Leaves of the segment's records tree. */
  readonly records: number;
}

/** Characters of one segment in a history proof. */
export function segmentChars({ at, shown, records }: SegmentSize): number {
  const frame = JSON.stringify({ at, leaves: '', proof: '' }).length;
  const leaves = records === 0 ? 0 : Math.max(1, shown);
  const path = leaves === 0 ? 0 : rangeHashes(at, leaves, records);
  return frame + listChars(2 * shown) + listChars(path);
}

/** Characters of a history proof (SPEC 13.3). */
export function historyProofChars(of: {
  readonly tenant: string;
  readonly record: { readonly type: string; readonly id: string };
  readonly entries: readonly string[];
  readonly segments: Iterable<SegmentSize>;
  readonly sealed: number;
}): number {
  const { tenant, record, entries } = of;
  const empty = JSON.stringify({
    format: 'sealtrail-history-proof/1',
    tenant,
    record,
    entries,
    segments: [],
    sealed: 0,
  });
  let segments = -1;
  for (const one of of.segments) segments += segmentChars(one) + 1;
  return empty.length - 1 + Math.max(0, segments) + of.sealed;
}

/** The largest power of two smaller than n, for n > 1. Arithmetic, not bits: sizes go beyond 2^31. */
function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function ones(n: number): number {
  let count = 0;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

function digits(n: number): number {
  return String(n).length;
}
