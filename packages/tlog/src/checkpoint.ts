import { type Hash, SealtrailError } from '@sealtrail/format';
import { fromDecimal, hashFromBase64, hashToBase64, utf8 } from './bytes.ts';
import { isKeyName, type NoteKey, type Signer, verifySignature } from './note/key.ts';
import { encodeNote, isSignatureOf, type Note, readNote } from './note/note.ts';

/** What a log says of itself at one moment (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Which log it is. The name of the keys that sign for it. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** RFC 6962 root over them. */
  readonly root: Hash;
}

/** A checkpoint with the signatures on it that were verified. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
  /** Keys of the log whose signatures are on it: at least one. */
  readonly signedBy: readonly NoteKey[];
}

/** The text that is signed. */
export function encodeCheckpoint({ origin, size, root }: Checkpoint): string {
  if (!isKeyName(origin)) throw malformed('its origin has spaces or a plus');
  return `${origin}\n${size}\n${hashToBase64(root)}\n`;
}

/**
 * Reads the text of a checkpoint. Extension lines, which the specification discourages, are refused: nobody could say what
 * they mean.
 *
 * @throws SealtrailError `checkpoint_malformed`
 */
export function readCheckpointText(text: string): Checkpoint {
  const [origin = '', size = '', root = '', end, ...more] = text.split('\n');
  if (!isKeyName(origin) || end !== '' || more.length > 0) throw malformed('it is not origin, size and root');
  return {
    origin,
    size: fromDecimal(size, 'checkpoint_malformed'),
    root: hashFromBase64(root, 'checkpoint_malformed'),
  };
}

/**
 * Opens a signed checkpoint with the keys that are trusted for its log. Signatures of keys that are not given are ignored;
 * one that says it is of a given key and does not verify rejects the note.
 *
 * @throws SealtrailError `note_malformed`, `checkpoint_malformed`; `note_unverified` when no key that is trusted for the
 *   origin has signed, or a signature is wrong
 */
export function openCheckpoint(text: string, keys: readonly NoteKey[]): SignedCheckpoint {
  const note = readNote(text);
  const checkpoint = readCheckpointText(note.text);
  const message = utf8(note.text);
  const trusted = keys.filter((key) => key.role === 'log' && key.name === checkpoint.origin);
  const signedBy = trusted.filter((key) => {
    const own = note.signatures.filter((signature) => isSignatureOf(signature, key));
    for (const { bytes } of own) {
      if (!verifySignature(key, message, bytes)) {
        throw new SealtrailError('note_unverified', `the signature of ${key.name} ${key.id} is wrong`);
      }
    }
    return own.length > 0;
  });
  if (signedBy.length === 0) {
    throw new SealtrailError(
      'note_unverified',
      `the checkpoint of ${checkpoint.origin} carries no signature of a trusted key`,
    );
  }
  return { ...checkpoint, note, signedBy };
}

/** A checkpoint signed by each signer: several during a change of keys. */
export async function signCheckpoint(checkpoint: Checkpoint, signers: readonly Signer[]): Promise<string> {
  const text = encodeCheckpoint(checkpoint);
  const message = utf8(text);
  const signatures = await Promise.all(
    signers.map(async ({ key, sign }) => ({ name: key.name, id: key.id, bytes: await sign(message) })),
  );
  return encodeNote({ text, signatures });
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('checkpoint_malformed', `the text is no checkpoint: ${why}`);
}
