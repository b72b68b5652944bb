import { mkdir, open, readdir, readFile, realpath, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { syncFolder } from '@sealtrail/store';

/**
 * Makes the folder, or checks the one that is there: who can put a file into it writes into the log.
 *
 * @returns its path without links, so that one which is changed later leads nowhere else
 * @throws SealtrailError `config_invalid` when others own it or may write to it
 */
export async function ownFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const real = await realpath(path);
  const { mode, uid } = await stat(real);
  // Windows has neither.
  const own = process.getuid === undefined || uid === process.getuid();
  if (process.platform !== 'win32' && (!own || (mode & 0o022) !== 0)) {
    throw new SealtrailError(
      'config_invalid',
      `the spool ${path} has to belong to this process's user, and nobody else may write to it (mode 0700)`,
    );
  }
  return real;
}

/** Names in a folder with an ending. */
export async function namesIn(folder: string, ending: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(ending));
}

/** Text of a file; undefined when there is none. */
export async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(missing);
}

/** When a file was written last, by the clock of its file system; undefined when there is none. */
export async function writtenAt(path: string): Promise<number | undefined> {
  return (await stat(path).catch(missing))?.mtimeMs;
}

export function missing(error: unknown): undefined {
  if (Object(error).code === 'ENOENT') return undefined;
  throw error;
}

/** Appends to a file, or begins it; durable when the promise resolves. */
export async function appendDurably(folder: string, name: string, text: string): Promise<void> {
  await written(join(folder, name), 'a', text);
  await syncFolder(folder);
}

/** Puts another text in a file's place; durable when the promise resolves. A crash leaves the old one or the new one. */
export async function replaceDurably(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await written(`${path}.new`, 'w', text);
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

async function written(path: string, flags: string, text: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.appendFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
