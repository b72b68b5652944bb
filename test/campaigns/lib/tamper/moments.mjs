// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalize, entryHash, isSealtrailError } from '@sealtrail/format';
import { authenticatedUser, defineAction, openSealtrail } from '@sealtrail/sdk';
import { erase, Log, openStore, prune, setHold, setRetention } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { z } from 'zod';
import { openHand } from './hand.mjs';
import { pick } from './singles.mjs';

// A row is changed for a moment, while the product acts, and put back. Nobody sees it afterwards, so the product must not have acted
// upon it; or else its log must be broken.

/** @typedef {import('@sealtrail/store').Store} Store */
/** @typedef {import('./tables.mjs').Row} Row */
/** @typedef {(store: Store) => Promise<void>} Work */
/** What is wrong with what was done, though the log is valid. @typedef {(before: readonly Row[], after: readonly Row[]) => string | undefined} Judge */
/** `aim`: the entries that it rests on, `what` in them above all. @typedef {{ readonly prelude: Work, readonly work: Work, readonly judge: Judge, readonly aim: (row: Row) => boolean, readonly what: string }} Act */

const BY = /** @type {const} */ ({ type: 'user', id: 'u-dpo', auth_method: 'sso' });
const ADA = authenticatedUser({ id: 'u-ada', auth_method: 'sso' });
const TENANT = 'acme';
const HELD = { type: 'contact', id: 'c-2' };
const DAY_MS = 86_400_000;
/** Calls of a store within which a row is changed, and for how many of them it stays so. */
const [CALLS, FOR] = [8, 4];

/** @type {Work} */
async function hold(store) {
  const log = new Log(store);
  await setHold(log, TENANT, { hold: 'h-moment', target: { about: 'record', ...HELD } }, { by: BY });
  await log.append(TENANT, { type: 'note.made', actor: BY });
  await log.close();
}

const touch = (/** @type {Row} */ row, /** @type {{ id: string }} */ { id }) =>
  JSON.parse(String(row['entry'])).targets.some((/** @type {{ id: string }} */ target) => target.id === id);

/** Rows as they were, but for values of those that may lose them. @type {(mayLose: (row: Row) => boolean) => Judge} */
function keeps(mayLose) {
  return (before, after) => {
    const left = new Map(after.map((row) => [row['seq'], row]));
    for (const row of before) {
      const now = left.get(row['seq']);
      if (now === undefined) return `entry ${row['seq']} is gone`;
      if (now['openings'] !== row['openings'] && !mayLose(row))
        return `values of entry ${row['seq']} are gone`;
    }
    return undefined;
  };
}

/** @type {(id: string) => Work} */
const erasing = (id) => async (store) => {
  await erase(store, TENANT, {
    by: BY,
    basis: 'consent_withdrawn',
    about: 'record',
    target: { type: 'contact', id },
    // One that is held is enough to refuse all of it.
    exceptHeld: true,
  });
};

const tidy = defineAction({
  name: 'tidy',
  input: z.strictObject({ n: z.number() }),
  targets: () => [{ type: 'contact', id: 'c-9' }],
});

/** What was decided about a proposal, and what has to come of its execution. @type {(decision: 'approve' | 'reject') => Act} */
function executing(decision) {
  /** @type {unknown} */
  let ran;
  const withTrail = async (/** @type {Store} */ store, /** @type {(trail: any) => Promise<void>} */ work) => {
    const sealtrail = await openSealtrail({ store });
    try {
      await work(sealtrail.trail(TENANT));
    } finally {
      await sealtrail.close();
    }
  };
  return {
    prelude: async (store) => {
      await withTrail(store, async (trail) => {
        await trail.propose(tidy, {
          id: 'p-moment',
          agent: { id: 'assistant', agent_version: '1' },
          input: { n: 1 },
          rationale: 'because',
          confidence: 0.5,
        });
        await trail[decision]('p-moment', { by: ADA });
      });
      const log = new Log(store);
      await log.append(TENANT, { type: 'note.made', actor: BY });
      await log.close();
    },
    work: (store) =>
      withTrail(store, (trail) =>
        trail.execute(tidy, 'p-moment', (/** @type {unknown} */ input) => {
          ran = input;
        }),
      ),
    judge: () => {
      if (ran === undefined) return undefined;
      return decision === 'approve' && canonicalize(ran) === '{"n":1}'
        ? undefined
        : `${canonicalize(ran)} ran`;
    },
    aim: (row) => String(row['id']).startsWith('p-moment'),
    what: decision === 'reject' ? 'its type' : 'nothing but its values',
  };
}

/** Of a log that keeps thirty days, so many days later. @type {(days: number) => Act} */
function pruning(days) {
  return {
    prelude: async (store) => {
      const log = new Log(store);
      await setRetention(log, TENANT, { preset: 'custom', days: 30 }, { by: BY });
      await log.close();
      await hold(store);
    },
    work: async (store) => {
      const archive = await mkdtemp(join(tmpdir(), 'sealtrail-moment-'));
      try {
        await prune(store, TENANT, { by: BY, archive, now: () => Date.now() + days * DAY_MS });
      } finally {
        await rm(archive, { recursive: true, force: true });
      }
    },
    judge: keeps(() => false),
    aim: (row) => Number(row['seq']) < 6 || /^(hold|retention)/.test(String(row['type'])),
    what: days === 40 ? 'its targets' : 'its time',
  };
}

/** @type {Readonly<Record<string, () => Act>>} */
const ACTS = {
  'an erasure of what is held': () => ({
    prelude: hold,
    work: erasing(HELD.id),
    judge: keeps(() => false),
    aim: (row) => touch(row, HELD) || row['type'] === 'hold.set',
    what: 'its targets',
  }),
  'an erasure beside what is held': () => ({
    prelude: hold,
    work: erasing('c-1'),
    judge: keeps((row) => touch(row, { id: 'c-1' })),
    aim: (row) => touch(row, HELD),
    what: 'its targets',
  }),
  'an erasure that finishes another one': () => ({
    prelude: erasing('c-3'),
    work: erasing('c-1'),
    judge: keeps((row) => touch(row, { id: 'c-1' })),
    aim: (row) => row['type'] === 'log.erased',
    what: 'a member of its data',
  }),
  'a pruning of what is held': () => pruning(40),
  'a pruning of what is young': () => pruning(20),
  'an execution of what was rejected': () => executing('reject'),
  'an execution of what was approved': () => executing('approve'),
};

/** @type {readonly (readonly [what: string, change: (entry: any) => void])[]} */
const CHANGES = [
  ['its targets', (entry) => (entry.targets = [{ type: 'contact', id: 'c-9' }])],
  ['its time', (entry) => (entry.time = '2001-01-01T00:00:00.000Z')],
  [
    'its type',
    (entry) => (entry.type = entry.type === 'decision.rejected' ? 'decision.approved' : 'note.made'),
  ],
  ['a member of its data', (entry) => (entry.data = { ...entry.data, ...forged(entry.data) })],
  ['nothing but its values', () => {}],
];

function forged(/** @type {Record<string, unknown>} */ { values, days, target }) {
  if (values !== undefined) return { values: [{ fields: ['name', 'rationale'], at: [[1, 9]] }] };
  if (days !== undefined) return { days: 1 };
  return target === undefined ? { n: -1 } : { reference: '0'.repeat(64) };
}

/** @type {(row: Row, random: () => number, likely?: string) => { how: string, changes: Row }} */
function changeOf(row, random, likely) {
  const found = CHANGES.find(([name]) => name === likely);
  const [what, change] = found !== undefined && random() < 0.6 ? found : pick(CHANGES, random);
  if (what === 'nothing but its values') {
    const openings =
      random() < 0.5 ? '{}' : String(row['openings']).replace(/"value":/, '"value":"x","was":');
    return { how: what, changes: { openings } };
  }
  const entry = JSON.parse(String(row['entry']));
  change(entry);
  const text = canonicalize(entry);
  const columns = { type: entry.type, time: entry.time, entry: text };
  return random() < 0.5
    ? { how: `${what}, beside its hash`, changes: columns }
    : { how: `${what}, with its hash`, changes: { ...columns, hash: entryHash(text) } };
}

/**
 * One act with one row changed within it.
 *
 * @param {'sqlite' | 'mongodb'} kind
 * @param {string} location
 * @param {() => number} random
 * @returns {Promise<{ how: string, refusal: string, wrong: string | undefined }>} what came of it, and what is wrong with that if the
 *   log is valid now
 */
export async function moment(kind, location, random) {
  const name = pick(Object.keys(ACTS), random);
  const { prelude, work, judge, aim, what } = /** @type {() => Act} */ (ACTS[name])();
  const store = await openStore(location);
  const hand = await openHand(kind, location);
  try {
    await prelude(store);
    const before = await hand.entries(TENANT);
    const aimed = before.filter(aim);
    const row = pick(random() < 0.7 && aimed.length > 0 ? aimed : before, random);
    const { how, changes } = changeOf(row, random, what);
    const original = Object.fromEntries(Object.keys(changes).map((field) => [field, row[field]]));
    const at = 1 + Math.floor(random() * CALLS);
    const back = at + 1 + Math.floor(random() * FOR);
    let changed = false;
    const putBack = async () => {
      if (!changed) return;
      changed = false;
      const now = (await hand.entries(TENANT)).find(({ seq }) => seq === row['seq']);
      // Values that were destroyed meanwhile are not brought back: that would be another change.
      if (now !== undefined && (!('openings' in changes) || now['openings'] === changes['openings']))
        await hand.set(row, original);
    };
    let refusal = 'done';
    try {
      await work(
        counted(store, async (call) => {
          if (call === back) await putBack();
          if (call !== at) return;
          changed = true;
          await hand.set(row, changes);
        }),
      );
    } catch (error) {
      if (!isSealtrailError(error)) throw error;
      refusal = error.code;
    }
    await putBack();
    return { how: `${name}; of an entry ${how}`, refusal, wrong: judge(before, await hand.entries(TENANT)) };
  } finally {
    await hand.close();
    await store.close();
  }
}

/** A store of which each call is preceded by something. @type {(store: Store, before: (call: number) => Promise<void>) => Store} */
function counted(store, before) {
  let calls = 0;
  return new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      // These two give no promise.
      if (['source', 'close', 'heads', 'unanchored', 'directoryChanges'].includes(String(name)))
        return value.bind(target);
      return async (/** @type {unknown[]} */ ...args) => {
        await before(++calls);
        return value.apply(target, args);
      };
    },
  });
}

/**
 * A row is changed while somebody verifies, from one tenant's report to the next. Whatever the verification says, it ends.
 *
 * @type {(kind: 'sqlite' | 'mongodb', location: string, random: () => number) => Promise<string>}
 */
export async function whileVerified(kind, location, random) {
  const hand = await openHand(kind, location);
  const source = await openSource(location);
  try {
    const row = pick(await hand.entries(pick(['acme', 'beta'], random)), random);
    const { how, changes } = changeOf(row, random);
    const original = Object.fromEntries(Object.keys(changes).map((field) => [field, row[field]]));
    /** @type {Promise<void>[]} */
    const done = [];
    let told = 0;
    if (random() < 0.5) await hand.set(row, changes);
    await verifyAll(source, {
      onTenant: () => {
        told++;
        done.push(hand.set(row, told % 2 === 0 ? original : changes));
      },
    });
    await Promise.all(done);
    await hand.set(row, original);
    return how;
  } finally {
    await source.close();
    await hand.close();
  }
}
