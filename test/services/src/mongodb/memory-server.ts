import { fileURLToPath } from 'node:url';
import { isDebianRoot } from '../debian.ts';
import { run } from '../process.ts';
import type { Way } from '../ways.ts';
import { startMongod } from './mongod.ts';

const DOWNLOAD = fileURLToPath(new URL('./download.js', import.meta.url));

/** Where another way follows, a slow download is given up sooner. */
const PATIENCE_MS = { withAlternative: 60_000, without: 10 * 60_000 };

/** Downloads mongod at the first use; the -core package does so at no other time. */
export const memoryServer: Way = {
  name: 'mongod downloaded by mongodb-memory-server',
  async start(_skip, log) {
    log('mongodb: downloading mongod, if it was not downloaded before');
    const timeoutMs = isDebianRoot() ? PATIENCE_MS.withAlternative : PATIENCE_MS.without;
    // In a child process: only so can a download be given up.
    const output = await run(process.execPath, [DOWNLOAD], { timeoutMs });
    const path = output.trim().split('\n').at(-1) ?? '';
    return startMongod(path, 'mongodb-memory-server');
  },
};
