import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, rmSync, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { SealtrailError } from '@sealtrail/format';
import { refusalOfSystem } from '../commands/system-error.ts';

/**
 * Writes beside the target and renames at the end: a file with that name is always a whole export, and one that was there
 * before stays as it was when this one fails.
 *
 * @throws SealtrailError `config_invalid` when the file cannot be written, and what `fill` throws
 */
export async function writeWholeFile<T>(
  path: string,
  fill: (write: (chunk: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  return beside(path, async (file) => {
    const whole = finished(file);
    whole.catch(() => {});
    const write = async (chunk: string): Promise<void> => {
      if (file.errored !== null) throw file.errored;
      if (!file.write(chunk)) await once(file, 'drain');
    };
    const result = await fill(write);
    file.end();
    // A disk may be full only now, when the last of it is written.
    await whole;
    return result;
  });
}

/** The same for what writes to a stream, and ends it. @throws as {@link writeWholeFile} */
export async function writeWholeStream(path: string, fill: (out: Writable) => Promise<void>): Promise<void> {
  await beside(path, fill);
}

/**
 * Fills a new file in the target's folder, of a name that nobody can have put a link under and that no other export has. It may
 * hold sealed values: it is for its owner alone, and keeps that when it gets the target's name. When it does not get it, it goes.
 */
async function beside<T>(path: string, fill: (file: WriteStream) => Promise<T>): Promise<T> {
  const partial = join(dirname(path), `.${randomUUID()}.partial`);
  const file = createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true });
  const interrupted = (signal: NodeJS.Signals): void => {
    rmSync(partial, { force: true });
    // Nobody listens any more: the process ends as it would have.
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    const result = await fill(file);
    await rename(partial, path);
    return result;
  } catch (cause) {
    file.destroy();
    await rm(partial, { force: true });
    if (!isSystemError(cause)) throw cause;
    throw unwritable(path, cause);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Says it of the target, and of its folder where that is what stands in the way: nobody knows the name of the other file. */
function unwritable(path: string, cause: NodeJS.ErrnoException): SealtrailError {
  const isFolders = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS'].includes(cause.code ?? '');
  const place = isFolders ? dirname(path) : path;
  const { code, syscall, errno } = cause;
  const why = refusalOfSystem(Object.assign(new Error(cause.message), { code, syscall, errno, path: place }));
  const message = `cannot write ${path}: ${why?.message ?? cause.message}`;
  return new SealtrailError('config_invalid', message, { system: code }, { cause });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
