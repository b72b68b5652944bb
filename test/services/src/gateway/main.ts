import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Commands } from './commands.ts';
import { isGone } from './errors.ts';
import { PgConnection } from './pg/connection.ts';
import { Pool } from './pg/pool.ts';
import { createGateway } from './server.ts';

const POOL = { shared: 64, pinned: 96 };
const RECOVERY_MS = 10_000;

const [socketPath, portText = '0'] = process.argv.slice(2);
if (!socketPath) {
  process.stderr.write('usage: gateway <path of the PostgreSQL socket> [port]\n');
  process.exit(2);
}

// The parent holds the other end of standard input: it closes with the parent, however that dies.
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));

/** After a crash of one of its processes PostgreSQL restarts them all and takes connections again in a moment. */
async function open(path: string): Promise<PgConnection> {
  const deadline = Date.now() + RECOVERY_MS;
  for (;;) {
    try {
      return await PgConnection.open(path, {
        user: 'postgres',
        database: 'postgres',
        client_encoding: 'UTF8',
      });
    } catch (error) {
      if (!isGone(error) || Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

const pool = new Pool(() => open(socketPath), POOL);
await pool.warm(4);
const server = createGateway(new Commands(pool));
server.listen(Number(portText), '127.0.0.1', () => {
  process.stdout.write(`127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
