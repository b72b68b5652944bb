import { open, stat } from 'node:fs/promises';
import { SealtrailError } from '@sealtrail/format';

/** What SQLite puts beside a database. */
const BESIDE = /-(wal|shm|journal)$/;
const DATABASE = 'SQLite format 3\0';
const PRIVATE_KEY = 'PRIVATE+KEY+';

/**
 * Whether a file may be replaced by what a command writes. A name completed by mistake must not cost a log, or the only copy of a
 * key; and what is no file, such as a device or a pipe, would be one afterwards.
 *
 * @throws SealtrailError `config_invalid`
 */
export async function refuseToReplace(path: string): Promise<void> {
  if ((await isFile(path)) === false) throw refused(path, 'is no file, and would be replaced by one');
  if ((await begins(path, DATABASE)) || (await begins(path.replace(BESIDE, ''), DATABASE))) {
    throw refused(path, 'belongs to a database, which is never replaced');
  }
  if (await begins(path, PRIVATE_KEY)) throw refused(path, 'is a key, which is never replaced');
}

/** Undefined when nothing is there. */
async function isFile(path: string): Promise<boolean | undefined> {
  return (await stat(path).catch(() => undefined))?.isFile();
}

/** What cannot be read is for the writing to find out about. */
async function begins(path: string, text: string): Promise<boolean> {
  // To open a pipe would wait for whoever writes to it.
  if (!(await isFile(path))) return false;
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(text.length), 0, text.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === text;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

function refused(path: string, why: string): SealtrailError {
  return new SealtrailError('config_invalid', `${path} ${why}: name another file`);
}
