// @ts-check
import { conclude, needMongodb, readOptions, refuse } from './lib/options.mjs';
import { freshPlace } from './lib/place.mjs';
import { Notes } from './lib/soak/notes.mjs';
import { soak } from './lib/soak/run.mjs';
import { grown, trends } from './lib/soak/verdict.mjs';

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
  --folder PATH  where every window is noted, and a SQLite store kept: the same command takes an interrupted soak up again, for the
                 minutes that are left, and judges latency over all of it. Memory is judged within the longest run, since it is a
                 process's own. With MongoDB, the database stays as well
  --json         print the result as JSON, every window in it

SQLite is anchored by the same process, MongoDB by a worker process with REDIS_URL. MongoDB is taken from MONGODB_URL; a database of
its own is made and dropped. Build the packages first.
Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const options = readOptions(
  HELP,
  { minutes: 10, window: 10, tenants: 100, rate: 200, seed: 1 },
  { folder: true },
);
const { store, minutes, window, tenants, rate, seed, json } = options;
const redis = process.env['REDIS_URL'];
needMongodb(options, HELP);
if (store === 'mongodb' && !redis) refuse('set REDIS_URL to the Redis that the worker shall use', HELP);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
const place = await freshPlace(store, options.at, options.folder);
try {
  const notes = notesOf({ store, window, tenants, rate, seed });
  const secondsBefore = notes.before.length * window;
  const { problems, done, windows, ...counts } = await soak(place, {
    ...options,
    notes,
    seconds: Math.max(0, minutes * 60 - secondsBefore),
    redis: store === 'mongodb' ? redis : undefined,
    onWindow: json ? () => {} : console.error,
  });
  const found = trends(windows);
  problems.push(...grown(found));
  const operations = Object.values(done).reduce((sum, times) => sum + times, 0);
  const lines = found.map(({ what, first, last }) => [what, `${first.toFixed(1)} -> ${last.toFixed(1)}`]);
  const shown = json ? { done, trends: found, windows } : Object.fromEntries(lines);
  conclude({ store, minutes, secondsBefore, operations, ...counts, ...shown, problems }, json);
} finally {
  await place.remove();
}

/** @param {Readonly<Record<string, unknown>>} share */
function notesOf(share) {
  try {
    return new Notes(options.folder, share);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
