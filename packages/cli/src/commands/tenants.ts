import { SealtrailError } from '@sealtrail/format';
import { kindOf, type LocationKind, openSource, type RawRow } from '@sealtrail/verifier';
import { printable } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { run } from './run.ts';

export function addTenants(command: Command): Command {
  return command
    .description('List the tenants of a store or bundle, with how far each log goes. Checks nothing.')
    .argument('<location>', 'store or bundle')
    .option('--json', 'print one JSON object for each tenant and line')
    .action((location: string, { json }: { json?: boolean }) =>
      run(json, async () => {
        refuseOther(kindOf(location));
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

const OTHERS: Readonly<Record<Exclude<LocationKind, 'log'>, string>> = {
  proof: 'a proof',
  evidence: 'an evidence bundle',
  checkpoint: 'a checkpoint',
  published: 'a published log, which names no tenants',
};

function refuseOther(kind: LocationKind): void {
  if (kind === 'log') return;
  const message = `this is ${OTHERS[kind]}: "sealtrail verify" says what is in it`;
  throw new SealtrailError('source_invalid', message);
}

function jsonLine(tenant: string, registry: RawRow | undefined, head: RawRow | undefined): string {
  return JSON.stringify({ tenant, registered: registry?.['time'] ?? null, head: head ?? null });
}

function textLine(tenant: string, registry: RawRow | undefined, head: RawRow | undefined): string {
  const since = registry === undefined ? 'NOT REGISTERED' : `since ${registry['time']}`;
  return printable(`${tenant}  ${since}  last position ${head?.['seq'] ?? 'unknown'}`);
}
