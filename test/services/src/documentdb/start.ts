import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDebianRoot } from '../debian.ts';
import { PgConnection } from '../gateway/pg/connection.ts';
import { withLock } from '../lock.ts';
import { type RunningChild, run, startChild, which } from '../process.ts';
import { makeTempDir } from '../temp.ts';
import type { CrashOptions, Way } from '../ways.ts';
import { cachePaths, INNER_RUN_DIRECTORY } from './paths.ts';
import { buildRoot, postgresBin, removeTree } from './root.ts';
import { startSandboxed } from './sandbox.ts';
import { ENTER, templateData } from './template.ts';

const START_MS = 30_000;
const GATEWAY = fileURLToPath(new URL('../gateway/main.js', import.meta.url));

/** PostgreSQL becomes the first process of its namespace: when it is killed, the kernel kills the rest. */
const SERVE = `${ENTER}
  exec chroot "$root" setpriv --reuid postgres --regid postgres --clear-groups --pdeathsig KILL \
    "$bin/postgres" -D ${INNER_RUN_DIRECTORY}/data -c "fsync=$4"
`;

export const documentdb: Way = {
  name: 'the DocumentDB engine from Debian',
  async start(skip, log) {
    if (!isDebianRoot()) return skip('needs Debian and root');
    for (const program of ['unshare', 'setpriv', 'flock']) {
      if (!which(program)) return skip(`needs ${program}`);
    }
    const paths = cachePaths();
    const directory = makeTempDir('documentdb');
    const children: RunningChild[] = [];
    const stop = async (): Promise<void> => {
      // The data is thrown away: an orderly shutdown would only take time.
      for (const child of children.reverse()) await child.stop('SIGKILL');
      await removeTree(directory);
    };
    try {
      await withLock(paths.lock, async () => {
        await buildRoot(log);
        await run('cp', ['-a', '--reflink=auto', await templateData(), directory]);
      });
      const fsync = process.env['SEALTRAIL_FSYNC'] === 'off' ? 'off' : 'on';
      const socket = join(directory, '.s.PGSQL.5432');
      const start = async (port: number): Promise<string> => {
        const server = startSandboxed(SERVE, [paths.root, directory, postgresBin(paths.root), fsync]);
        children.push(server);
        await Promise.race([accepting(socket), server.ended()]);
        const gateway = startChild(process.execPath, [GATEWAY, socket, String(port)]);
        children.push(gateway);
        return gateway.firstLine();
      };
      const address = await start(0);
      const crash = async ({ awayMs = 0 }: CrashOptions = {}): Promise<void> => {
        for (const child of children.splice(0).reverse()) await child.stop('SIGKILL');
        await sleep(awayMs);
        await start(Number(address.split(':').at(-1)));
      };
      return { url: `mongodb://${address}`, kind: 'documentdb', stop, crash };
    } catch (error) {
      await stop();
      throw error;
    }
  },
};

async function accepting(socket: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    try {
      const connection = await PgConnection.open(socket, { user: 'postgres', database: 'postgres' });
      connection.close();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
