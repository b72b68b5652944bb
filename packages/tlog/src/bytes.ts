import { base64 } from '@scure/base';
import { type ErrorCode, type Hash, SealtrailError } from '@sealtrail/format';

const HASH_BYTES = 32;
const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** Standard base64 with padding (RFC 4648, section 4); there is one text for each sequence of bytes. */
export function fromBase64(text: string, code: ErrorCode): Uint8Array {
  try {
    return base64.decode(text);
  } catch (cause) {
    throw new SealtrailError(code, 'the text is not base64', {}, { cause });
  }
}

export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

/** Bytes of lower-case hex of even length, which the caller has checked. */
export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hashToBase64(hash: Hash): string {
  return toBase64(fromHex(hash));
}

/** A hash of 32 bytes from base64. */
export function hashFromBase64(text: string, code: ErrorCode): Hash {
  // 44 characters are 32 bytes; a longer text is not worth decoding.
  const bytes = text.length === 44 ? fromBase64(text, code) : new Uint8Array();
  if (bytes.length !== HASH_BYTES) throw new SealtrailError(code, 'a hash is 32 bytes in base64');
  return toHex(bytes);
}

const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;

/** A number in decimal without leading zeros, up to 2^53 - 1. */
export function fromDecimal(text: string, code: ErrorCode): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value))
    throw new SealtrailError(code, 'a number is decimal, without leading zeros');
  return value;
}
