import { createHash } from 'node:crypto';
import {
  type Anchor,
  canonicalize,
  commit,
  type Entry,
  encodeEntry,
  entryHash,
  genesisEntry,
  leafHash,
  nodeHash,
  readAnchor,
  readEntry,
  readOpenings,
  recordKey,
  ZERO_HASH,
} from '@sealtrail/format';
import type { Row } from './memory-log.ts';
import type { Tables } from './memory-source.ts';

// Whether the tables hold good logs and nothing else: SPEC 9 read off rule by rule, with everything at hand at once. It
// says yes or no, not where.

/** True if every rule holds for every row. */
export function isGood(tables: Tables): boolean {
  try {
    const names = tables.tenants.map((row) => row['tenant']);
    const rows = [...tables.heads, ...tables.entries, ...tables.anchors];
    return (
      new Set(names).size === names.length &&
      rows.every((row) => names.includes(row['tenant'])) &&
      tables.tenants.every((row) => isGoodLog(tables, row))
    );
  } catch {
    return false;
  }
}

function isGoodLog(tables: Tables, registry: Row): boolean {
  const tenant = registry['tenant'] as string;
  const own = (rows: readonly Row[]) => rows.filter((row) => row['tenant'] === tenant);
  const heads = own(tables.heads);
  const genesis = entryHash(encodeEntry(genesisEntry(tenant, registry['time'] as string)));
  if (!isRow(registry, { tenant, time: registry['time'], genesis })) return false;
  if (heads.length !== 1) return false;
  const entries = own(tables.entries).toSorted((a, b) => Number(a['seq']) - Number(b['seq']));
  const anchors = own(tables.anchors).toSorted((a, b) => Number(a['number']) - Number(b['number']));
  return (
    entries[0]?.['hash'] === genesis &&
    entries.every((row, seq) => isGoodEntry(row, seq, entries[seq - 1])) &&
    anchors.every((row, number) => isGoodAnchor(row, number, anchors[number - 1], entries)) &&
    isGoodHead(heads[0] as Row, entries, anchors)
  );
}

/** Exactly these columns with exactly these values. */
function isRow(row: Row, want: Row): boolean {
  const columns = Object.keys(want);
  return (
    Object.keys(row).length === columns.length && columns.every((column) => row[column] === want[column])
  );
}

function isGoodEntry(row: Row, place: number, before: Row | undefined): boolean {
  const entry: Entry = readEntry(row['entry'] as string);
  const { tenant, seq, id, type, time } = entry;
  const { entry: text, openings } = row;
  const isGenesis = id === 'genesis' || type === 'log.started';
  return (
    isRow(row, { tenant, seq, id, type, time, hash: entryHash(text as string), entry: text, openings }) &&
    seq === place &&
    entry.prev === (before?.['hash'] ?? ZERO_HASH) &&
    time >= String(before?.['time'] ?? '') &&
    isGenesis === (seq === 0) &&
    canonicalize(entry.sealed) === canonicalize(commitments(openings as string))
  );
}

function commitments(openings: string): Record<string, string> {
  const opened = Object.entries(readOpenings(openings));
  return Object.fromEntries(opened.map(([field, { salt, value }]) => [field, commit(salt, value)]));
}

function isGoodAnchor(row: Row, place: number, before: Row | undefined, entries: readonly Row[]): boolean {
  const text = row['anchor'] as string;
  const anchor: Anchor = readAnchor(text);
  const { tenant, number, from, to } = anchor;
  const covered = entries.slice(from, to + 1);
  const records = recordLeaves(tenant, covered);
  const last = entries[to];
  return (
    isRow(row, { tenant, number, from_seq: from, to_seq: to, hash: entryHash(text), anchor: text }) &&
    number === place &&
    from === (before === undefined ? 0 : Number(before['to_seq']) + 1) &&
    anchor.prev === (before?.['hash'] ?? ZERO_HASH) &&
    last !== undefined &&
    anchor.last === last['hash'] &&
    anchor.time >= String(last['time']) &&
    (before === undefined || anchor.time >= readAnchor(before['anchor'] as string).time) &&
    anchor.entries_root === rootOf(covered.map((entry) => entry['hash'] as string)) &&
    anchor.records_root === rootOf(records) &&
    anchor.records_size === records.length
  );
}

/** RFC 6962, 2.1, as it is written there. */
function rootOf(leaves: readonly string[]): string {
  if (leaves.length === 0) return createHash('sha256').digest('hex');
  if (leaves.length === 1) return leaves[0] as string;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** The leaves of the records tree (SPEC 6). */
function recordLeaves(tenant: string, covered: readonly Row[]): string[] {
  const touches = new Map<string, Buffer[]>();
  for (const row of covered) {
    const { seq, targets } = readEntry(row['entry'] as string);
    const position = Buffer.alloc(8);
    position.writeBigUInt64BE(BigInt(seq));
    for (const target of targets) {
      const key = recordKey(tenant, target);
      touches.set(key, [...(touches.get(key) ?? []), position, Buffer.from(row['hash'] as string, 'hex')]);
    }
  }
  return [...touches.entries()].toSorted().map(([key, parts]) => {
    const digest = createHash('sha256')
      .update(Buffer.concat([Buffer.of(4), ...parts]))
      .digest();
    return createHash('sha256')
      .update(Buffer.concat([Buffer.of(0), Buffer.from(key, 'hex'), digest]))
      .digest('hex');
  });
}

function isGoodHead(head: Row, entries: readonly Row[], anchors: readonly Row[]): boolean {
  const { seq, anchor_number } = head;
  const entry = entries[seq as number];
  const anchor = anchor_number === null ? undefined : anchors[anchor_number as number];
  return (
    entry !== undefined &&
    (anchor_number === null || anchor !== undefined) &&
    isRow(head, {
      tenant: entry['tenant'],
      seq: entry['seq'],
      hash: entry['hash'],
      time: entry['time'],
      anchor_number: anchor?.['number'] ?? null,
      anchor_hash: anchor?.['hash'] ?? null,
    })
  );
}

/** A hash that stands for nothing. */
export const NO_HASH = leafHash('nothing');
