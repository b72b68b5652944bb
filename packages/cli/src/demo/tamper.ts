import { SealtrailError } from '@sealtrail/format';
import Database from 'libsql';
import { TAMPERED } from './day.ts';

/**
 * Changes one stored entry the way somebody with access to the file would: another approver, in the stored text itself.
 *
 * @returns the position that was changed
 */
export function tamper(path: string): number {
  const db = new Database(path);
  try {
    const [row] = db.prepare('SELECT seq, entry FROM entries WHERE id = ?').all(TAMPERED.id) as {
      seq: number;
      entry: string;
    }[];
    if (row === undefined) throw new SealtrailError('source_invalid', `${path} has no entry ${TAMPERED.id}`);
    const changed = row.entry.replace(`"id":"${TAMPERED.from}"`, `"id":"${TAMPERED.to}"`);
    db.prepare('UPDATE entries SET entry = ? WHERE id = ?').run(changed, TAMPERED.id);
    return row.seq;
  } finally {
    db.close();
  }
}
