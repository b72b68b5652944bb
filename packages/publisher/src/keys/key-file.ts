import { randomBytes } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { SealtrailError } from '@sealtrail/format';
import { type KeyRole, type NoteKey, newKey, type Signer, signerOf } from '@sealtrail/tlog';

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/**
 * Makes a new Ed25519 key in a file that only its owner may read. Never overwrites one.
 *
 * @throws SealtrailError `key_invalid` for a name that cannot be a key's, or a file that is there
 */
export async function createKeyFile(path: string, name: string, role: KeyRole): Promise<NoteKey> {
  const { key, privateKey } = newKey(name, role, randomBytes(32));
  try {
    const file = await open(path, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(`${privateKey}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const there = Object(cause).code === 'EEXIST';
    const why = there ? 'is there already, and a key is never overwritten' : 'cannot be written';
    throw new SealtrailError('key_invalid', `${path} ${why}`, {}, { cause });
  }
  return key;
}

/**
 * The signer of a key file.
 *
 * @throws SealtrailError `key_invalid`, also for a file that others than its owner may read
 */
export async function openKeyFile(path: string): Promise<Signer> {
  // In an error it would be in whatever logs are kept of it.
  if (path.includes('PRIVATE+KEY+'))
    throw new SealtrailError('key_invalid', 'this is a private key, and not the path of its file');
  let text: string;
  try {
    const { mode } = await stat(path);
    // Windows has no such bits; there the folder's access list is what counts.
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new SealtrailError('key_invalid', `${path} may be read by others than its owner: chmod 600 it`);
    }
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof SealtrailError) throw cause;
    throw new SealtrailError('key_invalid', `cannot read ${path}`, {}, { cause });
  }
  return signerOf(text.trimEnd());
}
