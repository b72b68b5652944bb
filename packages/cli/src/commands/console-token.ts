import type { Target } from '@sealtrail/format';
import type { CommandTokens, Role, Scope } from '@sealtrail/service';
import { printable } from '@sealtrail/verifier/cli';
import { type Command, Option } from 'commander';
import { run, target, tenantName, wholeNumber } from './run.ts';

interface Flags {
  readonly name: string;
  readonly role: Role;
  readonly tenant: readonly string[];
  readonly record?: Target;
  readonly days: number;
  readonly json?: boolean;
}

/** Makes, lists and revokes tokens, on the machine of the store. */
export function addToken(command: Command): Command {
  command.description('Make, list and revoke tokens for the console and the API.');
  command
    .command('create')
    .description('Make a token; its text is printed once and kept nowhere.')
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .requiredOption('--name <name>', 'whose it is, or what for')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(['admin', 'manager', 'auditor'])
        .makeOptionMandatory(),
    )
    .option(
      '--tenant <name>',
      'only this tenant; may be given again',
      (name, all: string[]) => [...all, tenantName(name)],
      [],
    )
    .option('--record <type/id>', 'only this record of the one tenant', target)
    .option('--days <n>', 'how long it holds', wholeNumber(1, 400), 30)
    .option('--json', 'print JSON')
    .action((location: string, flags: Flags) =>
      withTokens(location, flags.json, async (tokens) => {
        const scope: Scope = {
          tenants: flags.tenant.length === 0 ? 'all' : [...flags.tenant],
          ...(flags.record === undefined ? {} : { record: flags.record }),
        };
        const { name, role } = flags;
        const { token, text } = await tokens.create({ name, role, scope, expires: expiryIn(flags.days) });
        console.log(flags.json ? JSON.stringify({ ...token, token: text }) : `${token.id}\n${text}`);
      }),
    );
  command
    .command('list')
    .description('List the tokens, newest first; never their text.')
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .option('--json', 'print one JSON object for each token and line')
    .action((location: string, { json }: { json?: boolean }) =>
      withTokens(location, json, async (tokens) => {
        const all = await tokens.list();
        for (const token of all.tokens) {
          const { id, name, role, scope, expires, revoked } = token;
          const tenants = scope.tenants === 'all' ? 'all tenants' : scope.tenants.join(', ');
          const state = revoked === null ? `until ${expires}` : `revoked ${revoked}`;
          console.log(
            json ? JSON.stringify(token) : printable(`${id}  ${role}  ${tenants}  ${state}  ${name}`),
          );
        }
        for (const id of all.damaged) {
          console.log(
            json ? JSON.stringify({ id, damaged: true }) : printable(`${id}  damaged: lets nobody in`),
          );
        }
      }),
    );
  command
    .command('revoke')
    .description('Revoke a token, at once and for good.')
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .argument('<id>', 'the id that create and list print')
    .action((location: string, id: string) =>
      withTokens(location, false, async (tokens) => {
        await tokens.revoke(id);
        console.log(`${id} is revoked`);
      }),
    );
  return command;
}

/** The time so many days from now, as a token says it. */
export function expiryIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}

function withTokens(
  location: string,
  json: boolean | undefined,
  work: (tokens: CommandTokens) => Promise<void>,
): Promise<void> {
  return run(json, async () => {
    const { openTokens } = await import('@sealtrail/service');
    const tokens = await openTokens(location);
    try {
      await work(tokens);
    } finally {
      await tokens.close();
    }
    return 0;
  });
}
