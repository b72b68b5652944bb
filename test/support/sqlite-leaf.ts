import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'libsql';

// An index of one page, as its bytes: SQLite believes the order in which its keys stand.

const INDEX_LEAF = 10;

/**
 * Puts the keys of an index into another order.
 *
 * @param order given the keys, each as the text of its columns' bytes; gives them in their new order
 */
export function reorderLeaf(path: string, index: string, order: (keys: string[]) => readonly string[]): void {
  const db = new Database(path);
  const [part] = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').all(index) as {
    rootpage: number;
  }[];
  // All of it into the file itself.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  const bytes = readFileSync(path);
  const base = ((part?.rootpage ?? 0) - 1) * bytes.readUInt16BE(16);
  if (bytes[base] !== INDEX_LEAF) throw new Error(`${index} has more than one page`);
  const cells = new Map<string, number>();
  const count = bytes.readUInt16BE(base + 3);
  for (let i = 0; i < count; i++) {
    const cell = bytes.readUInt16BE(base + 8 + 2 * i);
    const at = base + cell;
    cells.set(bytes.toString('latin1', at + 1, at + 1 + (bytes[at] as number)), cell);
  }
  for (const [i, key] of order([...cells.keys()]).entries())
    bytes.writeUInt16BE(cells.get(key) as number, base + 8 + 2 * i);
  writeFileSync(path, bytes);
}
