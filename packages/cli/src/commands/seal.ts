import { openStore, type SealResult, sealTenants } from '@sealtrail/store';
import { printableLines } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { count, run } from './run.ts';

export function addSeal(command: Command): Command {
  return command
    .description('Seal all tenants: one statement over the newest anchors of all of them.')
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
A seal names every tenant and its newest anchor. Note its number and hash outside of the store: with them, everything under it
can be proved, and nothing of it can be taken back. sealtrail-worker seals on a schedule; this command does it once.

Exit codes: 0 sealed, or nothing to seal; 1 a tenant disappeared, went back or forked since it was sealed; 2 could not run.
`,
    )
    .action((location: string, flags: { json?: boolean }) => run(flags.json, () => seal(location, flags)));
}

async function seal(location: string, { json }: { json?: boolean }): Promise<number> {
  const store = await openStore(location, { create: false });
  try {
    const result = await sealTenants(store);
    console.log(json ? JSON.stringify(document(result)) : describe(result));
    return result.refused.length > 0 ? 1 : 0;
  } finally {
    await store.close();
  }
}

function document({ seal, ...result }: SealResult): object {
  const { number, hash, time } = seal?.seal ?? {};
  return { ...result, seal: seal === undefined ? null : { number, hash, time } };
}

/** A line for each tenant that was refused. */
export function refusedLines(refused: SealResult['refused']): string[] {
  return refused.map(
    ({ tenant, reason }) => `${tenant}: cannot be sealed as it is stored (${reason}); verify it`,
  );
}

function describe({ seal, made, tenants, changed, refused }: SealResult): string {
  const lines = refusedLines(refused);
  if (seal === undefined) return printableLines([...lines, 'nothing to seal']);
  const { number, hash, time } = seal.seal;
  const what = made ? `${count(tenants, 'tenant')}, ${changed} changed` : 'nothing changed since';
  return printableLines([
    ...lines,
    `seal ${number} of ${time}: ${what}`,
    `note it elsewhere: --seal ${number}:${hash}`,
  ]);
}
