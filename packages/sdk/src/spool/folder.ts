import { constants, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath, rename, stat } from 'node:fs/promises';
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
  await checkFolder(real);
  return real;
}

/**
 * That a folder is still one of this user's alone: whoever may write to the folder above it can put another one in its place.
 *
 * @throws SealtrailError `config_invalid`
 */
export async function checkFolder(path: string): Promise<void> {
  if (!isOwn(await lstat(path))) throw notOwn(`the spool ${path}`);
}

/** Whether something belongs to this process's user, and nobody else may write to it. */
function isOwn({ mode, uid }: Pick<Stats, 'mode' | 'uid'>): boolean {
  // Windows has neither.
  if (process.platform === 'win32' || process.getuid === undefined) return true;
  return uid === process.getuid() && (mode & 0o022) === 0;
}

function notOwn(what: string): SealtrailError {
  return new SealtrailError(
    'config_invalid',
    `${what} has to belong to this process's user, and nobody else may write to it (mode 0700)`,
  );
}

/** Whether there is a file of this user's alone. */
export async function isOwnFile(path: string): Promise<boolean> {
  const there = await lstat(path).catch(missing);
  return there?.isFile() === true && isOwn(there);
}

/** Names in a folder with an ending. */
export async function namesIn(folder: string, ending: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(ending));
}

/** A link is none of ours, and to open a pipe must not wait for whoever is at its other end. What Windows has not is 0 there. */
const OURS = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const READ = constants.O_RDONLY | OURS;
const APPEND = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | OURS;
const ANEW = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | OURS;

/**
 * Text of a file; undefined when there is none. It goes into the log, whoever wrote it.
 *
 * @throws SealtrailError `config_invalid` for one that others own or may write to
 */
export async function textOf(path: string): Promise<string | undefined> {
  const file = await open(path, READ).catch(missing);
  if (file === undefined) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile() || !isOwn(stats)) throw notOwn(`the file ${path}`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
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
  await written(join(folder, name), APPEND, text);
  await syncFolder(folder);
}

/** Writes a small file from its beginning, or makes it. */
export async function writeAnew(path: string, text: string): Promise<void> {
  const file = await open(path, ANEW, 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** Puts another text in a file's place; durable when the promise resolves. A crash leaves the old one or the new one. */
export async function replaceDurably(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  await written(`${path}.new`, ANEW, text);
  await rename(`${path}.new`, path);
  await syncFolder(folder);
}

async function written(path: string, flags: number, text: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.appendFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
