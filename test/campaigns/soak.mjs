// @ts-check
import { conclude, readOptions } from './lib/options.mjs';
import { freshPlace } from './lib/place.mjs';
import { soak } from './lib/soak/run.mjs';

const HELP = `A hundred tenants are worked on as a CRM with agents would, at a steady pace: proposals, decisions, edits, bulk clicks, expiry,
executions, histories, checks; anchors and seals are made beside it. Whether memory and latency stay flat is judged by comparing the
medians of the first third after the warm-up (a fifth of the run) with those of the last: memory may be larger by a fifth and 12 MB,
latency by a half and 2 ms. At the end everything is verified.

  node test/campaigns/soak.mjs --store sqlite|mongodb [options]

  --minutes N    how long (10)
  --window N     seconds of a window (10)
  --tenants N    logs (100)
  --rate N       operations a second (200)
  --seed N       decides what is done, and to whom (1)
  --at LOCATION  instead of --store: a file or mongodb:// URL of an empty store, which is kept
  --json         print the result as JSON, every window in it

SQLite is anchored by the same process, MongoDB by a worker process with REDIS_URL. MongoDB is taken from MONGODB_URL; a database of
its own is made and dropped. Build the packages first.
Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const options = readOptions(HELP, { minutes: 10, window: 10, tenants: 100, rate: 200, seed: 1 });
const { store, minutes, json } = options;
const redis = process.env['REDIS_URL'];
if (store === 'mongodb' && !redis) throw new Error('set REDIS_URL to the Redis that the worker shall use');
const place = await freshPlace(store, options.at);
try {
  const { problems, trends, windows, ...counts } = await soak(place, {
    ...options,
    seconds: minutes * 60,
    redis: store === 'mongodb' ? redis : undefined,
    onWindow: json ? () => {} : console.error,
  });
  const lines = trends.map(({ what, first, last }) => [what, `${first.toFixed(1)} -> ${last.toFixed(1)}`]);
  const shown = json ? { trends, windows } : Object.fromEntries(lines);
  conclude({ store, minutes, ...counts, ...shown, problems }, json);
} finally {
  await place.remove();
}
