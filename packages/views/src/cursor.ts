import { canonicalize, isPosition, leafHash, SealtrailError } from '@sealtrail/format';

/** What a cursor belongs to, shortened: a cursor of another search must not be taken for a place in this one. */
export function searchKey(tenant: string, filter: object, order: string): string {
  // Through JSON: a member that was given as undefined was not given.
  return leafHash(canonicalize(JSON.parse(JSON.stringify([tenant, filter, order])))).slice(0, 16);
}

/** An opaque text for the place after a position. */
export function encodeCursor(search: string, seq: number): string {
  return Buffer.from(`${search}.${seq}`).toString('base64url');
}

/**
 * The position that a page ended at.
 *
 * @throws SealtrailError `cursor_invalid` for what is no cursor, or one of another tenant, filter or order
 */
export function decodeCursor(search: string, cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, key = '', digits] = /^([0-9a-f]{16})\.(\d{1,16})$/.exec(text) ?? [];
  const seq = Number(digits);
  // Decoding forgives what encoding does not write.
  if (!isPosition(seq) || encodeCursor(key, seq) !== cursor)
    throw new SealtrailError('cursor_invalid', 'this is no cursor');
  if (key !== search)
    throw new SealtrailError('cursor_invalid', 'the cursor belongs to another tenant, filter or order');
  return seq;
}
