// @ts-check
import { parseArgs } from 'node:util';
import { fuzz } from './lib/fuzz/run.mjs';

const HELP = `Every parser gets inputs that were valid and then changed, in ways that know what they are made of. Each must take an input or
refuse it with a code: no other error, no hang, no memory that grows.

  node test/campaigns/fuzz.mjs [options]

  --cases N    inputs for each parser (50000: about a million in all)
  --seed N     decides all of it (1)
  --only NAME  one parser
  --json       print the result as JSON

Build the packages first. Exit code: 0 all is well, 1 it is not, 2 wrong options.`;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '50000' },
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
const cases = Number(values.cases);
const seed = Number(values.seed);
if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed)) {
  console.error(HELP);
  process.exit(2);
}
const memory = process.memoryUsage().rss;
const started = performance.now();
const outcome = await fuzz({
  cases,
  seed,
  only: values.only,
  onTarget: values.json ? () => {} : (name) => console.error(`  ${name}`),
});
const seconds = (performance.now() - started) / 1_000;
const grownMb = Math.round((process.memoryUsage().rss - memory) / 1_048_576);
if (values.json) console.log(JSON.stringify({ ...outcome, seconds, grownMb }));
else {
  console.log(
    `${outcome.cases} inputs in ${seconds.toFixed(0)} s, ${outcome.taken} taken, memory grew by ${grownMb} MB`,
  );
  for (const [code, n] of Object.entries(outcome.codes).sort(([, a], [, b]) => b - a))
    console.log(`  ${n}  ${code}`);
  for (const problem of outcome.problems) console.log(`PROBLEM ${problem}`);
}
process.exitCode = outcome.problems.length > 0 ? 1 : 0;
