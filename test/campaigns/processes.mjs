// @ts-check
import { check } from './lib/check.mjs';
import { Crew } from './lib/crew.mjs';
import { conclude, needMongodb, readOptions } from './lib/options.mjs';
import { freshPlace } from './lib/place.mjs';

const HELP = `Many processes append to one store at once; then everything is verified: one chain for each tenant, every
entry of every process exactly once, at the position that was acknowledged.

  node test/campaigns/processes.mjs --store sqlite|mongodb [options]

  --processes N   writer processes (8)
  --entries N     entries that each of them appends (5000)
  --tenants N     logs that the entries are spread over (1)
  --callers N     appends that wait at the same time in each process (256)
  --seed N        decides sizes and the spread over the logs (1)
  --at LOCATION   instead of --store: a file or mongodb:// URL of an empty store, which is kept
  --json          print the result as JSON

MongoDB is taken from MONGODB_URL; a database of its own is made and dropped. Build the packages first.
Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const options = readOptions(HELP, { processes: 8, entries: 5_000, tenants: 1, callers: 256, seed: 1 });
const { store, processes, entries, tenants, json } = options;
const progress = json ? () => {} : console.error;
needMongodb(options, HELP);
const place = await freshPlace(store, options.at);
try {
  const total = processes * entries;
  progress(
    `${store}: ${processes} processes append ${entries} entries each to ${tenants} tenants; seed ${options.seed}`,
  );
  const started = performance.now();
  const crew = new Crew(place, 'w', options);
  crew.start();
  const failures = await crew.done();
  const seconds = (performance.now() - started) / 1000;
  progress(`appended in ${seconds.toFixed(1)} s; verifying`);
  const checked = await check(place.location, crew.plans);
  // Registration adds one entry to each log.
  const expected = total + checked.tenants;
  const problems = [...failures, ...checked.problems];
  if (checked.entries !== expected)
    problems.push(`${checked.entries} entries are there instead of ${expected}`);
  conclude(
    {
      campaign: 'processes',
      store,
      processes,
      entries: total,
      tenants,
      callers: options.callers,
      seed: options.seed,
      appendSeconds: Number(seconds.toFixed(2)),
      appendsPerSecond: Math.round(total / seconds),
      verifySeconds: Number(checked.seconds.toFixed(2)),
      verifiedPerSecond: Math.round(checked.entries / checked.seconds),
      problems,
    },
    json,
  );
} finally {
  await place.remove();
}
