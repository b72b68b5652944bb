import { encodeNote, noteKey, openCheckpoint, readNote, readVkey } from '@sealtrail/tlog';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { known } from './vectors.ts';

const { note, text } = known.checkpoint;
const log = readVkey(known.log.vkey);

/** The order of the group (RFC 8032, 5.1). */
const L = (1n << 252n) + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

function bytesOf(number: bigint): Buffer {
  return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
}

// What SPEC 14.1 calls strict: in these implementations differ, and one that takes them takes a checkpoint that others refuse.
describe('a signature', () => {
  it('has one S: it plus the order of the group, which fits the bytes as well, is refused', async () => {
    const { signatures } = readNote(note);
    const raised = (by: bigint) =>
      encodeNote({
        text,
        signatures: signatures.map(({ bytes, ...one }) => ({
          ...one,
          bytes: Buffer.concat([bytes.slice(0, 32), bytesOf(numberOf(bytes.slice(32)) + by)]),
        })),
      });
    expect(openCheckpoint(raised(0n), [log]).signedBy).toEqual([log]);
    expect(await codeOf(() => openCheckpoint(raised(L), [log]))).toBe('note_unverified');
  });

  it('of a key of small order, which anybody can make for any text, is refused', async () => {
    // The neutral point, as key and as R, with an S of 0: the equation holds whatever is signed.
    const neutral = Uint8Array.of(1, ...new Uint8Array(31));
    const key = noteKey(log.name, 'log', neutral);
    const bytes = Buffer.concat([neutral, new Uint8Array(32)]);
    const signed = encodeNote({ text, signatures: [{ name: key.name, id: key.id, bytes }] });
    expect(await codeOf(() => openCheckpoint(signed, [key]))).toBe('note_unverified');
  });
});
