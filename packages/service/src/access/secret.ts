import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** `st_` for tokens, `ss_` for sessions. */
type Kind = 'st' | 'ss';

const SECRET = /^(st|ss)_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** A new secret: a public id to find it by, and 256 random bits, of which only the hash is stored. */
export function newSecret(kind: Kind): { readonly id: string; readonly hash: string; readonly text: string } {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { id, hash: hashOf(secret), text: `${kind}_${id}_${secret}` };
}

/** Reads a secret that somebody sent; undefined for anything that is none. */
export function readSecret(
  kind: Kind,
  text: string,
): { readonly id: string; readonly hash: string } | undefined {
  const [, found, id = '', secret = ''] = SECRET.exec(text) ?? [];
  return found === kind ? { id, hash: hashOf(secret) } : undefined;
}

/** Compares two hashes in a time that does not depend on where they differ. */
export function isSameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}

// Fast on purpose: slow hashes are for what people make up, and nobody guesses 256 random bits.
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
