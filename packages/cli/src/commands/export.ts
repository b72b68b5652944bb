import { realpath } from 'node:fs/promises';
import { SealtrailError } from '@sealtrail/format';
import { type ExportResult, exportBundle } from '@sealtrail/store';
import { type LogSource, openSource, pathOf } from '@sealtrail/verifier';
import { ProgressLine, print, printable } from '@sealtrail/verifier/cli';
import { ENTRY_FORMATS, type EntriesExport, exportEntries } from '@sealtrail/views/export';
import { type Command, Option } from 'commander';
import { writeWholeFile } from '../export/whole-file.ts';
import { checkFlags, type ExportFlags, fileOf, timeArgument } from './export-flags.ts';
import { refuseOther } from './refuse-other.ts';
import { count, run, tenantName, wholeNumber } from './run.ts';

const EXAMPLES = `
Formats:
  bundle       logs with their anchors, for sealtrail-verify; what is exported is verified on the way: of a broken log no
               bundle is made (exit code 1). Sealed values are included; --withhold leaves them out
  ocsf         OCSF 1.8 API Activity (class 6003), one event a line, for a SIEM
  cloudevents  CloudEvents 1.0 in the JSON format, one event a line
  csv          one row an entry (RFC 4180); cells that a spreadsheet could take for a formula begin with an apostrophe
  jsonl        {"seq", "hash", "entry", "values"?}, one entry a line

All but bundle write one --tenant, in chain order, and withhold the sealed values unless --values included is given. They are
NOT verified: nothing in them, and no exit code, says that the log is valid. "sealtrail verify" says that. A file is written
whole or not at all; standard output may have got a part before an error.

Examples:
  $ sealtrail export audit.db --out acme.jsonl --tenant acme
  $ sealtrail export audit.db --withhold | gzip > everything-without-personal-data.jsonl.gz
  $ sealtrail export audit.db --tenant acme --format ocsf --from 10412 --out -
  $ sealtrail export audit.db --tenant acme --format csv --since 2026-03-01 --until 2026-04-01 --out march.csv

Exit codes: 0 written; 1 the log is broken where it was read; 2 could not run.
`;

export function addExport(command: Command): Command {
  const position = wholeNumber(0, Number.MAX_SAFE_INTEGER);
  return command
    .description('Write logs into one bundle that can be verified anywhere, or one log for another tool.')
    .argument('<location>', 'store or bundle')
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['bundle', ...ENTRY_FORMATS])
        .default('bundle'),
    )
    .option('--out <file>', 'where to write; without it, or as -, to standard output')
    .option(
      '--tenant <name>',
      'only this tenant; for a bundle, may be given again',
      (name, all: string[]) => [...all, tenantName(name)],
      [],
    )
    .option('--withhold', 'leave the sealed values out of a bundle')
    .addOption(
      new Option('--values <which>', 'sealed values, in all formats but bundle (default: withheld)').choices([
        'included',
        'withheld',
      ]),
    )
    .option('--from <position>', 'not in bundles: the first position', position)
    .option('--to <position>', 'not in bundles: the last position, inclusive', position)
    .option('--since <time>', 'not in bundles: only entries at or after this time', timeArgument)
    .option('--until <time>', 'not in bundles: only entries before this time', timeArgument)
    .option('--json', 'print a summary as JSON (with --out)')
    .option('--no-progress', 'no progress on the terminal')
    .addHelpText('after', EXAMPLES)
    .action((location: string, flags: ExportFlags) => run(flags.json, () => exportTo(location, flags)));
}

async function exportTo(location: string, flags: ExportFlags): Promise<number> {
  checkFlags(flags);
  const file = fileOf(flags);
  if (file !== undefined && (await isSameFile(location, file))) {
    throw new SealtrailError('config_invalid', `--out would replace ${location}, which is what is exported`);
  }
  refuseOther(location);
  const source = await openSource(location);
  const progress = new ProgressLine(process.stderr, flags.progress);
  try {
    const fill = (write: (chunk: string) => Promise<void>) => writeExport(source, write, flags, progress);
    const result = file === undefined ? await fill(print) : await writeWholeFile(file, fill);
    progress.clear();
    report(result, file, flags.json);
    return 0;
  } finally {
    progress.clear();
    await source.close();
  }
}

async function writeExport(
  source: LogSource,
  write: (chunk: string) => Promise<void>,
  flags: ExportFlags,
  progress: ProgressLine,
): Promise<ExportResult | EntriesExport> {
  const onProgress = (step: Parameters<ProgressLine['draw']>[0]) => progress.draw(step);
  const { format, tenant: tenants, values, from, to, since, until } = flags;
  if (format !== 'bundle') {
    const tenant = String(tenants[0]);
    return exportEntries(source, write, { tenant, format, values, from, to, since, until, onProgress });
  }
  const result = await exportBundle(source, write, {
    tenants: tenants.length > 0 ? tenants : undefined,
    openings: flags.withhold ? 'withheld' : 'included',
    time: new Date().toISOString(),
    onProgress,
  });
  // A name with a slip in it is to a MongoDB server a database without anything in it.
  if (result.tenants === 0) throw new SealtrailError('source_invalid', 'there is no log here');
  return result;
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const paths = [pathOf(one), other].map((path) => realpath(path).catch(() => undefined));
  const [left, right] = await Promise.all(paths);
  return left !== undefined && left === right;
}

/** A bundle's summary goes to standard output, as nothing else does; the other formats' to standard error. */
function report(result: ExportResult | EntriesExport, file: string | undefined, json?: boolean): void {
  if (json) console.log(JSON.stringify({ ...result, file }));
  else if ('verified' in result) console.error(printable(describeEntries(result, file)));
  else if (file !== undefined) console.log(printable(describeBundle(result, file)));
}

function describeBundle({ tenants, entries, anchors }: ExportResult, file: string): string {
  return `${file}: ${count(tenants, 'log')}, ${count(entries, 'entry', 'entries')}, ${count(anchors, 'anchor')}`;
}

function describeEntries({ tenant, entries, first, last, values }: EntriesExport, file = '-'): string {
  const at = (n: number) => n.toLocaleString('en-US');
  const positions =
    first === null || last === null ? '' : `, positions ${at(first.seq)} to ${at(last.seq)} of ${tenant}`;
  return `${file}: ${count(entries, 'entry', 'entries')}${positions}, sealed values ${values}; not verified`;
}
