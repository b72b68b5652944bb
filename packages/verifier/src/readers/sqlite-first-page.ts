import { existsSync } from 'node:fs';
import { firstBytes, isInUse } from '../location.ts';

// https://www.sqlite.org/fileformat2.html: 1.3 (the file's header), 1.6 (pages of a tree), 2.6 (the schema).

const LARGEST_PAGE = 65_536;
const FILE_HEADER = 100;
const PAGE_HEADER = 8;
const TABLE_LEAF = 0x0d;
const UTF_8 = 1;
/** What a cell of a leaf has of its page at most, before its payload goes on in other pages: that much less than the page. */
const NOT_PAYLOAD = 35;

/**
 * Whether a file is at rest, with all of its schema on its first page and no statistics: then nothing that SQLite reads when it opens it
 * can lead anywhere. False also for what is no such file.
 */
export function isPlainSqlite(path: string): boolean {
  // What stands beside it is read as well.
  if (isInUse(path) || existsSync(`${path}-journal`)) return false;
  const page = firstPage(path);
  if (page === undefined || page.readUInt32BE(56) !== UTF_8 || page[FILE_HEADER] !== TABLE_LEAF) return false;
  // SQLite takes no other name for that of statistics, and in whichever case.
  return cellsAreWhole(page) && !/sqlite_stat/i.test(page.toString('latin1'));
}

function firstPage(path: string): Buffer | undefined {
  let bytes: Buffer;
  try {
    bytes = firstBytes(path, LARGEST_PAGE);
  } catch {
    // Who opens it learns why.
    return undefined;
  }
  if (bytes.length < FILE_HEADER) return undefined;
  const stated = bytes.readUInt16BE(16);
  const size = stated === 1 ? LARGEST_PAGE : stated;
  return size >= 512 && size <= bytes.length ? bytes.subarray(0, size) : undefined;
}

function cellsAreWhole(page: Buffer): boolean {
  const most = page.length - (page[20] as number) - NOT_PAYLOAD;
  const cells = page.readUInt16BE(FILE_HEADER + 3);
  const list = FILE_HEADER + PAGE_HEADER;
  if (list + 2 * cells > page.length) return false;
  for (let i = 0; i < cells; i++) {
    const at = page.readUInt16BE(list + 2 * i);
    // One or two bytes, seven bits in each: more are more than a page has room for, but for the largest ones.
    const [first = 0xff, second = 0xff] = page.subarray(at, at + 2);
    const payload =
      first < 0x80 ? first : second < 0x80 ? ((first & 0x7f) << 7) | second : Number.POSITIVE_INFINITY;
    if (payload > most) return false;
  }
  return true;
}
