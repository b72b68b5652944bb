import { createWriteStream } from 'node:fs';
import { realpath, rename, rm } from 'node:fs/promises';
import { SealtrailError } from '@sealtrail/format';
import { type ExportResult, exportBundle } from '@sealtrail/store';
import { openSource } from '@sealtrail/verifier';
import { ProgressLine, print } from '@sealtrail/verifier/cli';
import type { Command } from 'commander';
import { count, run, tenantName } from './run.ts';

interface Flags {
  readonly out?: string;
  readonly tenant: string[];
  readonly withhold?: boolean;
  readonly json?: boolean;
  readonly progress: boolean;
}

export function addExport(command: Command): Command {
  return command
    .description('Write logs with their anchors into one bundle that can be verified anywhere.')
    .argument('<location>', 'store or bundle')
    .option('--out <file>', 'where to write; without it, to standard output')
    .option(
      '--tenant <name>',
      'only this tenant; may be given again',
      (name, all: string[]) => [...all, tenantName(name)],
      [],
    )
    .option('--withhold', 'leave the sealed values out')
    .option('--json', 'print a summary as JSON (with --out)')
    .option('--no-progress', 'no progress on the terminal')
    .addHelpText(
      'after',
      `
Examples:
  $ sealtrail export audit.db --out acme.jsonl --tenant acme
  $ sealtrail export audit.db --withhold | gzip > everything-without-personal-data.jsonl.gz

What is exported is verified on the way: of a broken log no bundle is made (exit code 1).
`,
    )
    .action((location: string, flags: Flags) => run(flags.json, () => exportTo(location, flags)));
}

async function exportTo(location: string, flags: Flags): Promise<number> {
  if (flags.json && flags.out === undefined) {
    throw new SealtrailError(
      'config_invalid',
      '--json prints a summary where the bundle goes: name a file with --out',
    );
  }
  if (flags.out !== undefined && (await isSameFile(location, flags.out))) {
    throw new SealtrailError('config_invalid', `--out would replace ${location}, which is what is exported`);
  }
  const source = await openSource(location);
  const progress = new ProgressLine(process.stderr, flags.progress);
  const options = {
    tenants: flags.tenant.length > 0 ? flags.tenant : undefined,
    openings: flags.withhold ? ('withheld' as const) : ('included' as const),
    time: new Date().toISOString(),
    onProgress: (step: Parameters<ProgressLine['draw']>[0]) => progress.draw(step),
  };
  try {
    if (flags.out === undefined) {
      await exportBundle(source, print, options);
      return 0;
    }
    const result = await writeFile(flags.out, (write) => exportBundle(source, write, options));
    progress.clear();
    console.log(flags.json ? JSON.stringify({ ...result, file: flags.out }) : describe(result, flags.out));
    return 0;
  } finally {
    progress.clear();
    await source.close();
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const paths = [one.replace(/^sqlite:/, ''), other].map((path) => realpath(path).catch(() => undefined));
  const [left, right] = await Promise.all(paths);
  return left !== undefined && left === right;
}

/** Writes beside the target and renames at the end: a file with that name is always a whole bundle. */
async function writeFile<T>(
  path: string,
  fill: (write: (chunk: string) => Promise<void>) => Promise<T>,
): Promise<T> {
  const partial = `${path}.partial`;
  const file = createWriteStream(partial);
  const failed = new Promise<never>((_, reject) => {
    file.on('error', (cause) => {
      reject(
        new SealtrailError('source_invalid', `cannot write ${partial}: ${cause.message}`, {}, { cause }),
      );
    });
  });
  failed.catch(() => {});
  const write = async (chunk: string): Promise<void> => {
    if (file.errored === null && file.write(chunk)) return;
    await Promise.race([failed, new Promise<void>((resume) => file.once('drain', () => resume()))]);
  };
  try {
    const result = await fill(write);
    await Promise.race([failed, new Promise<void>((resume) => file.end(() => resume()))]);
    await rename(partial, path);
    return result;
  } catch (error) {
    file.destroy();
    await rm(partial, { force: true });
    throw error;
  }
}

function describe({ tenants, entries, anchors }: ExportResult, file: string): string {
  return `${file}: ${count(tenants, 'log')}, ${count(entries, 'entry', 'entries')}, ${count(anchors, 'anchor')}`;
}
