// @ts-check
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Log, openStore } from '@sealtrail/store';
import { ackLine, readAcks } from './acks.mjs';
import { seeded } from './random.mjs';

// One writer process: appends its share of entries, and notes every acknowledgement in a file of its own. Started again
// after a kill, it goes on where the file ends, and appends its last acknowledged entries once more.

/**
 * @typedef {object} Plan
 * @property {string} location
 * @property {number} seed  what decides each entry's size and log
 * @property {string} name  begins the ids of this writer's entries
 * @property {number} entries
 * @property {number} tenants  how many logs the entries are spread over
 * @property {number} callers  how many appends wait at the same time
 * @property {string} acks  the file of acknowledgements
 * @property {number} [attempts]  at one entry, while the store is away or its queue full (100)
 */

const APPEND_AGAIN = 20;

/** @type {Plan} */
const plan = JSON.parse(process.argv[2] ?? '');
const before = new Map(readAcks(plan.acks).map((ack) => [ack.id, ack]));
const acks = openSync(plan.acks, 'a');
// A kill may have cut the last line: the next one must not grow out of it.
writeSync(acks, '\n');
const store = await opened();
const log = new Log(store);

for (const first of [...before.values()].slice(-APPEND_AGAIN)) {
  const again = await append(Number(first.id.split('-').at(-1)));
  if (!again.duplicate || ackLine(again) !== ackLine(first)) {
    throw new Error(`acknowledged as "${ackLine(first)}", appended again as "${ackLine(again)}"`);
  }
}
let next = 0;
await Promise.all(Array.from({ length: plan.callers }, caller));
await log.close();
await store.close();
closeSync(acks);

async function caller() {
  while (next < plan.entries) {
    const i = next++;
    if (!before.has(idOf(i))) writeSync(acks, ackLine(await append(i)));
  }
}

/** The store may be away when a writer is started. */
async function opened() {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openStore(plan.location);
    } catch (error) {
      if (attempt === (plan.attempts ?? 100) || !isAway(error)) throw error;
      await sleep(50);
    }
  }
}

/** @param {unknown} error */
function isAway(error) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'store_unavailable' || code === 'queue_full';
}

/**
 * Appends entry number i. It is the same one however often it is made.
 *
 * @param {number} i
 */
async function append(i) {
  const random = seeded(plan.seed + i);
  const tenant = `tenant-${Math.floor(random() * plan.tenants)}`;
  const draft = {
    id: idOf(i),
    type: 'proposal.created',
    actor: { type: /** @type {const} */ ('agent'), id: plan.name },
    targets: [{ type: 'deal', id: `d-${Math.floor(random() * 100)}` }],
    data: { n: i, note: 'n'.repeat(random() * 200) },
    sealed: { rationale: `${plan.name} proposes number ${i}: ${'r'.repeat(random() * 400)}` },
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await log.append(tenant, draft);
    } catch (error) {
      if (attempt === (plan.attempts ?? 100) || !isAway(error)) throw error;
      await sleep(50);
    }
  }
}

/** @param {number} i */
function idOf(i) {
  return `${plan.name}-${i}`;
}
