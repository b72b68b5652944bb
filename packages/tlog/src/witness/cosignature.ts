import { SealtrailError } from '@sealtrail/format';
import { concat, utf8 } from '../bytes.ts';
import { type NoteKey, type Signer, verifySignature } from '../note/key.ts';
import { isSignatureOf, type Note, type NoteSignature } from '../note/note.ts';

// C2SP tlog-cosignature, Ed25519: u64 time || signature.

const TIME_BYTES = 8;
/** The end of the year 9999, as for entries. A later time is none that could be told. */
const LAST_TIME = 253_402_300_799;

/** That a witness saw a checkpoint, consistent with all it saw before, at a time of the witness's clock. */
export interface Cosignature {
  readonly key: NoteKey;
  /** Seconds since 1970. */
  readonly time: number;
}

/** The witness's signature over a checkpoint's text, with its own time in seconds. */
export async function cosign(text: string, signer: Signer, time: number): Promise<NoteSignature> {
  const { name, id } = signer.key;
  return { name, id, bytes: concat(timeBytes(time), await signer.sign(message(text, time))) };
}

/**
 * The cosignatures of known witnesses on a note. Unknown ones are ignored.
 *
 * @throws SealtrailError `note_unverified` when one that says it is of a known witness is wrong
 */
export function cosignaturesOf(note: Note, witnesses: readonly NoteKey[]): Cosignature[] {
  return witnesses
    .filter((key) => key.role === 'witness')
    .flatMap((key) => {
      const times = note.signatures
        .filter((signature) => isSignatureOf(signature, key))
        .map((signature) => verified(note.text, key, signature));
      // Of several by one witness the earliest says most: since when it stood by this checkpoint.
      return times.length === 0 ? [] : [{ key, time: Math.min(...times) }];
    });
}

function verified(text: string, key: NoteKey, { bytes }: NoteSignature): number {
  const time = bytes.length === TIME_BYTES + 64 ? readTime(bytes) : Number.NaN;
  if (!(time <= LAST_TIME) || !verifySignature(key, message(text, time), bytes.slice(TIME_BYTES))) {
    throw new SealtrailError('note_unverified', `the cosignature of ${key.name} ${key.id} is wrong`);
  }
  return time;
}

function message(text: string, time: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${text}`);
}

function timeBytes(time: number): Uint8Array {
  const bytes = new Uint8Array(TIME_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time));
  return bytes;
}

function readTime(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
}
