import { hash } from 'node:crypto';

// One buffer for the whole process: it is filled and hashed without leaving the call, so nobody else sees it half full.
// Allocating a Buffer for each input costs as much as the hash itself.
const SCRATCH_BYTES = 1 << 17;
const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
const pair = Buffer.allocUnsafeSlow(65);

/** SHA-256 of `prefix || UTF-8(text)`, in hex. */
export function sha256Text(prefix: number, text: string): string {
  if (text.length * 3 + 1 > SCRATCH_BYTES) {
    return hash('sha256', Buffer.concat([Buffer.of(prefix), Buffer.from(text, 'utf8')]), 'hex');
  }
  scratch[0] = prefix;
  const length = scratch.write(text, 1);
  return hash('sha256', scratch.subarray(0, length + 1), 'hex');
}

/** SHA-256 of `prefix || bytes of hex || UTF-8(text)`, in hex. */
export function sha256HexText(prefix: number, hex: string, text: string): string {
  const head = 1 + hex.length / 2;
  if (text.length * 3 + head > SCRATCH_BYTES) {
    return hash(
      'sha256',
      Buffer.concat([Buffer.of(prefix), Buffer.from(hex, 'hex'), Buffer.from(text, 'utf8')]),
      'hex',
    );
  }
  scratch[0] = prefix;
  scratch.write(hex, 1, 'hex');
  const length = scratch.write(text, head);
  return hash('sha256', scratch.subarray(0, head + length), 'hex');
}

/** SHA-256 of `prefix || left || right` for two 32-byte hashes in hex. */
export function sha256Pair(prefix: number, left: string, right: string): string {
  pair[0] = prefix;
  // One call for both costs half of two.
  pair.write(left + right, 1, 64, 'hex');
  return hash('sha256', pair, 'hex');
}

/** SHA-256 of bytes, in hex. */
export function sha256Bytes(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
