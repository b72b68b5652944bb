import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

// The same four functions as ./node.ts, for browsers and every other runtime. Tests hold the two against each other.

/** SHA-256 of `prefix || UTF-8(text)`, in hex. */
export function sha256Text(prefix: number, text: string): string {
  return bytesToHex(sha256(concatBytes(Uint8Array.of(prefix), utf8ToBytes(text))));
}

/** SHA-256 of `prefix || bytes of hex || UTF-8(text)`, in hex. */
export function sha256HexText(prefix: number, hex: string, text: string): string {
  return bytesToHex(sha256(concatBytes(Uint8Array.of(prefix), hexToBytes(hex), utf8ToBytes(text))));
}

/** SHA-256 of `prefix || left || right` for two 32-byte hashes in hex. */
export function sha256Pair(prefix: number, left: string, right: string): string {
  return bytesToHex(sha256(concatBytes(Uint8Array.of(prefix), hexToBytes(left), hexToBytes(right))));
}

/** SHA-256 of bytes, in hex. */
export function sha256Bytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}
