import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
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
  const partial = `${path}.partial`;
  const file = createWriteStream(partial);
  const failed = new Promise<never>((_, reject) => {
    file.on('error', (cause) => {
      reject(
        new SealtrailError('source_invalid', `cannot write ${partial}: ${cause.message}`, {}, { cause }),
      );
    });
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
  const partial = `${path}.partial`;
  try {
    await fill(createWriteStream(partial));
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    if (!isSystemError(cause)) throw cause;
    throw new SealtrailError('source_invalid', `cannot write ${partial}: ${cause.message}`, {}, { cause });
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
