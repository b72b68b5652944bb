import { SealtrailError } from '@sealtrail/format';
import { concat, fromBase64, toBase64 } from '../bytes.ts';
import { isKeyName, keyIdBytes, keyIdOf, type NoteKey } from './key.ts';

// C2SP signed-note: a text, an empty line, and signature lines.

/** The specification asks to take at least 16; a checkpoint with more witnesses than this is not one of ours. */
const MAX_SIGNATURES = 100;
/** In UTF-16 units. Room for the text of a checkpoint and many post-quantum signatures of others. */
const MAX_NOTE = 1_000_000;
const SIGNATURE_LINE = /^— (\S+) ([A-Za-z0-9+/=]+)$/u;

/** One signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  /** What follows the key id. */
  readonly bytes: Uint8Array;
}

/** A note as it stands, nothing verified. */
export interface Note {
  /** What is signed: it ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/**
 * Takes a note apart.
 *
 * @throws SealtrailError `note_malformed`
 */
export function readNote(note: string): Note {
  if (note.length > MAX_NOTE) throw malformed(`it is longer than ${MAX_NOTE} characters`);
  if (!note.isWellFormed()) throw malformed('it is not Unicode text');
  for (let i = 0; i < note.length; i++) {
    if (note.charCodeAt(i) < 0x20 && note[i] !== '\n') throw malformed('it holds a control character');
  }
  const end = note.lastIndexOf('\n\n');
  if (end === -1) throw malformed('no empty line stands before the signatures');
  return { text: note.slice(0, end + 1), signatures: readSignatureLines(note.slice(end + 2)) };
}

/**
 * Reads signature lines, at least one, each with its line end.
 *
 * @throws SealtrailError `note_malformed`
 */
export function readSignatureLines(text: string): NoteSignature[] {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0) throw malformed('it does not end in signature lines');
  if (lines.length > MAX_SIGNATURES) throw malformed(`it has more than ${MAX_SIGNATURES} signatures`);
  return lines.map((line) => {
    const [, name = '', encoded = ''] = SIGNATURE_LINE.exec(line) ?? [];
    if (!isKeyName(name)) throw malformed('a signature line is not of the form “— name base64”');
    const bytes = fromBase64(encoded, 'note_malformed');
    if (bytes.length <= 4) throw malformed('a signature is shorter than its key id');
    return { name, id: keyIdOf(bytes), bytes: bytes.slice(4) };
  });
}

/** The line of a signature, with its line end. */
export function encodeSignatureLine({ name, id, bytes }: NoteSignature): string {
  return `— ${name} ${toBase64(concat(keyIdBytes(id), bytes))}\n`;
}

/** A note from a text that ends in a newline, and its signatures. */
export function encodeNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(encodeSignatureLine).join('')}`;
}

/** Whether a signature line says that it is of this key, or of the key of this other line. */
export function isSignatureOf(signature: NoteSignature, key: Pick<NoteKey, 'name' | 'id'>): boolean {
  return signature.name === key.name && signature.id === key.id;
}

function malformed(why: string): SealtrailError {
  return new SealtrailError('note_malformed', `the text is no signed note: ${why}`);
}
