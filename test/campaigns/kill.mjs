// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { check } from './lib/check.mjs';
import { Crew } from './lib/crew.mjs';
import { CuttingProxy } from './lib/kill/cutting-proxy.mjs';
import { FAULTS } from './lib/kill/faults.mjs';
import { goOn } from './lib/kill/go-on.mjs';
import { Workers } from './lib/kill/workers.mjs';
import { conclude, needMongodb, readOptions, refuse } from './lib/options.mjs';
import { freshPlace } from './lib/place.mjs';
import { Progress } from './lib/progress.mjs';
import { seeded } from './lib/random.mjs';

const HELP = `Writer processes are killed (SIGKILL) at random points and started again; with --faults, so is everything else around them. After
each round everything is verified: one chain for each tenant, every acknowledged entry there exactly once and as it was acknowledged,
and the next append and the next anchor need nobody's help. With workers, all has to be anchored, sealed and published by them.

  node test/campaigns/kill.mjs --store sqlite|mongodb [options]

  --faults LIST   of kill-writer (what happens without it), kill-worker, stop-writer (paused past its lease and woken), cut (a connection,
                  before the server saw a write, within it, or after it and before the answer), kill-mongodb, kill-redis (now and then
                  with its data); or all. Servers that are killed are this campaign's own; the last four are for MongoDB
  --workers N     worker processes, with Redis (2 when a fault is about workers or Redis, otherwise 0)
  --processes N   writer processes (4)
  --entries N     entries that each of them appends in a round (1000)
  --tenants N     logs that the entries are spread over (2)
  --callers N     appends that wait at the same time in each process (32)
  --rounds N      rounds, all on the same store (5)
  --kills N       faults in a round, as long as writers are at work (10)
  --pause N       longest time between two, in milliseconds (300)
  --seed N        decides who is struck and when (1); the machine's own timing stays random
  --at LOCATION   instead of --store: a file or mongodb:// URL of a store, which is kept
  --folder PATH   where acknowledgements, key, published log and progress are kept, and a SQLite store: the same command takes an
                  interrupted campaign up again, and holds it to all that was acknowledged before. Not with kill-mongodb, whose
                  server ends with the campaign
  --json          print the result as JSON

MongoDB and Redis are taken from MONGODB_URL and REDIS_URL unless they are to be killed. Build the packages first.
Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const OF_WORKERS = ['kill-worker', 'kill-redis'];
const OF_SERVERS = ['kill-mongodb', 'kill-redis'];
const options = readOptions(
  HELP,
  {
    processes: 4,
    entries: 1_000,
    tenants: 2,
    callers: 32,
    rounds: 5,
    kills: 10,
    pause: 300,
    seed: 1,
    workers: -1,
  },
  { faults: Object.keys(FAULTS), folder: true },
);
const { store, processes, entries, tenants, rounds, seed, json } = options;
// In one file nobody has a lease, and there is nothing to cut.
const faults = options.faults.filter(
  (name) => store === 'mongodb' || ['kill-writer', 'kill-worker', 'kill-redis'].includes(name),
);
const workerCount =
  options.workers >= 0 ? options.workers : faults.some((name) => OF_WORKERS.includes(name)) ? 2 : 0;
const progress = json ? () => {} : console.error;
const random = seeded(seed);
if (options.folder !== undefined && faults.includes('kill-mongodb'))
  refuse('--folder: the MongoDB server of kill-mongodb ends with the campaign', HELP);
if (!faults.some((name) => OF_SERVERS.includes(name))) needMongodb(options, HELP);
const servers = await ownServers();
const place = await freshPlace(store, options.at, options.folder);
/** @type {import('./lib/kill/published.mjs').State} */
const begin = { done: 0, kills: 0, struck: {} };
const progressOf = new Progress(place.folder, { store, processes, entries, tenants, seed }, begin);
const before = progressOf.read();
const redis = servers?.redisUrl || (process.env['REDIS_URL'] ?? '');
if (workerCount > 0 && redis === '') refuse('set REDIS_URL to the Redis that the workers shall use', HELP);
const proxy = faults.includes('cut') ? await CuttingProxy.before(place.location) : undefined;
const workers =
  workerCount === 0
    ? undefined
    : new Workers({
        location: place.location,
        redis,
        folder: place.folder,
        checkpoint: before.checkpoint,
      });
/** @type {Crew[]} */
const crews = [];
/** @type {Record<string, number>} */
const struck = { ...Object.fromEntries(faults.map((name) => [name, 0])), ...before.struck };
/** @type {string[]} */
const problems = [];
const started = performance.now();
// Each crew and each server has its own way to leave nobody behind.
process.setMaxListeners(0);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
try {
  progress(
    `${store}: ${processes} writers, ${workerCount} workers, ${entries} entries each in a round, ${tenants} tenants; ${faults.join(', ')}; seed ${seed}`,
  );
  if (before.done > 0) {
    for (let round = 0; round < before.done; round++) crews.push(crewOf(round));
    await hold(`taken up after round ${before.done}`, before.checkpoint);
  }
  await workers?.start(workerCount);
  for (let round = before.done; round < rounds && problems.length === 0; round++) {
    const crew = crewOf(round);
    crews.push(crew);
    crew.start();
    await harass(crew);
    problems.push(...(await crew.done()));
    const next = workers === undefined ? goOn(place.location, tenants, round) : workers.caughtUp();
    problems.push(...(await next));
    await hold(`round ${round + 1}`, workers?.checkpoint);
    if (problems.length === 0)
      progressOf.write({ done: round + 1, kills: kills(), struck, checkpoint: workers?.checkpoint });
  }
  problems.push(...((await workers?.stop(options.folder === undefined)) ?? []));
  for (const [name, times] of Object.entries(struck))
    if (times === 0) problems.push(`${name} never struck: more --entries are needed`);
  conclude(
    {
      campaign: 'kill',
      store,
      processes,
      tenants,
      callers: options.callers,
      rounds,
      seed,
      takenUpAfter: before.done,
      kills: kills(),
      struck: told(),
      workers: workerCount,
      entries: crews.length * processes * entries,
      seconds: Number(((performance.now() - started) / 1000).toFixed(2)),
      problems,
    },
    json,
  );
} finally {
  await workers?.stop();
  await proxy?.close();
  if (problems.length === 0 || options.at === undefined) await place.remove();
  await servers?.stop();
}

/**
 * The writers of a round. They have the same names whenever it is run: what was acknowledged is not appended again.
 *
 * @param {number} round
 */
function crewOf(round) {
  const through = proxy === undefined ? {} : { through: proxy.through(place.location) };
  return new Crew(place, `s${seed}r${round}w`, { ...options, seed: seed + round, ...through });
}

/**
 * Everything is verified, and held against all that was acknowledged and published.
 *
 * @param {string} when
 * @param {import('./lib/kill/published.mjs').State['checkpoint']} checkpoint
 */
async function hold(when, checkpoint) {
  const plans = crews.flatMap((crew) => crew.plans);
  const checked = await check(place.location, plans, checkpoint);
  problems.push(...checked.problems);
  const published = checkpoint === undefined ? '' : `, ${checkpoint.size} seals published`;
  progress(`${when}: ${told()}, ${checked.entries} entries verified${published}`);
}

function kills() {
  return before.kills + crews.reduce((sum, crew) => sum + crew.kills, 0) + (workers?.kills ?? 0);
}

function told() {
  const cuts = proxy === undefined ? {} : proxy.struck;
  return Object.entries({ ...struck, ...cuts })
    .map(([name, times]) => `${times} ${name}`)
    .join(', ');
}

/** Servers that may be killed are this process's own. */
async function ownServers() {
  if (!faults.some((name) => OF_SERVERS.includes(name))) return undefined;
  const { startServices } = await import('@sealtrail/test-services');
  for (const name of ['MONGODB_URL', 'REDIS_URL']) delete process.env[name];
  const found = await startServices({ mongodb: store === 'mongodb' });
  if (store === 'mongodb') process.env['MONGODB_URL'] = found.mongodbUrl;
  return found;
}

/**
 * One fault after the other, as long as there is anybody at work.
 *
 * @param {Crew} crew
 */
async function harass(crew) {
  for (let i = 0; i < options.kills; i++) {
    await sleep(random() * options.pause);
    if (crew.running.length === 0) return;
    const name = /** @type {string} */ (faults[Math.floor(random() * faults.length)]);
    const strike = /** @type {NonNullable<typeof FAULTS[string]>} */ (FAULTS[name]);
    if (await strike({ crew, workers, proxy, servers, random })) struck[name] = (struck[name] ?? 0) + 1;
  }
}
