// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { anchorTenant, Log, openStore } from '@sealtrail/store';
import { check } from './lib/check.mjs';
import { Crew } from './lib/crew.mjs';
import { conclude, readOptions } from './lib/options.mjs';
import { freshPlace } from './lib/place.mjs';
import { seeded } from './lib/random.mjs';

const HELP = `Writer processes are killed (SIGKILL) at random points and started again. After each round everything is verified: one
chain for each tenant, every acknowledged entry there exactly once and as it was acknowledged, and the next append and the
next anchor need nobody's help.

  node test/campaigns/kill.mjs --store sqlite|mongodb [options]

  --processes N   writer processes (4)
  --entries N     entries that each of them appends in a round (1000)
  --tenants N     logs that the entries are spread over (2)
  --callers N     appends that wait at the same time in each process (32)
  --rounds N      rounds, all on the same store (5)
  --kills N       kills in a round, as long as writers are at work (10)
  --pause N       longest time between two kills, in milliseconds (300)
  --seed N        decides who is killed and when (1); the machine's own timing stays random
  --at LOCATION   instead of --store: a file or mongodb:// URL of an empty store, which is kept
  --json          print the result as JSON

MongoDB is taken from MONGODB_URL; a database of its own is made and dropped. Build the packages first.
Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const options = readOptions(HELP, {
  processes: 4,
  entries: 1_000,
  tenants: 2,
  callers: 32,
  rounds: 5,
  kills: 10,
  pause: 300,
  seed: 1,
});
const { store, processes, entries, tenants, rounds, seed, json } = options;
const progress = json ? () => {} : console.error;
const random = seeded(seed);
const place = await freshPlace(store, options.at);
/** @type {Crew[]} */
const crews = [];
/** @type {string[]} */
const problems = [];
const started = performance.now();
try {
  progress(
    `${store}: ${processes} processes, ${entries} entries each in a round, ${tenants} tenants; seed ${seed}`,
  );
  for (let round = 0; round < rounds && problems.length === 0; round++) {
    const crew = new Crew(place, `r${round}w`, { ...options, seed: seed + round });
    crews.push(crew);
    crew.start();
    await harass(crew);
    problems.push(...(await crew.done()));
    problems.push(...(await goOn(place.location, round)));
    const checked = await check(
      place.location,
      crews.flatMap(({ plans }) => plans),
    );
    problems.push(...checked.problems);
    progress(`round ${round + 1}: ${crew.kills} kills, ${checked.entries} entries verified`);
  }
  conclude(
    {
      campaign: 'kill',
      store,
      processes,
      tenants,
      callers: options.callers,
      rounds,
      seed,
      kills: crews.reduce((sum, { kills }) => sum + kills, 0),
      entries: crews.length * processes * entries,
      seconds: Number(((performance.now() - started) / 1000).toFixed(2)),
      problems,
    },
    json,
  );
} finally {
  await place.remove();
}

/**
 * Kills one writer after the other, and now and then all of them in one moment.
 *
 * @param {Crew} crew
 */
async function harass(crew) {
  for (let kill = 0; kill < options.kills; kill++) {
    await sleep(random() * options.pause);
    const running = crew.running;
    if (running.length === 0) return;
    const one = /** @type {number} */ (running[Math.floor(random() * running.length)]);
    await crew.kill(random() < 0.2 ? running : [one]);
  }
}

/**
 * What a host does next: append to each log, and anchor it.
 *
 * @param {string} location
 * @param {number} round
 * @returns {Promise<string[]>} what went wrong
 */
async function goOn(location, round) {
  const next = await openStore(location);
  const log = new Log(next);
  try {
    for (let i = 0; i < tenants; i++) {
      const tenant = `tenant-${i}`;
      await log.append(tenant, {
        id: `next-${round}`,
        type: 'round.ended',
        actor: { type: 'system', id: 'campaign' },
      });
      const { pending } = await anchorTenant(next, tenant, { maxSegment: 1_000 });
      if (pending !== 0) return [`${pending} entries of ${tenant} could not be anchored`];
    }
    return [];
  } catch (error) {
    return [`after the kills: ${error instanceof Error ? error.stack : error}`];
  } finally {
    await log.close();
    await next.close();
  }
}
