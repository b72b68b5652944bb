// @ts-check
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { governance } from './governance.mjs';
import { hypercore } from './hypercore.mjs';
import { sealtrail } from './sealtrail.mjs';

const HELP = `Other npm packages that keep a hash-chained log beside Sealtrail: the same entries, the same machine, as their users would use them.
Each appends one entry after the other, then verifies; then what is stored is changed in six ways, and its own check is asked.

  npm ci --prefix bench/peers && node bench/peers/run.mjs [--entries 5000] [--rounds 3] [--markdown FILE]
`;

/**
 * @typedef {object} Entry
 * @property {string} agent
 * @property {string} action
 * @property {string} decision
 * @property {string} rationale
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} form  how it was used
 * @property {string} processes  whether two may write one log
 * @property {(folder: string, entries: readonly Entry[]) => Promise<void>} append
 * @property {(folder: string) => Promise<boolean>} verify  true when it calls what is stored good
 * @property {(folder: string) => Promise<boolean>} [verifyNoted]  the same, against a position that was noted elsewhere
 * @property {Readonly<Record<string, ((folder: string) => Promise<void>) | undefined>>} tamper
 */

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
    markdown: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [count, rounds] = [Number(values.entries), Number(values.rounds)];
if (
  values.help ||
  !Number.isSafeInteger(count) ||
  count < 20 ||
  !Number.isSafeInteger(rounds) ||
  rounds < 1
) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
/** @type {Entry[]} */
const entries = Array.from({ length: count }, (_, i) => ({
  agent: `agent-${i % 7}`,
  action: 'update_contact',
  decision: i % 3 === 0 ? 'rejected' : 'approved',
  rationale: `The signature of mail ${i} has another number. ${'r'.repeat(100)}`,
}));
const PEERS = [sealtrail(1), sealtrail(64), governance, hypercore];

const speeds = new Map(
  PEERS.map(({ name }) => [
    name,
    { append: /** @type {number[]} */ ([]), verify: /** @type {number[]} */ ([]) },
  ]),
);
/** @type {number[]} */
const ceiling = [];
for (let round = 0; round <= rounds; round++) {
  // The first round warms up, and does not count.
  const fsyncs = await inFolder(async (folder) => perSecond(async () => lines(folder)));
  if (round > 0) ceiling.push(fsyncs);
  for (const peer of PEERS) {
    await inFolder(async (folder) => {
      const append = await perSecond(() => peer.append(folder, entries));
      const verify = await perSecond(async () => {
        if (!(await peer.verify(folder))) throw new Error(`${peer.name} calls its own log broken`);
      });
      if (round === 0) return;
      speeds.get(peer.name)?.append.push(append);
      speeds.get(peer.name)?.verify.push(verify);
    });
  }
  console.error(`round ${round} of ${rounds}`);
}
/** @type {string[]} */
const table = [];
for (const peer of PEERS) {
  const speed = speeds.get(peer.name);
  const per = median(speed?.append ?? []);
  table.push(
    `| ${peer.name} | ${n(per)} (${(per / median(ceiling)).toFixed(2)}) | ${n(median(speed?.verify ?? []))} | ${peer.processes} | ${peer.form} |`,
  );
}
/** @type {string[]} */
const found = [];
const WAYS = Object.keys(governance.tamper);
for (const peer of [PEERS[0], governance, hypercore]) {
  if (peer === undefined) continue;
  const cells = [];
  for (const way of WAYS) {
    const change = peer.tamper[way];
    cells.push(
      change === undefined ? 'has no fields' : await inFolder((folder) => answer(peer, folder, change)),
    );
  }
  found.push(`| ${peer.name.replace(/, \d+ caller.*/, '')} | ${cells.join(' | ')} |`);
}
const report = `# Peers

Measured ${new Date().toISOString().slice(0, 10)}: ${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, by
\`npm ci --prefix bench/peers && node bench/peers/run.mjs --entries ${count} --rounds ${rounds}\`. ${n(count)} entries, medians of ${rounds} rounds in turn.

| package | appended a second (as a fraction of a line and an fsync each, ${n(median(ceiling))}/s) | verified a second | two processes at one log | how it was used |
| --- | --- | --- | --- | --- |
${table.join('\n')}

What each package's own check says after a change of what is stored; "noted" is the check against a position that was noted elsewhere.

| package | ${WAYS.join(' | ')} |
| --- | ${WAYS.map(() => '---').join(' | ')} |
${found.join('\n')}
`;
console.log(report);
if (values.markdown !== undefined) await writeFile(values.markdown, report);

/** @type {(peer: Peer, folder: string, change: (folder: string) => Promise<void>) => Promise<string>} */
async function answer(peer, folder, change) {
  await peer.append(folder, entries.slice(0, 20));
  await change(folder);
  const says = async (/** @type {Peer['verify']} */ how) => {
    try {
      return (await how(folder)) ? 'not found' : 'found';
    } catch {
      return 'found (it fails to open)';
    }
  };
  const alone = await says(peer.verify);
  if (alone !== 'not found' || peer.verifyNoted === undefined) return alone;
  return (await says(peer.verifyNoted)) === 'found' ? 'found when noted' : alone;
}

/** The least that durable means: a line, and the disk. @param {string} folder */
function lines(folder) {
  const file = openSync(join(folder, 'raw'), 'a');
  for (const entry of entries) {
    writeSync(file, `${JSON.stringify(entry)}\n`);
    fsyncSync(file);
  }
  closeSync(file);
}

/** @param {() => Promise<void>} work */
async function perSecond(work) {
  const started = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - started);
}

/**
 * @template T
 * @param {(folder: string) => Promise<T>} work
 */
async function inFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-peers-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** @param {number} value */
function n(value) {
  return Math.round(value).toLocaleString('en-US');
}
