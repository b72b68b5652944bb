import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices } from '@sealtrail/test-services';
import { Command, Option } from 'commander';
import { benchAppend } from './append.ts';
import type { Figure } from './measure.ts';
import { describeMachine, type Report, toMarkdown } from './report.ts';
import { type Bed, mongodbBed, sqliteBed } from './stores.ts';
import { benchVerify } from './verify.ts';

interface Flags {
  readonly only?: 'append' | 'verify';
  readonly store?: 'sqlite' | 'mongodb';
  readonly quick?: boolean;
  readonly full?: boolean;
  readonly rounds: string;
  readonly json?: string;
  readonly markdown?: string;
}

const flags = new Command('bench')
  .description('Measure Sealtrail, each figure as a fraction of a ceiling measured in the same rounds.')
  .addOption(new Option('--only <part>', 'one part').choices(['append', 'verify']))
  .addOption(new Option('--store <kind>', 'one store').choices(['sqlite', 'mongodb']))
  .option('--quick', 'small sizes, to see that it runs')
  .option('--full', 'adds verification of 1,000,000 entries (SQLite and bundle)')
  .option('--rounds <n>', 'counted rounds of each figure', '3')
  .option('--json <file>', 'write the report as JSON')
  .option('--markdown <file>', 'write the report as a Markdown table')
  .addHelpText('after', '\nMongoDB comes from MONGODB_URL, or is found or brought up as for the tests.\n')
  .parse()
  .opts<Flags>();

const say = (line: string): void => console.error(line);
const directory = mkdtempSync(join(tmpdir(), 'sealtrail-bench-'));
const services =
  flags.store === 'sqlite'
    ? undefined
    : await startServices({ redis: false, log: (line) => say(`[services] ${line}`) });
const beds: Bed[] = [];
if (flags.store !== 'mongodb') beds.push(sqliteBed(directory));
if (services !== undefined) beds.push(await mongodbBed(services.mongodbUrl));

const rounds = Number(flags.rounds);
const figures: Figure[] = [];
try {
  for (const bed of beds) {
    if (flags.only !== 'verify') {
      say(`append, ${bed.name} ...`);
      const entries = flags.quick ? 1_000 : 10_000;
      figures.push(...(await benchAppend(bed, { entries, callers: [1, 8, 64, 512], rounds })));
    }
    if (flags.only !== 'append') {
      for (const entries of sizes(bed)) {
        say(`verify, ${bed.name}, ${entries} entries ...`);
        figures.push(
          ...(await benchVerify(bed, { entries, rounds, directory, bundles: bed.name === 'sqlite' })),
        );
      }
    }
  }
} finally {
  for (const bed of beds) await bed.close();
  await services?.stop();
  rmSync(directory, { recursive: true, force: true });
}

function sizes(bed: Bed): number[] {
  if (flags.quick) return [5_000];
  return flags.full && bed.name === 'sqlite' ? [10_000, 100_000, 1_000_000] : [10_000, 100_000];
}

const report: Report = {
  date: new Date().toISOString(),
  machine: describeMachine(),
  node: process.versions.node,
  mongodb: services?.mongodbKind ?? 'not measured',
  figures,
};
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
if (flags.markdown !== undefined) writeFileSync(flags.markdown, toMarkdown(report));
console.log(toMarkdown(report));
