import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'libsql';

const LEVELS = 14;
const INTERIOR = [2, 5];
/** The first page begins with the file's own header. */
const FILE_HEADER = 100;

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
  const number = name === 'sqlite_schema' ? 1 : (part?.rootpage ?? 0);
  const root = bytes.subarray((number - 1) * size, number * size);
  const at = number === 1 ? FILE_HEADER : 0;
  if (!INTERIOR.includes(root[at] as number)) throw new Error(`${name} has one page only`);
  const pages = bytes.length / size;
  const first = root.readUInt32BE(root.readUInt16BE(at + 12));
  const page = Buffer.from(root);
  // Cells stand where they stand, whatever is before the list of them.
  root.copy(page, 0, at, at + 12 + 2 * root.readUInt16BE(at + 3));
  const levels = Array.from({ length: LEVELS }, (_, i) => leadingTo(page, 0, i === 0 ? first : pages + i));
  leadingTo(root, at, pages + LEVELS).copy(root);
  const all = Buffer.concat([bytes, ...levels]);
  all.writeUInt32BE(pages + LEVELS, 28);
  writeFileSync(`${path}.endless`, all);
  return `${path}.endless`;
}

/** A page like this one, all of whose children are one. @param at where its header is */
function leadingTo(page: Buffer, at: number, child: number): Buffer {
  const copy = Buffer.from(page);
  copy.writeUInt32BE(child, at + 8);
  for (let i = 0; i < copy.readUInt16BE(at + 3); i++)
    copy.writeUInt32BE(child, copy.readUInt16BE(at + 12 + 2 * i));
  return copy;
}
