import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, rmSync, type WriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { unwritable } from '@sealtrail/store';
import { refuseToReplace } from './replaceable.ts';

/**
 * Writes beside the target and renames at the end: a file with that name is always a whole export, and one that was there
 * before stays as it was when this one fails.
 *
 * @throws SealtrailError `config_invalid` when the file cannot be written, or has a name that something else has which is not to be
 *   replaced; and what `fill` throws
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
  await refuseToReplace(path);
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
    await destroyed(file);
    // What keeps it from being removed is what kept it from being written, and that is told.
    await rm(partial, { force: true }).catch(() => {});
    throw unwritable(path, cause);
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  }
}

/** A file that is only being opened would come to be after it was removed. */
async function destroyed(file: WriteStream): Promise<void> {
  file.destroy();
  if (!file.closed) await new Promise<void>((resolve) => file.once('close', () => resolve()));
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
