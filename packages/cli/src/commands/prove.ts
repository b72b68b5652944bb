import { writeFile } from 'node:fs/promises';
import { SealtrailError, type Target } from '@sealtrail/format';
import { openStore, proveEntry, proveHistory, type Store } from '@sealtrail/store';
import { ProgressLine, print } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { count, recordArgument, run, tenantName, wholeNumber } from './run.ts';

interface Flags {
  readonly tenant: string;
  readonly entry?: number;
  readonly record?: Target;
  readonly seal?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly progress: boolean;
}

export function addProve(command: Command): Command {
  return command
    .description(
      'Prove one entry, or the complete history of one record, to somebody who has nothing but a seal.',
    )
    .argument('<store>', 'SQLite file or mongodb:// URL')
    .requiredOption('--tenant <name>', 'whose log', tenantName)
    .option('--entry <position>', 'the entry', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--record <type/id>', 'the record', recordArgument)
    .option(
      '--seal <number>',
      'the seal that the proof shall lead to; default the newest, for an entry the first that covers it',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--out <file>', 'where to write; without it, to standard output')
    .option('--json', 'print a summary as JSON (with --out)')
    .option('--no-progress', 'no progress on the terminal')
    .addHelpText(
      'after',
      `
Examples:
  $ sealtrail seal audit.db
  $ sealtrail prove audit.db --tenant acme --record contact/c-104 --out contact-104.json
  $ sealtrail-verify contact-104.json             needs no store and no connection

The history holds the texts of the record's entries, and of all other records hashes only. Sealed values are not in it.
`,
    )
    .action((location: string, flags: Flags) => run(flags.json, () => prove(location, flags)));
}

async function prove(location: string, flags: Flags): Promise<number> {
  if ((flags.entry === undefined) === (flags.record === undefined)) {
    throw new SealtrailError('config_invalid', 'give either --entry or --record');
  }
  if (flags.json && flags.out === undefined) {
    throw new SealtrailError(
      'config_invalid',
      '--json prints a summary where the proof goes: name a file with --out',
    );
  }
  const store = await openStore(location, { create: false });
  const progress = new ProgressLine(process.stderr, flags.progress);
  try {
    const proof = await make(store, flags, progress);
    progress.clear();
    const text = `${JSON.stringify(proof)}\n`;
    if (flags.out === undefined) {
      await print(text);
      return 0;
    }
    await writeFile(flags.out, text);
    const entries = 'entries' in proof ? proof.entries.length : 1;
    const summary = { file: flags.out, format: proof.format, entries, bytes: Buffer.byteLength(text) };
    const told = `${flags.out}: ${count(entries, 'entry', 'entries')}, ${count(summary.bytes, 'byte')}`;
    console.log(flags.json ? JSON.stringify(summary) : told);
    return 0;
  } finally {
    progress.clear();
    await store.close();
  }
}

async function make(store: Store, { tenant, entry, record, seal }: Flags, progress: ProgressLine) {
  if (record === undefined) return proveEntry(store, tenant, entry as number, { seal });
  const total = ((await store.lastAnchor(tenant))?.to_seq ?? -1) + 1;
  const onProgress = (walked: number): void => progress.draw({ tenant, walked, total });
  return proveHistory(store, tenant, record, { seal, onProgress });
}
