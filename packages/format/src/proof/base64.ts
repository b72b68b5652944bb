import { SealtrailError } from '../errors.ts';
import type { Hash } from '../hash.ts';

const HASH_BYTES = 32;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Hashes one after the other, in base64: a third shorter than hex. */
export function packHashes(hashes: readonly Hash[]): string {
  const bytes = hashes.join('').replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)));
  return btoa(bytes);
}

/**
 * Reads what {@link packHashes} gives; there is one text for each list.
 *
 * @throws SealtrailError `proof_malformed`
 */
export function unpackHashes(text: string): Hash[] {
  if (!isPackedHashes(text)) throw malformed();
  const bytes = atob(text);
  let hex = '';
  for (let i = 0; i < bytes.length; i++) hex += bytes.charCodeAt(i).toString(16).padStart(2, '0');
  return hex.match(/.{64}/g) ?? [];
}

/** Whether a text is what {@link packHashes} gives for some list. */
export function isPackedHashes(text: string): boolean {
  if (!BASE64.test(text)) return false;
  const bytes = atob(text);
  // The last character of base64 can hold bits that mean nothing.
  return bytes.length % HASH_BYTES === 0 && btoa(bytes) === text;
}

function malformed(): SealtrailError {
  return new SealtrailError('proof_malformed', 'hashes in a proof are 32 bytes each, in base64');
}
