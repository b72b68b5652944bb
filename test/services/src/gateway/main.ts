import type { AddressInfo } from 'node:net';
import { Commands } from './commands.ts';
import { PgConnection } from './pg/connection.ts';
import { Pool } from './pg/pool.ts';
import { createGateway } from './server.ts';

const [socketPath, portText = '0'] = process.argv.slice(2);
if (!socketPath) {
  process.stderr.write('usage: gateway <path of the PostgreSQL socket> [port]\n');
  process.exit(2);
}

// The parent holds the other end of standard input: it closes with the parent, however that dies.
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));

const pool = new Pool(
  () => PgConnection.open(socketPath, { user: 'postgres', database: 'postgres', client_encoding: 'UTF8' }),
  { shared: 64, pinned: 96 },
);
await pool.warm(4);

const server = createGateway(new Commands(pool));
server.listen(Number(portText), '127.0.0.1', () => {
  process.stdout.write(`127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
