// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalize, SEALS_TENANT } from '@sealtrail/format';
import { Publisher } from '@sealtrail/publisher';
import { authenticatedUser, defineAction, openSealtrail } from '@sealtrail/sdk';
import { anchorTenant, erase, Log, prune, sealTenants, setHold, setRetention } from '@sealtrail/store';
import { encodeVkey, newKey, readCheckpointText, readNote, signerOf } from '@sealtrail/tlog';
import { z } from 'zod';
import { verdictOf } from './verdict.mjs';

// What the product does while a row is not what it was.

/** @typedef {import('@sealtrail/store').Store} Store */
/** @typedef {import('./tables.mjs').Row} Row */
/** @typedef {(store: Store) => Promise<void>} Work */
/** What is wrong with what was done, though the log is valid. @typedef {(before: readonly Row[], after: readonly Row[], location: string) => string | undefined | Promise<string | undefined>} Judge */
/**
 * `tenant`: whose log it rests on, acme's else; `aim`: the entries that it rests on, `what` in them above all; `hides`: an entry whose absence leads it astray, and leaves no trace.
 *
 * @typedef {{ readonly prelude: Work, readonly work: Work, readonly judge: Judge, readonly aim: (row: Row) => boolean, readonly what: string, readonly tenant?: string, readonly hides?: (row: Row) => boolean }} Act
 */

const BY = /** @type {const} */ ({ type: 'user', id: 'u-dpo', auth_method: 'sso' });
const ADA = authenticatedUser({ id: 'u-ada', auth_method: 'sso' });
export const TENANT = 'acme';
const HELD = { type: 'contact', id: 'c-2' };
const DAY_MS = 86_400_000;
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

const PROPOSAL = {
  agent: { id: 'assistant', agent_version: '1' },
  input: { n: 1 },
  rationale: 'because',
  confidence: 0.5,
};

/** @type {(store: Store, work: (trail: any) => Promise<unknown>) => Promise<void>} */
async function withTrail(store, work) {
  const sealtrail = await openSealtrail({ store });
  try {
    await work(sealtrail.trail(TENANT));
  } finally {
    await sealtrail.close();
  }
}

/** What was decided about a proposal, and what has to come of its execution. @type {(decision: 'approve' | 'reject') => Act} */
function executing(decision) {
  /** @type {unknown} */
  let ran;
  return {
    prelude: async (store) => {
      await withTrail(store, async (trail) => {
        await trail.propose(tidy, { ...PROPOSAL, id: 'p-moment' });
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

/** Anchors and seals are held against the log by whoever verifies it: a valid one has nothing false in them. @type {(work: Work) => Act} */
function sealing(work) {
  return {
    prelude: hold,
    work,
    judge: () => undefined,
    // What no anchor is over yet.
    aim: (row) => /^(hold|note)/.test(String(row['type'])),
    what: 'its time',
  };
}

const SIGNER = signerOf(newKey('tamper.example/log', 'log', new Uint8Array(32).fill(7)).privateKey);

/** What is signed has to be what the store says afterwards. @type {() => Act} */
function publishing() {
  /** @type {string | undefined} */
  let note;
  return {
    tenant: SEALS_TENANT,
    prelude: async (store) => {
      const { key } = SIGNER;
      const log = new Log(store);
      const actor = /** @type {const} */ ({ type: 'system', id: 'sealtrail' });
      const data = { vkey: encodeVkey(key) };
      await log.append(SEALS_TENANT, { id: `key_added:${key.id}`, type: 'log.key_added', actor, data });
      await log.close();
    },
    work: async (store) => {
      const folder = await mkdtemp(join(tmpdir(), 'sealtrail-moment-'));
      const publisher = new Publisher({ store, folder, signers: [SIGNER] });
      try {
        await publisher.publish();
      } finally {
        note = (await publisher.newest())?.note;
        publisher.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
    judge: async (_before, _after, location) => {
      if (note === undefined) return undefined;
      const { status } = await verdictOf(location, { checkpoint: readCheckpointText(readNote(note).text) });
      return status === 'valid' ? undefined : 'a checkpoint was signed that is not over this log';
    },
    aim: () => true,
    what: 'its time',
  };
}

/** What an execution under a grant does that was taken back meanwhile. @type {() => Act} */
function executingRevoked() {
  const { work, judge } = executing('reject');
  const scope = { agent: 'assistant', action: 'tidy' };
  return {
    prelude: (store) =>
      withTrail(store, async (trail) => {
        await trail.grant(scope, { by: ADA });
        await trail.propose(tidy, { ...PROPOSAL, id: 'p-moment' });
        // Between the decision and the revocation, which would be the one that links to it.
        await trail.propose(tidy, { ...PROPOSAL, id: 'p-between' });
        await trail.revoke(scope, { by: ADA });
        await trail.propose(tidy, { ...PROPOSAL, id: 'p-after' });
      }),
    work,
    judge,
    aim: (row) => row['type'] === 'authority.grant_revoked',
    what: 'its type',
    // What nothing links to beside the row itself, its absence leaves no trace of (docs/design.md).
    hides: (row) => row['type'] === 'authority.grant_revoked',
  };
}

/** @type {Readonly<Record<string, () => Act>>} */
export const ACTS = {
  'an anchoring': () => sealing(async (store) => void (await anchorTenant(store, TENANT, { maxSegment: 4 }))),
  'a seal': () => sealing(async (store) => void (await sealTenants(store))),
  'a publication': publishing,
  'an execution under a grant that was revoked': executingRevoked,
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
