import { sha256Bytes, sha256HexText, sha256Pair, sha256Text } from '#sha256';

/** A SHA-256 hash as 64 lower-case hex digits. */
export type Hash = string;

/** `prev` of the first entry and of the first anchor. */
export const ZERO_HASH: Hash = '0'.repeat(64);

const HASH = /^[0-9a-f]{64}$/;

/** Whether a value is a {@link Hash}. */
export function isHash(value: unknown): value is Hash {
  return typeof value === 'string' && value.length === 64 && HASH.test(value);
}

/** `SHA-256(00 || UTF-8(text))`: the hash of an entry or anchor, and its RFC 6962 leaf hash. */
export function leafHash(text: string): Hash {
  return sha256Text(0x00, text);
}

/** `SHA-256(01 || left || right)`: an inner node (RFC 6962, 2.1). */
export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256Pair(0x01, left, right);
}

/** `SHA-256(02 || salt || UTF-8(text))`: the commitment to a sealed value. */
export function commitmentHash(saltHex: string, text: string): Hash {
  return sha256HexText(0x02, saltHex, text);
}

/** `SHA-256(03 || UTF-8(text))`: the key of a record. */
export function recordKeyHash(text: string): Hash {
  return sha256Text(0x03, text);
}

/** `SHA-256(00 || key || digest)`: a leaf of the records tree. */
export function recordLeafHash(key: Hash, digest: Hash): Hash {
  return sha256Pair(0x00, key, digest);
}

/** `SHA-256(04 || bytes of hex)`: the touch digest. */
export function touchesHash(hex: string): Hash {
  return sha256HexText(0x04, hex, '');
}

/** `SHA-256(05 || UTF-8(text))`: the key of a tenant in a directory. */
export function tenantKeyHash(text: string): Hash {
  return sha256Text(0x05, text);
}

/** `SHA-256(00 || bytes of hex)`: a leaf that is no text. */
export function leafBytesHash(hex: string): Hash {
  return sha256HexText(0x00, hex, '');
}

/** A number as the hashes take it: eight bytes, the highest first, in hex. */
export function u64(n: number): string {
  return n.toString(16).padStart(16, '0');
}

/** SHA-256 of bytes that carry their own prefix. */
export function hashBytes(bytes: Uint8Array): Hash {
  return sha256Bytes(bytes);
}
