import { DEFAULT_SEGMENT_ENTRIES, isSealtrailError, MAX_SEGMENT_ENTRIES } from '@sealtrail/format';
import { type AnchorResult, anchorTenant, openStore, type Store } from '@sealtrail/store';
import { errorDocument, printable } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { knownTenant } from './known-tenant.ts';
import { count, run, tenantName, wholeNumber } from './run.ts';

interface Flags {
  readonly tenant?: string;
  readonly maxSegment: number;
  readonly json?: boolean;
}

export function addAnchor(command: Command): Command {
  return command
    .description(
      'Anchor what is not anchored yet: verify that part once more, and put a Merkle root over it.',
    )
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .option('--tenant <name>', 'only this tenant', tenantName)
    .option(
      '--max-segment <n>',
      'entries under one anchor',
      wholeNumber(1, MAX_SEGMENT_ENTRIES),
      DEFAULT_SEGMENT_ENTRIES,
    )
    .option('--json', 'print one JSON object for each tenant and line')
    .addHelpText(
      'after',
      `
Example:
  $ sealtrail anchor audit.db

Only what is not anchored yet is verified, from the newest anchor on: what does not verify is not anchored, the command goes on
with the other logs and exits with 1. Whether a whole log is valid says "sealtrail verify". For a schedule, run the worker
(sealtrail-worker) instead.
`,
    )
    .action((location: string, flags: Flags) =>
      run(flags.json, async () => {
        const store = await openStore(location, { create: false });
        try {
          return await anchorAll(store, flags);
        } finally {
          await store.close();
        }
      }),
    );
}

async function anchorAll(store: Store, flags: Flags): Promise<number> {
  let status = 0;
  let tenants = 0;
  for await (const tenant of chosen(store, flags.tenant)) {
    tenants++;
    try {
      const result = await anchorTenant(store, tenant, { maxSegment: flags.maxSegment });
      console.log(flags.json ? JSON.stringify(result) : printable(describe(result)));
    } catch (error) {
      if (!isSealtrailError(error, 'segment_broken') && !isSealtrailError(error, 'log_broken')) throw error;
      status = 1;
      const { code, message } = error;
      if (flags.json) console.log(JSON.stringify({ tenant, ...errorDocument(error) }));
      else console.error(printable(`error ${code}: ${message}`));
    }
  }
  if (tenants === 0 && !flags.json) console.log('everything is anchored');
  return status;
}

async function* chosen(store: Store, tenant: string | undefined): AsyncGenerator<string> {
  if (tenant !== undefined) {
    await knownTenant(store, tenant);
    yield tenant;
    return;
  }
  for await (const { tenant: name } of store.unanchored()) yield name;
}

function describe({ tenant, anchors, entries, through }: AnchorResult): string {
  const what =
    anchors === 0
      ? 'nothing to anchor'
      : `${count(anchors, 'anchor')} over ${count(entries, 'entry', 'entries')}`;
  return `${tenant}: ${what}, anchored up to ${through ?? 'nothing'}`;
}
