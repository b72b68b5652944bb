import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'libsql';

const LEVELS = 14;
const INTERIOR = [2, 5];

/**
 * Makes a table or an index of more than one page one without an end: each page of the new levels leads to the same next one, so that
 * their number of rows is that of the pages below one to the power of the levels.
 *
 * @returns another file: whoever has the first one open knows how many pages it has
 */
export function makeEndless(path: string, name: string): string {
  const db = new Database(path);
  const [part] = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').all(name) as {
    rootpage: number;
  }[];
  // All of it into the file itself.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  const bytes = readFileSync(path);
  const size = bytes.readUInt16BE(16);
  const base = ((part?.rootpage ?? 0) - 1) * size;
  if (!INTERIOR.includes(bytes[base] as number)) throw new Error(`${name} has one page only`);
  const pages = bytes.length / size;
  const root = bytes.subarray(base, base + size);
  const first = root.readUInt32BE(root.readUInt16BE(12));
  const levels = Array.from({ length: LEVELS }, (_, i) => leadingTo(root, i === 0 ? first : pages + i));
  leadingTo(root, pages + LEVELS).copy(bytes, base);
  const all = Buffer.concat([bytes, ...levels]);
  all.writeUInt32BE(pages + LEVELS, 28);
  writeFileSync(`${path}.endless`, all);
  return `${path}.endless`;
}

/** A page like this one, all of whose children are one. */
function leadingTo(page: Buffer, child: number): Buffer {
  const copy = Buffer.from(page);
  copy.writeUInt32BE(child, 8);
  for (let i = 0; i < copy.readUInt16BE(3); i++) copy.writeUInt32BE(child, copy.readUInt16BE(12 + 2 * i));
  return copy;
}
