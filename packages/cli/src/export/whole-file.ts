import { randomUUID } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { SealtrailError } from '@sealtrail/format';

/**
 * Writes beside the target and renames at the end: a file with that name is always a whole export, and one that was there
 * before stays as it was when this one fails.
 *
 * @throws SealtrailError `source_invalid` when the file cannot be written, and what `fill` throws
 */
export async function writeWholeFile<T>(
  path: string,
  fill: (write: (chunk: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const { partial, file } = beside(path);
  const failed = new Promise<never>((_, reject) => {
    file.on('error', (cause) => reject(unwritable(path, cause)));
  });
  failed.catch(() => {});
  const write = async (chunk: string): Promise<void> => {
    if (file.errored === null && file.write(chunk)) return;
    await Promise.race([failed, new Promise<void>((resume) => file.once('drain', () => resume()))]);
  };
  try {
    const result = await fill(write);
    await Promise.race([failed, new Promise<void>((resume) => file.end(() => resume()))]);
    await rename(partial, path);
    return result;
  } catch (error) {
    file.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}

/** The same for what writes to a stream, and ends it. @throws as {@link writeWholeFile} */
export async function writeWholeStream(path: string, fill: (out: Writable) => Promise<void>): Promise<void> {
  const { partial, file } = beside(path);
  try {
    await fill(file);
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    if (!isSystemError(cause)) throw cause;
    throw unwritable(path, cause);
  }
}

/**
 * A new file in the target's folder, of a name that nobody can have put a link under and that no other export has. It may hold
 * sealed values: it is for its owner alone, and keeps that when it gets the target's name.
 */
function beside(path: string): { readonly partial: string; readonly file: WriteStream } {
  const partial = join(dirname(path), `.${randomUUID()}.partial`);
  return { partial, file: createWriteStream(partial, { flags: 'wx', mode: 0o600 }) };
}

function unwritable(path: string, cause: Error): SealtrailError {
  return new SealtrailError('source_invalid', `cannot write ${path}: ${cause.message}`, {}, { cause });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
