import type { Finding } from '@sealtrail/format';

/** @param seq where the last entry of that id stands, if that is a position */
export function repeatedId(seq: unknown): Finding {
  const position = typeof seq === 'number' && seq >= 0 ? seq : null;
  const entry = position === null ? 'an entry' : `entry ${position}`;
  const message = `${entry} has the id of another one, and no unique index is there that keeps ids apart`;
  return { code: 'index_mismatch', position, message };
}
