// @ts-check
import { fuzzPart } from './lib/fuzz/parts.mjs';
import { readFlags, refuse } from './lib/options.mjs';

const HELP = `Everything that takes input gets inputs that were valid and then changed, in ways that know what they are made of. Each must be
taken, or refused with a code: no other error, no hang, no memory that grows.

  node test/campaigns/fuzz.mjs [options]

  --part NAME  one part: parsers, files, stores, requests or commands
  --cases N    inputs; for each parser (45000: about a million in all), for each kind of file (2000), changed rows of each kind
               of store (300), requests to the service (5000), command lines (300)
  --seed N     decides all of it (1)
  --only NAME  one parser
  --from N     the case to begin with: each is made by itself from the seed and its number
  --json       print the result as JSON

Each part runs in a thread with a bounded heap; an input that takes too long, or makes the process grow too much, ends it and is
named. A campaign that was interrupted is taken up with --part or --only where its output ends, and --from within that.

Stores are SQLite files, and databases of MONGODB_URL where it is set. Build the packages first. Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const values = readFlags(HELP, {
  part: { type: 'string' },
  cases: { type: 'string' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  from: { type: 'string', default: '0' },
  json: { type: 'boolean', default: false },
});
const seed = Number(values.seed);
const from = Number(values.from);
const { only } = values;
const onWhere = values.json ? () => {} : (/** @type {string} */ name) => console.error(`  ${name}`);
const CASES = { parsers: 45_000, files: 2_000, stores: 300, requests: 5_000, commands: 300 };
const given = values.cases === undefined ? undefined : Number(values.cases);
const part = only === undefined ? values.part : 'parsers';
if (part !== undefined && !Object.hasOwn(CASES, part))
  refuse(`--part is one of ${Object.keys(CASES).join(', ')}`, HELP);
if (given !== undefined && !(Number.isSafeInteger(given) && given >= 1))
  refuse('--cases is a whole number from 1', HELP);
if (!Number.isSafeInteger(seed)) refuse('--seed is a whole number', HELP);
if (!Number.isSafeInteger(from) || from < 0) refuse('--from is a whole number from 0', HELP);
for (const name of /** @type {(keyof typeof CASES)[]} */ (Object.keys(CASES))) {
  if (part !== undefined && part !== name) continue;
  const memory = process.memoryUsage().rss;
  const started = performance.now();
  const outcome = await fuzzPart(name, {
    cases: given ?? CASES[name],
    seed,
    from,
    onWhere,
    ...(only === undefined ? {} : { only }),
  });
  if (only !== undefined && outcome.cases === 0)
    refuse(`--only: there is no parser ${only}; a run names each that it comes to`, HELP);
  const seconds = (performance.now() - started) / 1_000;
  const grownMb = Math.round((process.memoryUsage().rss - memory) / 1_048_576);
  if (outcome.problems.length > 0) process.exitCode = 1;
  if (values.json) console.log(JSON.stringify({ part: name, ...outcome, seconds, grownMb }));
  else print(name, outcome, { seconds, grownMb });
}

/**
 * @param {string} name
 * @param {import('./lib/fuzz/run.mjs').Outcome} outcome
 * @param {{ readonly seconds: number, readonly grownMb: number }} spent
 */
function print(name, { cases, taken, codes, problems }, { seconds, grownMb }) {
  console.log(
    `${name}: ${cases} inputs in ${seconds.toFixed(0)} s, ${taken} taken, memory grew by ${grownMb} MB`,
  );
  for (const [code, n] of Object.entries(codes).sort(([, a], [, b]) => b - a)) console.log(`  ${n}  ${code}`);
  for (const problem of problems) console.log(`PROBLEM ${problem}`);
}
