// @ts-check
import { writeFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { draft } from '../dist/data.js';
import { describeEnvironment } from '../dist/environment.js';
import { measure } from './measure.mjs';
import { PEERS } from './peers.mjs';
import { toMarkdown } from './report.mjs';
import { tamper, twoProcesses } from './tamper.mjs';

const HELP = `Other npm packages that keep a hash-chained log beside Sealtrail: the same drafts, the same machine, as their users would use them.
Each appends one entry after the other, then verifies; then what is stored is changed, and its own check is asked.

  npm run bench -- --only peers                  installs them for this alone, and writes bench/PEERS.md
  node bench/peers/run.mjs [--entries 3000] [--rounds 3] [--seconds 150] [--json FILE] [--markdown FILE]

--seconds: no round of speeds begins that would end later.
`;

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '150' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [entries, rounds, seconds] = [values.entries, values.rounds, values.seconds].map(Number);
const whole = (/** @type {number | undefined} */ n, /** @type {number} */ from) =>
  Number.isSafeInteger(n) && Number(n) >= from;
if (values.help || !whole(entries, 20) || !whole(rounds, 1) || !whole(seconds, 1)) {
  writeSync(1, HELP);
  process.exit(values.help ? 0 : 2);
}
const say = (/** @type {string} */ line) =>
  console.error(`${(performance.now() / 1_000).toFixed(0).padStart(5)} s  peers, ${line}`);
const environment = describeEnvironment();
const drafts = Array.from({ length: Number(entries) }, (_, i) => draft(i));

const speeds = await measure(PEERS, drafts, { rounds: Number(rounds), seconds: Number(seconds), say });
/** @type {Record<string, { found: Record<string, string>, twoProcesses: string }>} */
const tried = {};
for (const peer of PEERS) {
  say(`changes of ${peer.name}`);
  tried[peer.id] = { found: await tamper(peer, drafts), twoProcesses: await twoProcesses(peer) };
}
const result = { format: 'sealtrail-bench-peers/1', environment, ...speeds, tried };
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
const text = toMarkdown(PEERS, result);
if (values.markdown !== undefined) writeFileSync(values.markdown, text);
writeSync(1, text);
// A package may keep timers and handles of its own.
process.exit();
