// @ts-check
import { anchorHash, canonicalize, entryHash, isSealtrailError } from '@sealtrail/format';
import { openStore } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { ACTS, TENANT } from './acts.mjs';
import { openHand } from './hand.mjs';
import { pick } from './singles.mjs';

// A row is changed for a moment, while the product acts, and put back. Nobody sees it afterwards, so the product must not have acted
// upon it; or else its log must be broken.

/** @typedef {import('@sealtrail/store').Store} Store */
/** @typedef {import('./tables.mjs').Row} Row */

/** Calls of a store within which a row is changed, and for how many of them it stays so. */
const [CALLS, FOR] = [8, 6];

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

/** @typedef {{ readonly table: import('./hand.mjs').Table, readonly row: Row, readonly how: string, readonly changes: Row | undefined }} Momentary without changes, the row is gone */

/**
 * What is another row, or none, for a moment.
 *
 * @type {(hand: import('./hand.mjs').Hand, act: import('./acts.mjs').Act, before: readonly Row[], random: () => number) => Promise<Momentary>}
 */
async function momentary(hand, act, before, random) {
  const { aim, what } = act;
  const chance = random();
  if (chance < 0.7) {
    const aimed = before.filter(aim);
    const row = pick(random() < 0.7 && aimed.length > 0 ? aimed : before, random);
    if (random() < 0.3) return { table: 'entries', row, how: 'an entry hidden', changes: undefined };
    const { how, changes } = changeOf(row, random, what);
    return { table: 'entries', row, how: `of an entry ${how}`, changes };
  }
  const tenant = random() < 0.5 ? (act.tenant ?? TENANT) : pick(['beta', 'gamma', '~seals'], random);
  const anchors = await hand.rows('anchors', tenant);
  const [head] = await hand.rows('heads', tenant);
  if (chance < 0.85 && anchors.length > 0) {
    const row = random() < 0.6 ? /** @type {Row} */ (anchors.at(-1)) : pick(anchors, random);
    if (random() < 0.4) return { table: 'anchors', row, how: 'an anchor hidden', changes: undefined };
    return {
      table: 'anchors',
      row,
      how: 'an anchor changed, with its hash',
      changes: otherAnchor(row, random),
    };
  }
  if (head === undefined) throw new Error(`${tenant} has no head`);
  if (random() < 0.2) return { table: 'heads', row: head, how: 'a head hidden', changes: undefined };
  return {
    table: 'heads',
    row: head,
    how: 'a head set elsewhere',
    changes: otherHead(before, anchors, random),
  };
}

/** @type {(row: Row, random: () => number) => Row} */
function otherAnchor(row, random) {
  const anchor = JSON.parse(String(row['anchor']));
  const member = pick(['time', 'entries_root', 'records_root', 'last', 'prev', 'to'], random);
  if (member === 'time') anchor.time = '2001-01-01T00:00:00.000Z';
  else if (member === 'to') anchor.to += random() < 0.5 ? 1 : -1;
  else anchor[member] = 'a'.repeat(64);
  const text = canonicalize(anchor);
  return { anchor: text, to_seq: anchor.to, hash: anchorHash(text) };
}

/** @type {(entries: readonly Row[], anchors: readonly Row[], random: () => number) => Row} */
function otherHead(entries, anchors, random) {
  if (random() < 0.4) {
    const { seq, hash, time } = pick(entries, random);
    return { seq, hash, time };
  }
  const anchor = random() < 0.3 ? undefined : pick([...anchors, { number: 0, hash: 'b'.repeat(64) }], random);
  return { anchor_number: anchor?.['number'] ?? null, anchor_hash: anchor?.['hash'] ?? null };
}

/**
 * One act with one row changed within it.
 *
 * @param {'sqlite' | 'mongodb'} kind
 * @param {string} location
 * @param {() => number} random
 * @returns {Promise<{ how: string, refusal: string, wrong: string | undefined, listed: boolean }>} what came of it, what is wrong with
 *   that if the log is valid now, and whether that is known
 */
export async function moment(kind, location, random) {
  const name = pick(Object.keys(ACTS), random);
  const act = /** @type {() => import('./acts.mjs').Act} */ (ACTS[name])();
  const store = await openStore(location);
  const hand = await openHand(kind, location);
  try {
    await act.prelude(store);
    const before = await hand.rows('entries', act.tenant ?? TENANT);
    const { table, row, how, changes } = await momentary(hand, act, before, random);
    const at = 1 + Math.floor(random() * CALLS);
    const back = at + 1 + Math.floor(random() * FOR);
    let changed = false;
    const putBack = async () => {
      if (!changed) return;
      changed = false;
      await (changes === undefined ? hand.insert(table, row) : undo(hand, table, row, changes));
    };
    let refusal = 'done';
    try {
      await act.work(
        counted(store, async (call) => {
          if (call === back) await putBack();
          if (call !== at) return;
          changed = true;
          await (changes === undefined ? hand.remove(table, row) : hand.set(table, row, changes));
        }),
      );
    } catch (error) {
      if (!isSealtrailError(error)) throw error;
      refusal = error.code;
    }
    await putBack();
    const after = await hand.rows('entries', act.tenant ?? TENANT);
    const wrong = await act.judge(before, after, location);
    const listed = table === 'entries' && changes === undefined && act.hides?.(row) === true;
    return { how: `${name}; ${how}`, refusal, wrong, listed };
  } finally {
    await hand.close();
    await store.close();
  }
}

/** @type {(hand: import('./hand.mjs').Hand, table: import('./hand.mjs').Table, row: Row, changes: Row) => Promise<void>} */
async function undo(hand, table, row, changes) {
  const now = await hand.again(table, row);
  const original = Object.fromEntries(
    // What the product wrote meanwhile is not undone, and values that were destroyed are not brought back: that would be another change.
    Object.keys(changes).flatMap((field) => (now?.[field] === changes[field] ? [[field, row[field]]] : [])),
  );
  if (now === undefined || Object.keys(original).length === 0) return;
  if ('openings' in changes && !('openings' in original)) return;
  await hand.set(table, row, original);
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
    const row = pick(await hand.rows('entries', pick(['acme', 'beta'], random)), random);
    const { how, changes } = changeOf(row, random);
    const original = Object.fromEntries(Object.keys(changes).map((field) => [field, row[field]]));
    /** @type {Promise<void>[]} */
    const done = [];
    let told = 0;
    if (random() < 0.5) await hand.set('entries', row, changes);
    await verifyAll(source, {
      onTenant: () => {
        told++;
        done.push(hand.set('entries', row, told % 2 === 0 ? original : changes));
      },
    });
    await Promise.all(done);
    await hand.set('entries', row, original);
    return how;
  } finally {
    await source.close();
    await hand.close();
  }
}
