import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { startChild } from './process.ts';

/**
 * Runs `work` while this process alone holds the lock. A child holds it, by a kernel lock that ends with the
 * child: so nothing stale is left however this process ends.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const holder = startChild('flock', [file, 'sh', '-c', 'echo locked; exec cat']);
  try {
    await holder.firstLine();
    return await work();
  } finally {
    await holder.stop('SIGKILL');
  }
}
