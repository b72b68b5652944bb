// @ts-check
import { CHANGES } from './peer.mjs';

/**
 * @typedef {import('./peer.mjs').Peer} Peer
 * @typedef {import('./measure.mjs').Speed} Speed
 */

const NOT_MEASURED = `Known, and not measured: \`chainproof\`, \`tamper-evident-log\`, \`agentproofs\`, \`@vouchrail/sdk\`, the TypeScript SDK of
Agent Receipts, \`@577-industries/hashchain-audit\`, \`@nobulex/action-log\`, \`@ujexdev/audit-chain\`, \`@darksol/agent-proofchain\`,
\`@vluthra/agent-ledger\`, \`ri-event-log\` and \`@witness-log/node\` are described elsewhere, but could not be installed here: the registry in
use did not have them. \`@nexart/ai-execution\` makes single records, and \`@usebetterdev/audit\` keeps no chain. \`ssb-db2\`, OrbitDB and
\`@peerbit/log\` are databases of networks of peers, not logs that somebody is to audit. immudb and ledgers in PostgreSQL are servers.`;

/** @param {readonly Peer[]} peers @param {any} result @returns {string} */
export function toMarkdown(peers, { environment, entries, rounds, ceilings, speeds, tried }) {
  const { date, machine, node, loadBefore } = environment;
  const [durable, plain] = ceilings;
  const [ours, ...others] = peers;
  return `# Other packages

What npm packages that keep a hash-chained log do with the same drafts on the same machine, each as its user would use it, and which changes of
what is stored their own checks find. \`npm run bench -- --only peers\` installs them for this alone and writes this page anew in a few minutes.

Measured ${date.slice(0, 10)} on ${machine}; load before the run ${loadBefore}; Node ${node}. ${n(entries)} entries, medians of
${rounds} ${rounds === 1 ? 'round' : 'rounds'} in turn after one that is not counted. Bold: each entry is on the disk before it is acknowledged.${busy(environment)}

## Speed

Appends are one after the other, except where it says 64 callers; the other packages work on one entry at a time, whoever calls. Ceilings,
measured in the same rounds: a line and an fsync for each entry ${n(median(durable.append))}/s, a line without fsync ${n(median(plain.append))}/s; each
line read, parsed and hashed once ${n(median(plain.verify))}/s.

| package, and how it was used | appended a second | of a line each, as durable | verified a second | of reading and hashing |
| --- | ---: | ---: | ---: | ---: |
${speeds.map((/** @type {Speed} */ speed) => speedRow(peers, speed, ceilings)).join('\n')}

${chart(
  'durable appends a second',
  speeds.filter((/** @type {Speed} */ one) => one.durable),
  'append',
)}

${chart('verified a second', firstOfEach(speeds), 'verify')}

${ahead(ours, others, speeds).join('\n')}

## Which changes their own checks find

Each was tried in this run, on twenty entries, by changing what is stored. _Found when noted_: only against a position or tree hash that was
noted elsewhere, where the package's check takes one. The last hash of any chain can be noted and compared by hand.

| changed behind its back | ${peers.map(({ short }) => short).join(' | ')} |
| --- | ${peers.map(() => '---').join(' | ')} |
${Object.entries(CHANGES)
  .map(([id, what]) => `| ${what} | ${peers.map((peer) => cell(tried[peer.id].found[id])).join(' | ')} |`)
  .join('\n')}

Two processes that append to one log at the same time:

| package | then |
| --- | --- |
${peers.map((peer) => `| ${peer.short} | ${tried[peer.id].twoProcesses} |`).join('\n')}

## What each is, and what its check does not look at

Read from its source, beyond what was tried above.

${peers.map(({ name, what, unchecked }) => `- **${name}.** ${what} Not checked: ${unchecked.replace(/\.$/, '')}.`).join('\n')}

${NOT_MEASURED}
`;
}

/** @param {readonly Peer[]} peers @param {Speed} speed @param {readonly [Speed, Speed]} ceilings */
function speedRow(peers, speed, [durable, plain]) {
  const name = `${peers.find(({ id }) => id === speed.peer)?.short}: ${speed.form.replace('default: ', '')}`;
  if (speed.failed !== undefined) return `| ${name} | failed: ${speed.failed} | | | |`;
  const ceiling = speed.durable ? durable : plain;
  const append = median(speed.append);
  const bold = speed.durable ? '**' : '';
  const verify = median(speed.verify);
  return `| ${name} | ${bold}${n(append)}${bold} | ${ratio(append, median(ceiling.append))} | ${n(verify)} | ${ratio(verify, median(plain.verify))} |`;
}

/** @param {{ machine: string, loadBefore: number }} environment */
function busy({ machine, loadBefore }) {
  if (loadBefore <= Number.parseInt(machine, 10)) return '';
  return ' **The machine was busy with something else: take which changes are found from this run, but no speeds.**';
}

/** Where another package is faster, in plain words. @param {Peer | undefined} ours @param {readonly Peer[]} others @param {readonly Speed[]} speeds */
function ahead(ours, others, speeds) {
  const best = (/** @type {string | undefined} */ id, /** @type {'append' | 'verify'} */ what) =>
    Math.max(
      ...speeds
        .filter(({ peer, failed }) => peer === id && failed === undefined)
        .map((speed) => median(speed[what])),
    );
  const lines = others.flatMap((peer) => {
    const faster = /** @type {const} */ (['append', 'verify']).filter(
      (what) => best(peer.id, what) > best(ours?.id, what),
    );
    return faster.map((what) => {
      const times = (best(peer.id, what) / best(ours?.id, what)).toFixed(1);
      return `- ${peer.short} ${what === 'append' ? 'appends' : 'verifies'} ${times} times as fast: ${peer.ahead[what]}.`;
    });
  });
  const all = [...lines, ...oneCaller(ours, others, speeds)];
  return all.length === 0 ? [] : ['Who is faster than we are, and why:', '', ...all];
}

/** A caller that waits for each entry has no group to share the disk with. @param {Peer | undefined} ours @param {readonly Peer[]} others @param {readonly Speed[]} speeds */
function oneCaller(ours, others, speeds) {
  const durable = speeds.filter(({ durable: isDurable, failed }) => isDurable && failed === undefined);
  const own = durable.find(({ peer, form }) => peer === ours?.id && !/64/.test(form));
  if (own === undefined) return [];
  return durable.flatMap((speed) => {
    const times = median(speed.append) / median(own.append);
    const other = others.find(({ id }) => id === speed.peer);
    if (other === undefined || times <= 1) return [];
    return [
      `- ${other.short} appends ${times.toFixed(1)} times as fast when one caller waits for each entry to be on the disk: one write and an fsync against a transaction of a database with two indexes.`,
    ];
  });
}

/** @param {string} what @param {readonly Speed[]} speeds @param {'append' | 'verify'} key */
function chart(what, speeds, key) {
  const shown = speeds.filter(({ failed }) => failed === undefined);
  const values = shown.map((speed) => Math.round(median(speed[key])));
  const labels = shown.map((speed) =>
    JSON.stringify(`${speed.peer}${key === 'append' && /64/.test(speed.form) ? ' 64' : ''}`),
  );
  return [
    '```mermaid',
    'xychart-beta horizontal',
    `  x-axis [${labels.join(', ')}]`,
    `  y-axis "${what}" 0 --> ${Math.max(...values, 1)}`,
    `  bar [${values.join(', ')}]`,
    '```',
  ].join('\n');
}

/** @param {readonly Speed[]} speeds */
function firstOfEach(speeds) {
  return speeds.filter((speed, i) => speeds.findIndex(({ peer }) => peer === speed.peer) === i);
}

/** @param {string} text */
function cell(text) {
  return text === 'not found' ? '**not found**' : text;
}

/** @param {number} value @param {number} of */
function ratio(value, of) {
  const r = value / of;
  if (r >= 10) return n(r);
  return r < 0.1 ? String(Number(r.toPrecision(1))) : r.toFixed(2);
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** @param {number} value */
function n(value) {
  return Math.round(value).toLocaleString('en-US');
}
