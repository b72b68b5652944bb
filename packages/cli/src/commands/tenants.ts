import { SealtrailError } from '@sealtrail/format';
import { openSource, type RawRow } from '@sealtrail/verifier';
import { printable } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { refuseOther } from './refuse-other.ts';
import { run } from './run.ts';

export function addTenants(command: Command): Command {
  return command
    .description('List the tenants of a store or bundle, with how far each log goes. Checks nothing.')
    .argument('<location>', 'store or bundle')
    .option('--json', 'print one JSON object for each tenant and line')
    .action((location: string, { json }: { json?: boolean }) =>
      run(json, async () => {
        refuseOther(location);
        const source = await openSource(location);
        try {
          let logs = 0;
          for await (const log of source.logs()) {
            logs++;
            const head = await log.head();
            console.log(
              json ? jsonLine(log.tenant, log.registry, head) : textLine(log.tenant, log.registry, head),
            );
          }
          if (logs === 0) throw new SealtrailError('source_invalid', 'there is no log here');
          return 0;
        } finally {
          await source.close();
        }
      }),
    );
}

function jsonLine(tenant: string, registry: RawRow | undefined, head: RawRow | undefined): string {
  return JSON.stringify({ tenant, registered: registry?.['time'] ?? null, head: head ?? null });
}

function textLine(tenant: string, registry: RawRow | undefined, head: RawRow | undefined): string {
  const since = registry === undefined ? 'NOT REGISTERED' : `since ${registry['time']}`;
  return printable(`${tenant}  ${since}  last position ${head?.['seq'] ?? 'unknown'}`);
}
