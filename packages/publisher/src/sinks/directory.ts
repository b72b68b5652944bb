import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { syncFolder } from '@sealtrail/store';
import { readNote } from '@sealtrail/tlog';
import type { Sink } from './sink.ts';

/**
 * A folder that files are only added to: one for each checkpoint, such as on a share that somebody else owns. It must be there: in place
 * of one that is not mounted, nobody would look for what was made.
 */
export function directorySink(name: string, folder: string): Sink {
  return {
    name,
    newestOnly: false,
    deliver: async ({ checkpoint, note }) => {
      const path = join(folder, `${String(checkpoint.size).padStart(16, '0')}.checkpoint`);
      try {
        const file = await open(path, 'wx', 0o444);
        try {
          await file.writeFile(note);
          await file.sync();
        } finally {
          await file.close();
        }
        await syncFolder(folder);
      } catch (cause) {
        if (Object(cause).code !== 'EEXIST') throw failed(name, path, cause);
        await compare(name, path, note);
      }
      return {};
    },
  };
}

/** A crash can leave a file that was begun. One that holds another statement is somebody's evidence, and stays. */
async function compare(name: string, path: string, note: string): Promise<void> {
  const there = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw failed(name, path, cause);
  });
  if (there === note) return;
  let text: string | undefined;
  try {
    ({ text } = readNote(there));
  } catch {
    throw new SealtrailError(
      'sink_failed',
      `${name}: ${path} is no whole checkpoint; remove it, and it is written again`,
    );
  }
  if (text !== readNote(note).text) {
    throw new SealtrailError('checkpoint_refused', `${name}: ${path} holds another checkpoint of this size`);
  }
}

function failed(name: string, path: string, cause: unknown): SealtrailError {
  return new SealtrailError('sink_failed', `${name}: cannot write ${path}`, {}, { cause });
}
