// @ts-check
import { parseArgs } from 'node:util';
import { fuzzCommands } from './lib/fuzz/commands.mjs';
import { fuzzFiles } from './lib/fuzz/files.mjs';
import { fuzz } from './lib/fuzz/run.mjs';
import { fuzzService } from './lib/fuzz/service.mjs';

const HELP = `Everything that takes input gets inputs that were valid and then changed, in ways that know what they are made of. Each must be
taken, or refused with a code: no other error, no hang, no memory that grows.

  node test/campaigns/fuzz.mjs [options]

  --part NAME  one part: parsers, files, requests or commands
  --cases N    inputs; for each parser (50000: about a million in all), for each kind of file (2000), requests to the service
               (5000), command lines (300)
  --seed N     decides all of it (1)
  --only NAME  one parser
  --json       print the result as JSON

Build the packages first. Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const { values } = parseArgs({
  options: {
    part: { type: 'string' },
    cases: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const seed = Number(values.seed);
const told = values.json ? () => {} : (/** @type {string} */ name) => console.error(`  ${name}`);
/** @type {Record<string, { cases: number, run: (cases: number) => Promise<import('./lib/fuzz/run.mjs').Outcome> }>} */
const PARTS = {
  parsers: { cases: 50_000, run: (cases) => fuzz({ cases, seed, only: values.only, onTarget: told }) },
  files: { cases: 2_000, run: (cases) => fuzzFiles({ cases, seed }) },
  requests: { cases: 5_000, run: (cases) => fuzzService({ cases, seed }) },
  commands: { cases: 300, run: (cases) => fuzzCommands({ cases, seed }) },
};
const given = values.cases === undefined ? undefined : Number(values.cases);
const part = values.only === undefined ? values.part : 'parsers';
const isKnown = part === undefined || Object.hasOwn(PARTS, part);
if (!isKnown || !Number.isSafeInteger(given ?? 1) || (given ?? 1) < 1 || !Number.isSafeInteger(seed)) {
  console.error(HELP);
  process.exit(2);
}
for (const [name, { cases, run }] of Object.entries(PARTS)) {
  if (part !== undefined && part !== name) continue;
  const memory = process.memoryUsage().rss;
  const started = performance.now();
  const outcome = await run(given ?? cases);
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
