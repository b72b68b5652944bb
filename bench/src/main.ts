import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServices } from '@sealtrail/test-services';
import { benchAnchor } from './anchor.ts';
import { benchAppend } from './append.ts';
import type { Bed } from './beds/bed.ts';
import { mongodbBed } from './beds/mongodb.ts';
import { sqliteBed } from './beds/sqlite.ts';
import { fill, rowSizes, storedRows, TENANT } from './data.ts';
import { describeEnvironment } from './environment.ts';
import type { Figure } from './measure.ts';
import { readFlags } from './options.ts';
import { benchPeers } from './peers.ts';
import { benchProve, benchSeal } from './prove.ts';
import { benchPrune } from './prune.ts';
import { type Report, toMarkdown, toText } from './report.ts';
import { benchScaling } from './scaling/run.ts';
import { benchServe } from './serve.ts';
import { benchVerify } from './verify.ts';

const flags = readFlags();
const environment = describeEnvironment();
const say = (line: string): void =>
  console.error(`${(performance.now() / 1_000).toFixed(0).padStart(5)} s  ${line}`);
if (flags.only === 'scaling') {
  await benchScaling({ ...flags, say });
  process.exit();
}
if (flags.only === 'peers') process.exit(benchPeers(flags));
const directory = mkdtempSync(join(tmpdir(), 'sealtrail-bench-'));
const onlyBundles = flags.store === 'bundle';
const rounds = flags.quick ? 1 : flags.rounds;
const sizes = flags.sizes ?? (flags.quick ? [2_000] : [10_000, 100_000, ...(flags.full ? [1_000_000] : [])]);

const services =
  flags.store === 'sqlite' || onlyBundles
    ? undefined
    : await startServices({ redis: false, log: (line) => say(line) });
const beds: Bed[] = [];
const figures: Figure[] = [];
try {
  if (flags.store !== 'mongodb') beds.push(sqliteBed(directory));
  if (services !== undefined) beds.push(await mongodbBed(services.mongodbUrl));
  for (const bed of beds) figures.push(...(await measure(bed)));
  const report: Report = {
    format: 'sealtrail-bench/1',
    environment,
    rounds,
    engines: Object.fromEntries(beds.map(({ name, engine }) => [name, engine])),
    rows: await sampleSizes(beds[0] as Bed),
    figures,
  };
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  if (flags.markdown !== undefined) writeFileSync(flags.markdown, toMarkdown(report));
  console.log(toText(report));
} finally {
  for (const bed of beds) await bed.close();
  await services?.stop();
  rmSync(directory, { recursive: true, force: true });
}

async function measure(bed: Bed): Promise<Figure[]> {
  const found: Figure[] = [];
  const wants = (part: Figure['part']): boolean => flags.only === undefined || flags.only === part;
  if (wants('append') && !onlyBundles) {
    // One caller to a server waits for the network and the disk most of the time.
    const entries = flags.quick ? 640 : 10_000;
    found.push(...(await benchAppend(bed, { entries, rounds, callers: [1, 8, 64, 512], say })));
  }
  if (wants('verify')) {
    const bundles = flags.store === undefined ? bed.name === 'sqlite' : onlyBundles;
    for (const entries of sizes) {
      const options = { entries, rounds, directory, itself: !onlyBundles, bundles, say };
      found.push(...(await benchVerify(bed, options)));
    }
  }
  if (wants('anchor') && !onlyBundles) {
    found.push(await benchAnchor(bed, { entries: flags.quick ? 2_000 : 100_000, rounds, say }));
  }
  if (wants('prove') && !onlyBundles && bed.name === 'sqlite') {
    // A proof is the same whatever store it comes from.
    for (const entries of flags.sizes ??
      (flags.quick ? [2_000] : [1_000, 100_000, ...(flags.full ? [1_000_000] : [])])) {
      found.push(...(await benchProve(bed, { entries, rounds, say })));
    }
  }
  if (wants('seal') && !onlyBundles) {
    found.push(await benchSeal(bed, flags.quick ? 100 : 10_000, 1, say));
  }
  if (wants('prune') && !onlyBundles && bed.name === 'sqlite') {
    found.push(await benchPrune(bed, { entries: flags.quick ? 2_000 : 100_000, say }));
  }
  if (wants('serve') && !onlyBundles) {
    for (const entries of flags.sizes ??
      (flags.quick ? [2_000] : [100_000, ...(flags.full ? [1_000_000] : [])])) {
      found.push(...(await benchServe(bed, { entries, rounds, say })));
    }
  }
  return found;
}

async function sampleSizes(bed: Bed): Promise<Report['rows']> {
  const { store, drop } = await bed.fresh();
  await fill(store, 3_000);
  const sizes = rowSizes(await storedRows(store, [TENANT]));
  await drop();
  return sizes;
}
