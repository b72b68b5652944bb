import type { TokenRow } from '@sealtrail/service';
import type { Command } from 'commander';
import { askedToStop } from './asked-to-stop.ts';
import { addToken, expiryIn } from './console-token.ts';
import { run, wholeNumber } from './run.ts';

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly origin?: string;
  readonly log?: string;
}

const FIRST_TOKEN_DAYS = 90;

export function addConsole(command: Command): Command {
  command
    .description('Run the verification service and its console in the browser.')
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <n>', 'the port; 0 for any that is free', wholeNumber(0, 65_535), 8600)
    .option('--origin <url>', 'how browsers reach it, when something stands before it: https://audit.example')
    .option(
      '--log <folder>',
      'the folder that "sealtrail publish" writes: its checkpoint is shown, served and proved by',
    )
    .addHelpText(
      'after',
      `
Examples:
  $ sealtrail console audit.db                    then open the link that it prints
  $ sealtrail console token create audit.db --name "audit 2027" --role auditor --tenant acme --days 30
  $ sealtrail console token list audit.db
  $ sealtrail console token revoke audit.db 1f0c9a7be2d34455

The first time it makes a token for an admin and prints it, once. Lines of its log go to standard error. It speaks plain HTTP:
let nobody reach it from elsewhere but through a proxy with TLS.
`,
    )
    .action((location: string, flags: Flags) => run(false, () => runConsole(location, flags)));
  addToken(command.command('token'));
  return command;
}

async function runConsole(location: string, { host, port, origin, log }: Flags): Promise<number> {
  // A server is not loaded for commands that need none.
  const { createLogger, serve } = await import('@sealtrail/service/node');
  const served = await serve({ store: location, host, port, origin, log, logger: createLogger() });
  const stopped = askedToStop();
  // Not before: of a start that fails, on a port that is taken, nobody would ever see it, and the next one makes none.
  const first = await firstToken(location).catch(async (error: unknown) => {
    await served.close();
    throw error;
  });
  const base =
    origin ?? `http://${served.host.includes(':') ? `[${served.host}]` : served.host}:${served.port}`;
  if (!isLoopback(served.host) && origin?.startsWith('https:') !== true) {
    console.error(
      'warning: tokens travel in the clear; put a proxy with TLS before it and give --origin https://...',
    );
  }
  console.log(`console: ${base}/`);
  if (first !== undefined) {
    console.log(`first sign-in (admin, ${FIRST_TOKEN_DAYS} days; shown only now): ${base}/#token=${first}`);
  }
  console.log('ready');
  await stopped;
  await served.close();
  return 0;
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** A token for an admin, if there is none that holds: whoever starts the service has the whole store anyway. */
async function firstToken(location: string): Promise<string | undefined> {
  const { openTokens } = await import('@sealtrail/service');
  const tokens = await openTokens(location);
  try {
    if ((await tokens.list()).tokens.some(isGoodAdmin)) return undefined;
    const expires = expiryIn(FIRST_TOKEN_DAYS);
    const scope = { tenants: 'all' } as const;
    const { text } = await tokens.create({ name: 'first admin', role: 'admin', scope, expires });
    return text;
  } finally {
    await tokens.close();
  }
}

function isGoodAdmin({ role, scope, expires, revoked }: Omit<TokenRow, 'hash'>): boolean {
  const holds = revoked === null && expires > new Date().toISOString();
  return holds && role === 'admin' && scope.tenants === 'all';
}
