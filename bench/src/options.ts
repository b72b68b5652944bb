import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';

export interface Flags {
  readonly only?:
    | 'append'
    | 'verify'
    | 'partial'
    | 'anchor'
    | 'prove'
    | 'seal'
    | 'prune'
    | 'serve'
    | 'scaling'
    | 'peers';
  readonly store?: 'sqlite' | 'mongodb' | 'bundle';
  readonly quick?: boolean;
  readonly full?: boolean;
  readonly rounds: number;
  readonly sizes?: readonly number[];
  readonly json?: string;
  readonly markdown?: string;
  readonly minutes?: number;
  /** All there is, into the files that are committed. */
  readonly report?: boolean;
  readonly merge?: readonly string[];
  readonly check?: boolean;
  readonly tables?: boolean;
}

const HELP = `
Every figure is given as a fraction of a ceiling that is measured in the same rounds, in turn, after a round that is not
counted: 0.80 says that appends reached 80 % of raw writes of the same rows into the same tables.

  append   callers that each wait for their entry, against raw writes of as many rows at once as there are callers, and of
           1,000; latency is what one caller waits
  verify   a full verification in a process of its own, against reading the same rows and doing nothing with them, and
           against hashing the same texts from memory; threads also against a process for each core that does all of it, which is
           the most they can reach. Peak MB is that process's memory, the Node runtime included
  partial  a few segments of a log and its whole chain of anchors, in a process of its own, against verifying the whole log
  anchor   verifying and anchoring a log, against merkletreejs over the same leaves
  prove    verifying the proof of one entry, and of a record's complete history, against verifying the whole log
  seal     one statement over very many tenants, against the tree of its leaves alone, and merkletreejs over the same
  prune    moving a log into an archive: bytes of the store before and after, and after erasing a record's values (SQLite)
  serve    the first page of a log over HTTP, with its entry in the access log, against the same page from the views alone;
           how fast the index of the views is built
  peers    only when it is named: other npm packages that keep a hash-chained log, installed for it alone (bench/PEERS.md)
  scaling  only when it is named: unit costs into bench/scaling.json, and the tables of docs/scaling.md from them

What fails or finds no time is in the report as not measured, and the exit code is 1. Files are written after each part.

MongoDB is the server that MONGODB_URL names; without it one is found or brought up as for the tests. The report says which
engine it was. Figures of two machines, or of one that is busy with something else, are not to be compared.

Examples:
  npm run bench -- --quick                         all of it in small, to see that it runs
  npm run bench -- --only append --store mongodb
  npm run bench -- --only verify --store bundle --sizes 1000000
  npm run bench -- --full --json bench.json --markdown bench.md
  npm run bench -- --report --minutes 120          all there is, other packages too: bench/results.json, RESULTS.md, PEERS.md
  npm run bench -- --merge a.json b.json --markdown bench.md     what several runs measured, in one report
  npm run bench -- --only scaling --check
`;

export function readFlags(): Flags {
  const flags = parse();
  if (!flags.report) return flags;
  const file = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
  return { full: !flags.quick, json: file('results.json'), markdown: file('RESULTS.md'), ...flags };
}

function parse(): Flags {
  return new Command('bench')
    .description(
      'Measures how fast Sealtrail appends, verifies, anchors, seals, proves, erases, prunes and serves.',
    )
    .addOption(
      new Option('--only <part>', 'one part').choices([
        'append',
        'verify',
        'partial',
        'anchor',
        'prove',
        'seal',
        'prune',
        'serve',
        'scaling',
        'peers',
      ]),
    )
    .addOption(new Option('--store <kind>', 'one kind of store').choices(['sqlite', 'mongodb', 'bundle']))
    .option('--quick', 'small sizes and one round')
    .option('--full', 'adds logs of 1,000,000 entries')
    .option('--report', 'as --full, with the other packages, into the files of bench/ that are committed')
    .option('--minutes <n>', 'begin nothing and give up what is under way after so many', wholeNumber)
    .option('--merge <files...>', 'measure nothing, make one report of several')
    .option('--sizes <list>', 'entries to verify, as in 10000,100000', sizes)
    .option('--rounds <n>', 'counted rounds of each figure', wholeNumber, 3)
    .option('--json <file>', 'write the report as JSON')
    .option('--markdown <file>', 'write the report as a Markdown table')
    .option('--check', 'scaling: measure larger sizes too, and compare what the model said of them')
    .option('--tables', 'scaling: measure nothing, write the tables anew from bench/scaling.json')
    .addHelpText('after', HELP)
    .parse()
    .opts<Flags>();
}

function sizes(list: string): number[] {
  return list.split(',').map(wholeNumber);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1.');
  return value;
}
