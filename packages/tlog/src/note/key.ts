import { ed25519 } from '@noble/curves/ed25519.js';
import { hashBytes, SealtrailError } from '@sealtrail/format';
import { concat, fromBase64, fromHex, toBase64, toHex, utf8 } from '../bytes.ts';

/** Signature types of C2SP signed notes: Ed25519 of a log, timestamped Ed25519 of a witness. */
const KEY_TYPES = { log: 0x01, witness: 0x04 } as const;
/** Whose a key is. */
export type KeyRole = keyof typeof KEY_TYPES;

const KEY_BYTES = 32;
/** A name is part of a line and of a URL-like identity; nothing needs a longer one. */
const MAX_NAME = 256;
const MAX_KEY_TEXT = 1_024;
const SPACE_OR_PLUS = /[\s+\u0085]/u;

/** A public key as a verifier knows it. Name and id tell which signature lines are this key's. */
export interface NoteKey {
  readonly name: string;
  readonly role: KeyRole;
  /** 8 hex digits: the first four bytes of `SHA-256(name || 0A || type || public key)`. */
  readonly id: string;
  readonly publicKey: Uint8Array;
}

/** Something that can sign: a key file, or a key management service that never gives its key away. */
export interface Signer {
  readonly key: NoteKey;
  /** The 64-byte Ed25519 signature (RFC 8032) of the message. */
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Whether a text can be the name of a key: not empty, no Unicode space, no plus, no control character. */
export function isKeyName(name: string): boolean {
  if (name === '' || name.length > MAX_NAME || SPACE_OR_PLUS.test(name)) return false;
  for (const char of name) if (char < ' ' || char === '\u007f') return false;
  return name.isWellFormed();
}

/** A public key with its name and the id that follows from both. @throws SealtrailError `key_invalid` */
export function noteKey(name: string, role: KeyRole, publicKey: Uint8Array): NoteKey {
  if (!isKeyName(name)) throw invalid('a key’s name has no spaces and no plus');
  if (publicKey.length !== KEY_BYTES) throw invalid('an Ed25519 public key is 32 bytes');
  const id = hashBytes(concat(utf8(`${name}\n`), typed(role, publicKey))).slice(0, 8);
  return { name, role, id, publicKey };
}

/** The verifier key, C2SP's text form of a public key: `name+id+base64(type || public key)`. */
export function encodeVkey({ name, role, id, publicKey }: NoteKey): string {
  return `${name}+${id}+${toBase64(typed(role, publicKey))}`;
}

/**
 * Reads a verifier key.
 *
 * @throws SealtrailError `key_invalid`, also for a type of key that is neither a log's nor a witness's
 */
export function readVkey(text: string): NoteKey {
  if (text.startsWith(PRIVATE))
    throw invalid('this is a private key, which nobody needs to verify: give the public one');
  const [name = '', id = '', encoded = '', ...more] = text.length > MAX_KEY_TEXT ? [] : text.split('+');
  // Standard base64 may hold a plus itself.
  const bytes = fromBase64([encoded, ...more].join('+'), 'key_invalid');
  const role = roleOf(bytes);
  if (role === undefined) throw invalid('the text is no verifier key of Ed25519');
  const key = noteKey(name, role, bytes.slice(1));
  if (key.id !== id) throw invalid('the id in the verifier key is not that of its name and key');
  return key;
}

const PRIVATE = 'PRIVATE+KEY+';

/** A private key in text form, as Go's note package writes it: keep it secret. */
function encodePrivateKey({ name, role, id }: NoteKey, seed: Uint8Array): string {
  return `${PRIVATE}${name}+${id}+${toBase64(concat(Uint8Array.of(KEY_TYPES[role]), seed))}`;
}

/**
 * The signer of a private key in text form.
 *
 * @throws SealtrailError `key_invalid`; the message never holds the key
 */
export function signerOf(text: string): Signer {
  const [word1, word2, name = '', id = '', ...encoded] = text.length > MAX_KEY_TEXT ? [] : text.split('+');
  if (word1 !== 'PRIVATE' || word2 !== 'KEY') throw invalid('the text is no private key');
  const bytes = fromBase64(encoded.join('+'), 'key_invalid');
  const role = roleOf(bytes);
  if (role === undefined || bytes.length !== KEY_BYTES + 1)
    throw invalid('the text is no private Ed25519 key');
  const seed = bytes.slice(1);
  const key = noteKey(name, role, ed25519.getPublicKey(seed));
  if (key.id !== id) throw invalid('the id in the private key is not that of its name and key');
  return { key, sign: async (message) => ed25519.sign(message, seed) };
}

/** A new private key in text form, of 32 random bytes that the caller brings, and its public part. */
export function newKey(
  name: string,
  role: KeyRole,
  seed: Uint8Array,
): { readonly key: NoteKey; readonly privateKey: string } {
  const key = noteKey(name, role, ed25519.getPublicKey(seed));
  return { key, privateKey: encodePrivateKey(key, seed) };
}

/** Strict RFC 8032 verification; never throws. */
export function verifySignature(key: NoteKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key.publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/** The four bytes of an id. */
export function keyIdBytes(id: string): Uint8Array {
  return fromHex(id);
}

/** The id that the first four bytes of a signature line say. */
export function keyIdOf(signature: Uint8Array): string {
  return toHex(signature.subarray(0, 4));
}

/** Whose keys begin with the type that these bytes begin with. */
function roleOf([type]: Uint8Array): KeyRole | undefined {
  return (Object.keys(KEY_TYPES) as KeyRole[]).find((role) => KEY_TYPES[role] === type);
}

function typed(role: KeyRole, publicKey: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(KEY_TYPES[role]), publicKey);
}

function invalid(why: string): SealtrailError {
  return new SealtrailError('key_invalid', why);
}
