import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SealtrailError } from '@sealtrail/format';
import { isPlainSqlite } from './sqlite-first-page.ts';

// SQLite reads the list of a file's tables, and the statistics of them, before it answers the first question. Whoever wrote the file
// can let the pages of these lead back into each other, and then that never ends, in a call of the driver that nothing in the process
// can end. Every other table is read with a bound (see sqlite-room.ts), which can be set only once a file is open.

/** Long enough to go through a write-ahead log of some gigabytes, as SQLite does when it opens a file with one. */
const LONGEST_MS = 60_000;

const CHILD = fileURLToPath(new URL('./sqlite-first-look-child.js', import.meta.url));

/** How a process ends that somebody else ended: that says nothing about the file. */
const ENDED = new Set<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']);

/**
 * Has a file opened by a process that can be ended, before it is opened in this one; unless its first page shows that nothing can happen.
 * What that process is refused, and what it finds wrong, comes again when the file is opened here. Where no process can be started, the
 * file is opened all the same.
 *
 * @throws SealtrailError `source_invalid` for a file that SQLite cannot be done with, or that ends the process
 */
export async function lookFirst(path: string, longestMs: number = LONGEST_MS): Promise<void> {
  if (isPlainSqlite(path)) return;
  const child = spawn(process.execPath, [CHILD, path], {
    stdio: 'ignore',
    windowsHide: true,
    // Node's own way in an application that brings its own.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
  let isLate = false;
  const deadline = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, longestMs);
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_code, ended) => resolve(ended));
    child.once('error', () => resolve(null));
  });
  clearTimeout(deadline);
  if (isLate) {
    throw new SealtrailError(
      'source_invalid',
      `the SQLite file is damaged, or its write-ahead log is very long: SQLite was not done with opening it after ${longestMs / 1_000} s`,
    );
  }
  if (signal !== null && !ENDED.has(signal))
    throw new SealtrailError(
      'source_invalid',
      `the SQLite file is damaged: SQLite ended with ${signal} when it opened it`,
    );
}
