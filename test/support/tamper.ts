import { anchorHash, canonicalize, entryHash } from '@sealtrail/format';
import { anchorOver, anchorRow, type Row, type StoredLog } from './memory-log.ts';

// What somebody with write access to the tables can do, one step at a time.

/** A parsed text, free to be changed in any way. */
export type Loose = Record<string, unknown>;

/** The stored row at a position; by its place if the log is untouched. */
export function rowAt(log: StoredLog, seq: number): Row {
  const row = log.entries.find((one) => one['seq'] === seq);
  if (row === undefined) throw new Error(`no row at ${seq}`);
  return row;
}

/**
 * Changes the text of an entry.
 *
 * @param follow what is brought in line with it: nothing, the hash column, or every column
 */
export function editEntry(
  log: StoredLog,
  seq: number,
  change: (entry: Loose) => void,
  follow: 'nothing' | 'hash' | 'columns' = 'columns',
): void {
  const row = rowAt(log, seq);
  const entry = JSON.parse(String(row['entry'])) as Loose;
  change(entry);
  setText(row, canonicalize(entry, 1_000), follow);
  if (follow !== 'columns') return;
  for (const column of ['tenant', 'seq', 'id', 'type', 'time']) {
    if (typeof entry[column] === typeof row[column]) row[column] = entry[column];
  }
}

/** Puts any text in the place of an entry. */
export function setText(row: Row, text: string, follow: 'nothing' | 'hash' | 'columns' = 'hash'): void {
  row['entry'] = text;
  if (follow !== 'nothing') row['hash'] = entryHash(text);
}

/** Links every entry from a position on to the one stored before it, and hashes it anew. */
export function relink(log: StoredLog, from: number): void {
  for (const [i, row] of log.entries.entries()) {
    const before = log.entries[i - 1];
    if (before === undefined || Number(row['seq']) < from) continue;
    editEntry({ ...log, entries: [row] }, Number(row['seq']), (entry) => {
      entry['prev'] = before['hash'];
    });
  }
}

/** Moves the positions of all entries from an index on, texts included. */
export function renumber(log: StoredLog, index: number, by: number): void {
  for (const row of log.entries.slice(index)) {
    editEntry({ ...log, entries: [row] }, Number(row['seq']), (entry) => {
      entry['seq'] = Number(entry['seq']) + by;
      entry['id'] = entry['id'] === 'genesis' ? 'genesis' : `evt-${entry['seq']}`;
    });
  }
}

/** Removes entries. */
export function removeEntries(log: StoredLog, ...positions: readonly number[]): void {
  log.entries = log.entries.filter((row) => !positions.includes(Number(row['seq'])));
}

/** Changes the text of an anchor; hash and columns follow unless told otherwise. */
export function editAnchor(
  log: StoredLog,
  number: number,
  change: (anchor: Loose) => void,
  follow: 'nothing' | 'hash' | 'columns' = 'columns',
): void {
  const row = log.anchors[number] as Row;
  const anchor = JSON.parse(String(row['anchor'])) as Loose;
  change(anchor);
  row['anchor'] = canonicalize(anchor);
  if (follow !== 'nothing') row['hash'] = anchorHash(String(row['anchor']));
  if (follow !== 'columns') return;
  row['tenant'] = anchor['tenant'];
  row['number'] = anchor['number'];
  row['from_seq'] = anchor['from'];
  row['to_seq'] = anchor['to'];
}

/** Makes the anchors from a number on again, over what is stored now. */
export function reanchor(log: StoredLog, from = 0): void {
  for (const [number, row] of log.anchors.entries()) {
    if (number < from) continue;
    log.anchors[number] = anchorRow(anchorOver(log, Number(row['from_seq']), Number(row['to_seq']), number));
  }
}

/** Another hash that looks as good. */
export function otherHash(hash: unknown): string {
  const text = String(hash);
  return `${text.startsWith('0') ? '1' : '0'}${text.slice(1)}`;
}
