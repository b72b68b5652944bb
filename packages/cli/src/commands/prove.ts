import { stat } from 'node:fs/promises';
import {
  type EntryProof,
  EVIDENCE_FORMAT,
  type HistoryProof,
  provedTexts,
  SealtrailError,
  type Target,
} from '@sealtrail/format';
import { LogFolder } from '@sealtrail/publisher';
import {
  openStore,
  proveEntry,
  proveHistory,
  type Store,
  undisclosable,
  writeEvidence,
} from '@sealtrail/store';
import { ProgressLine, print } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { writeWholeFile, writeWholeStream } from '../export/whole-file.ts';
import { fileOf } from './export-flags.ts';
import { knownTenant } from './known-tenant.ts';
import { collect, count, run, target, tenantName, wholeNumber } from './run.ts';

interface Flags {
  readonly tenant: string;
  readonly entry?: number;
  readonly record?: Target;
  readonly seal?: number;
  readonly log?: string;
  readonly evidence?: string;
  readonly disclose: readonly string[];
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
    .option('--record <type/id>', 'the record', target)
    .option(
      '--seal <number>',
      'the seal that the proof shall lead to; default the newest, for an entry the first that covers it',
      wholeNumber(0, Number.MAX_SAFE_INTEGER),
    )
    .option('--log <folder>', 'go on to the newest checkpoint of the log that is published from this folder')
    .option('--out <file>', 'where to write; without it, or as -, to standard output')
    .option('--evidence <file>', 'write an evidence bundle instead: one file in gzip with everything in it')
    .option(
      '--disclose <field>',
      'disclose this sealed field in the evidence, or "all"; repeat it for more',
      collect,
      [],
    )
    .option('--json', 'print a summary as JSON (with --out)')
    .option('--no-progress', 'no progress on the terminal')
    .addHelpText(
      'after',
      `
Examples:
  $ sealtrail seal audit.db
  $ sealtrail prove audit.db --tenant acme --record contact/c-104 --out contact-104.json
  $ sealtrail-verify contact-104.json             needs no store and no connection
  $ sealtrail prove audit.db --tenant acme --record contact/c-104 --log log/ --evidence contact-104.evidence.gz
  $ sealtrail-verify contact-104.evidence.gz --policy audit.policy

The history holds the texts of the record's entries, and of all other records hashes only. Sealed values are not in it, except
those that --disclose names.
`,
    )
    .action((location: string, flags: Flags) => run(flags.json, () => prove(location, flags)));
}

async function prove(location: string, flags: Flags): Promise<number> {
  const file = fileOf(flags);
  if ((flags.entry === undefined) === (flags.record === undefined)) {
    throw new SealtrailError('config_invalid', 'give either --entry or --record');
  }
  if (flags.json && file === undefined && flags.evidence === undefined) {
    throw new SealtrailError(
      'config_invalid',
      '--json prints a summary where the proof goes: name a file with --out',
    );
  }
  if (flags.disclose.length > 0 && flags.evidence === undefined) {
    throw new SealtrailError(
      'config_invalid',
      '--disclose is for --evidence: a proof alone holds no sealed value',
    );
  }
  if (flags.evidence !== undefined && flags.out !== undefined) {
    throw new SealtrailError('config_invalid', 'give either --out or --evidence');
  }
  if (flags.evidence === '-') throw new SealtrailError('config_invalid', 'name a file with --evidence');
  const store = await openStore(location, { create: false });
  const progress = new ProgressLine(process.stderr, flags.progress);
  try {
    await knownTenant(store, flags.tenant);
    const proof = await complete(flags.log, await make(store, flags, progress));
    progress.clear();
    if (flags.evidence !== undefined) return await evidence(store, proof, flags.evidence, flags);
    const text = `${JSON.stringify(proof)}\n`;
    if (file === undefined) {
      await print(text);
      return 0;
    }
    await writeWholeFile(file, (write) => write(text));
    const entries = provedTexts(proof).length;
    const summary = { file, format: proof.format, entries, bytes: Buffer.byteLength(text) };
    const told = `${file}: ${count(entries, 'entry', 'entries')}, ${count(summary.bytes, 'byte')}`;
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

/** Leads a proof on to a checkpoint, where there is one. */
async function complete<P extends EntryProof | HistoryProof>(
  folder: string | undefined,
  proof: P,
): Promise<P> {
  if (folder === undefined) return proof;
  const log = new LogFolder(folder);
  try {
    return await log.complete(proof);
  } finally {
    log.close();
  }
}

async function evidence(
  store: Store,
  proof: EntryProof | HistoryProof,
  file: string,
  { disclose, json }: Flags,
): Promise<number> {
  const chosen = disclose.includes('all') ? 'all' : disclose;
  const fault = undisclosable(proof, chosen);
  if (fault !== undefined) throw new SealtrailError('config_invalid', `--disclose ${fault}`);
  await writeWholeStream(file, (out) => writeEvidence(store, proof, out, { disclose: chosen }));
  const entries = provedTexts(proof).length;
  const { size } = await stat(file);
  const told = `${file}: ${count(entries, 'entry', 'entries')}, ${count(size, 'byte')}`;
  console.log(json ? JSON.stringify({ file, format: EVIDENCE_FORMAT, entries, bytes: size }) : told);
  return 0;
}
