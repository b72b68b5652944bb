// @ts-check
import { mkdir } from 'node:fs/promises';
import { needMongodb, readFlags, refuse } from './lib/options.mjs';
import { tamper, tamperOnce } from './lib/tamper/run.mjs';

const HELP = `Everything that is stored, handed out or published is changed: any field of any row of either store, rows deleted, repeated and
exchanged, several changes at once, rows changed while the product acts and put back, views, triggers and indexes, what somebody does who hashes, anchors and seals anew to cover a change; lines of bundles and of
evidence; of a published log the leaves, the tiles, the checkpoint, and what its operator signs anew; and what is kept of it: a reader's
policy, remembered checkpoint and tlog-proof, and what a witness remembers. Each has to be found, at its position where the specification names one; or only with what was noted
elsewhere, as the threat model says; or be no change of the log. And logs that nobody touched, whatever was erased and pruned in them,
have to be valid.

  node test/campaigns/tamper.mjs --store sqlite|mongodb [options]

  --cases N      changes (20000)
  --seed N       decides all of it but salts and times (1): the first world, for 400 cases, is made with it, the next one with N + 1
  --only N       one case alone, by the seed and number that a problem names
  --folder PATH  where progress is kept after each world: the same command takes an interrupted campaign up again
  --json         print the result as JSON

MongoDB is taken from MONGODB_URL; databases of their own are made and dropped. Build the packages first.
Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const flags = readFlags(HELP, {
  store: { type: 'string' },
  cases: { type: 'string', default: '20000' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  folder: { type: 'string' },
  json: { type: 'boolean', default: false },
});
const { store, folder } = flags;
const [cases, seed] = [Number(flags.cases), Number(flags.seed)];
const only = flags.only === undefined ? undefined : Number(flags.only);
if (store !== 'sqlite' && store !== 'mongodb') refuse('--store is sqlite or mongodb', HELP);
if (!Number.isSafeInteger(cases) || cases < 1) refuse('--cases is a whole number from 1', HELP);
if (!Number.isSafeInteger(seed)) refuse('--seed is a whole number', HELP);
if (only !== undefined && !(Number.isSafeInteger(only) && only >= 0))
  refuse('--only is a whole number from 0', HELP);
needMongodb({ store }, HELP);
if (folder !== undefined) await mkdir(folder, { recursive: true });
const started = performance.now();
const onWorld = flags.json ? () => {} : console.error;
const { counts, artefacts, needs, problems } = await (only === undefined
  ? tamper({ store, cases, seed, folder, onWorld })
  : tamperOnce({ store, seed, only }));
const seconds = Math.round((performance.now() - started) / 1_000);
if (flags.json) console.log(JSON.stringify({ store, cases, seconds, counts, artefacts, needs, problems }));
else {
  for (const [artefact, outcomes] of Object.entries(artefacts).sort()) {
    const told = Object.entries(outcomes).map(([outcome, n]) => `${n} ${outcome}`);
    console.log(`${artefact}: ${told.join('; ')}`);
  }
  console.log(`\nin all, ${only === undefined ? cases : 1} cases, ${seconds} s in this run:`);
  for (const [outcome, n] of Object.entries(counts).sort(([, a], [, b]) => b - a))
    console.log(`  ${n}  ${outcome}`);
  console.log('\nnot seen without something noted elsewhere:');
  for (const need of needs) console.log(`  ${need}`);
  for (const problem of problems) console.log(`PROBLEM ${problem}`);
}
process.exitCode = problems.length === 0 ? 0 : 1;
