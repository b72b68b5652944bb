import {
  type Anchor,
  anchorHash,
  commit,
  type Entry,
  encodeAnchor,
  encodeEntry,
  encodeOpenings,
  entryHash,
  genesisEntry,
  type JsonObject,
  type JsonValue,
  merkleRoot,
  type Opening,
  SegmentRecords,
  type Target,
  toAnchorRow,
  toEntryRow,
  ZERO_HASH,
} from '@sealtrail/format';

/** A stored row as a test sees it: free to be changed in any way. */
export type Row = Record<string, unknown>;

/** One log as it lies in a store: plain rows, in ascending order. */
export interface StoredLog {
  registry: Row;
  head: Row;
  entries: Row[];
  anchors: Row[];
}

/** What a log shall look like; everything left out is filled in. */
export interface LogShape {
  readonly tenant?: string;
  /** Entries in all, the genesis among them. */
  readonly entries?: number;
  /** Sizes of the anchored segments, from position 0; what they do not cover is not anchored. */
  readonly segments?: readonly number[];
  /** The position that the head names; default the last. */
  readonly headSeq?: number;
  /** The anchor that the head names; default the newest. */
  readonly headAnchor?: number | null;
  readonly targets?: (seq: number) => readonly Target[];
  readonly data?: (seq: number) => JsonObject;
  readonly sealed?: (seq: number) => { readonly [field: string]: JsonValue };
  readonly time?: (seq: number) => string;
}

/** Ten entries: segments 0 to 3 and 4 to 6, then three entries that are not anchored. */
export const USUAL: LogShape = { entries: 10, segments: [4, 3] };

/** A second for each position. */
export function timeAt(seq: number): string {
  return new Date(Date.UTC(2026, 2, 2, 8) + seq * 1_000).toISOString();
}

/** Builds a log that keeps every rule. The same shape gives the same bytes. */
export function buildLog(shape: LogShape = USUAL): StoredLog {
  const { tenant = 'acme', entries: count = 10, segments = [] } = shape;
  const time = shape.time ?? timeAt;
  const entries: Row[] = [rowOf(genesisEntry(tenant, time(0)), '{}')];
  for (let seq = 1; seq < count; seq++) {
    const openings = openingsAt(seq, (shape.sealed ?? usualSealed)(seq));
    const sealed = Object.entries(openings).map(([field, { salt, value }]) => [field, commit(salt, value)]);
    const entry: Entry = {
      v: 1,
      tenant,
      seq,
      prev: String(entries[seq - 1]?.['hash']),
      time: time(seq),
      id: `evt-${seq}`,
      type: 'proposal.created',
      actor: { type: 'agent', id: 'copilot', on_behalf_of: { type: 'user', id: `u-${seq % 3}` } },
      targets: (shape.targets ?? usualTargets)(seq),
      data: (shape.data ?? ((n) => ({ action: 'deal.update', amount: n * 1.5 })))(seq),
      sealed: Object.fromEntries(sealed),
    };
    entries.push(rowOf(entry, encodeOpenings(openings)));
  }
  const log: StoredLog = { registry: {}, head: {}, entries, anchors: [] };
  log.registry = { tenant, time: time(0), genesis: entries[0]?.['hash'] };
  let from = 0;
  for (const size of segments) {
    addAnchor(log, from, from + size - 1);
    from += size;
  }
  setHead(log, shape.headSeq ?? count - 1, shape.headAnchor);
  return log;
}

function usualTargets(seq: number): Target[] {
  return [
    { type: 'deal', id: `d-${seq % 4}` },
    ...(seq % 2 === 0 ? [{ type: 'contact', id: `c-${seq % 3}` }] : []),
  ];
}

/** Every third entry has two sealed values, the one after it has one. */
function usualSealed(seq: number): { [field: string]: JsonValue } {
  if (seq % 3 === 0) return { rationale: `because of ${seq}`, 'diff.before': { stage: 'won', n: [seq] } };
  return seq % 3 === 1 ? { rationale: 'Zoë asked for it' } : {};
}

function openingsAt(seq: number, values: { readonly [field: string]: JsonValue }): Record<string, Opening> {
  const openings = Object.entries(values).map(([field, value], i) => {
    const salt = (seq * 64 + i).toString(16).padStart(32, 'a');
    return [field, { salt, value }];
  });
  return Object.fromEntries(openings);
}

function rowOf(entry: Entry, openings: string): Row {
  const text = encodeEntry(entry);
  return { ...toEntryRow(entry, text, entryHash(text), openings) };
}

/** Adds the next anchor, over the entries as they are stored. */
export function addAnchor(log: StoredLog, from: number, to: number): void {
  log.anchors.push(anchorRow(anchorOver(log, from, to, log.anchors.length)));
}

/** What the anchor with this number has to say about the entries as they are stored. */
export function anchorOver(log: StoredLog, from: number, to: number, number: number): Anchor {
  const covered = log.entries
    .map((row) => ({ entry: JSON.parse(String(row['entry'])) as Entry, hash: String(row['hash']) }))
    .filter(({ entry }) => entry.seq >= from && entry.seq <= to);
  const tenant = String(log.registry['tenant']);
  const records = new SegmentRecords(tenant);
  for (const { entry, hash } of covered) records.add(entry.targets, { seq: entry.seq, hash });
  const { root, size } = records.summary();
  const last = covered.at(-1);
  return {
    v: 1,
    tenant,
    number,
    from,
    to,
    entries_root: merkleRoot(covered.map(({ hash }) => hash)),
    records_root: root,
    records_size: size,
    last: last?.hash ?? ZERO_HASH,
    prev: number === 0 ? ZERO_HASH : String(log.anchors[number - 1]?.['hash']),
    time: last?.entry.time ?? timeAt(0),
  };
}

export function anchorRow(anchor: Anchor): Row {
  const text = encodeAnchor(anchor);
  return { ...toAnchorRow(anchor, text, anchorHash(text)) };
}

/** Lets the head name the entry at a position and an anchor, by default the newest of each. */
export function setHead(log: StoredLog, seq?: number, anchor?: number | null): void {
  const entry = seq === undefined ? log.entries.at(-1) : log.entries.find((row) => row['seq'] === seq);
  const named =
    anchor === undefined ? log.anchors.at(-1) : log.anchors.find((row) => row['number'] === anchor);
  log.head = {
    tenant: log.registry['tenant'],
    seq: entry?.['seq'],
    hash: entry?.['hash'],
    time: entry?.['time'],
    anchor_number: named?.['number'] ?? null,
    anchor_hash: named?.['hash'] ?? null,
  };
}
