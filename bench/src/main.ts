import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices } from '@sealtrail/test-services';
import type { Bed } from './beds/bed.ts';
import { mongodbBed } from './beds/mongodb.ts';
import { sqliteBed } from './beds/sqlite.ts';
import { fill, rowSizes, storedRows, TENANT } from './data.ts';
import { describeEnvironment } from './environment.ts';
import { jobsOf } from './jobs.ts';
import { toMarkdown } from './markdown.ts';
import { type Flags, readFlags } from './options.ts';
import { benchPeers } from './peers.ts';
import { merge, type Report, type Run } from './report.ts';
import { runJobs } from './run.ts';
import { benchScaling } from './scaling/run.ts';
import { toText } from './text.ts';

const flags = readFlags();
const say = (line: string): void =>
  console.error(`${(performance.now() / 1_000).toFixed(0).padStart(5)} s  ${line}`);
if (flags.merge !== undefined) {
  const reports = flags.merge.map((path) => JSON.parse(readFileSync(path, 'utf8')) as Report);
  write(flags, merge(reports));
  console.log(toText(merge(reports)));
} else if (flags.only === 'scaling') await benchScaling({ ...flags, say });
else if (flags.only === 'peers') process.exitCode = benchPeers(flags);
else await measure();
// A job that was given up may still wait for something.
process.exit();

async function measure(): Promise<void> {
  const environment = describeEnvironment();
  const directory = mkdtempSync(join(tmpdir(), 'sealtrail-bench-'));
  const { store, quick, minutes } = flags;
  const services =
    store === 'sqlite' || store === 'bundle' ? undefined : await startServices({ redis: false, log: say });
  const beds: Bed[] = [];
  try {
    if (store !== 'mongodb') beds.push(sqliteBed(directory));
    if (services !== undefined) beds.push(await mongodbBed(services.mongodbUrl));
    const rounds = quick ? 1 : flags.rounds;
    const head = {
      environment,
      rounds,
      engines: Object.fromEntries(beds.map(({ name, engine }) => [name, engine])),
      rows: await sampleSizes(beds[0] as Bed),
    };
    const jobs = beds.flatMap((bed) => jobsOf(bed, flags, { rounds, directory, say }));
    if (jobs.length === 0) {
      console.error(`error: --only ${flags.only} measures nothing with --store ${store}`);
      process.exitCode = 1;
      return;
    }
    let run: Run = { ...head, figures: [], failures: [] };
    const save = (more: Partial<Run>): void => {
      run = { ...run, ...more };
      write(flags, reportOf(run));
    };
    await runJobs(jobs, { minutes, say, save: (figures, failures) => save({ figures, failures }) });
    if (flags.report) {
      const json = join(directory, 'peers.json');
      const status = benchPeers({ quick, json });
      if (status === 0) save({ peers: JSON.parse(readFileSync(json, 'utf8')) });
      else save({ failures: [...run.failures, { name: 'peers', why: `exit code ${status}` }] });
    }
    console.log(toText(reportOf(run)));
    if (run.failures.length > 0) process.exitCode = 1;
  } finally {
    for (const bed of beds) await bed.close();
    await services?.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function reportOf(run: Run): Report {
  return { format: 'sealtrail-bench/2', runs: [run] };
}

function write({ json, markdown }: Flags, report: Report): void {
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  if (markdown !== undefined) writeFileSync(markdown, toMarkdown(report));
}

async function sampleSizes(bed: Bed): Promise<Run['rows']> {
  const { store, drop } = await bed.fresh();
  await fill(store, 3_000);
  const sizes = rowSizes(await storedRows(store.source(), [TENANT]));
  await drop();
  return sizes;
}
