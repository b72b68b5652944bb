// @ts-check
import { join } from 'node:path';
import { Publisher } from '@sealtrail/publisher';
import { authenticatedUser, defineAction } from '@sealtrail/sdk';
import { openTokens } from '@sealtrail/service';
import * as stores from '@sealtrail/store';
import { newKey, signerOf } from '@sealtrail/tlog';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { openViews } from '@sealtrail/views';
import { exportEntries } from '@sealtrail/views/export';
import { z } from 'zod';

// All that a store, a plugin, a worker and a reader can be asked to do with a log.

const DAY_MS = 86_400_000;
const later = () => Date.now() + 80 * DAY_MS;
const SOMEBODY = authenticatedUser({ id: 'u-1', auth_method: 'sso' });
const SCOPE = { agent: 'assistant', action: 'other' };
const SIGNER = signerOf(newKey('fuzz.example/log', 'log', Buffer.alloc(32, 7)).privateKey);
export const RECORD = { type: 'contact', id: 'c-1' };
export const BY = { type: /** @type {const} */ ('user'), id: 'u-dpo', auth_method: 'sso' };
export const ACTION = defineAction({
  name: 'update_contact',
  input: z.strictObject({ contact: z.string(), phone: z.string() }),
  targets: ({ contact }) => [{ type: 'contact', id: contact }],
  personal: ['phone'],
  risk: 'low',
});
export const PROPOSALS = ['p-0', 'p-1', 'p-2', 'p-3', 'p-4'];

/**
 * @typedef {object} World
 * @property {import('@sealtrail/sdk').Sealtrail} sealtrail
 * @property {string} location
 * @property {string} folder
 * @property {string} tenant
 * @property {string} id of a proposal
 * @property {() => number} random
 * @typedef {(world: World) => Promise<unknown>} Action
 */

/** @param {string} id */
export function said(id) {
  const input = { contact: 'c-1', phone: '1' };
  return { id, agent: { id: 'assistant' }, input, rationale: 'r', confidence: 0.5, trace_id: 't-1' };
}

/** @type {(id: string) => import('@sealtrail/store').EntryDraft} */
export const note = (id) => ({
  id,
  type: 'note.added',
  actor: { type: 'user', id: 'u-1' },
  targets: [RECORD],
  sealed: { text: `of ${id}` },
});

/** @type {(work: (log: stores.Log, world: World) => Promise<unknown>) => Action} */
const withLog = (work) => async (world) => {
  const log = new stores.Log(world.sealtrail.store);
  try {
    await work(log, world);
  } finally {
    await log.close();
  }
};
/** @type {(work: (store: stores.Store, world: World) => Promise<unknown>) => Action} */
const withStore = (work) => (world) => work(world.sealtrail.store, world);
/** @type {(work: (trail: import('@sealtrail/sdk').Trail, id: string) => Promise<unknown>) => Action} */
const withTrail = (work) => (world) => work(world.sealtrail.trail(world.tenant), world.id);
/** @type {<T extends { close(): Promise<void> }>(open: (location: string) => Promise<T>, work: (opened: T, world: World) => Promise<unknown>) => Action} */
const withOpened = (open, work) => async (world) => {
  const opened = await open(world.location);
  try {
    await work(opened, world);
  } finally {
    await opened.close();
  }
};
/** @type {(work: (views: import('@sealtrail/views').Views, world: World) => Promise<unknown>) => Action} */
const withViews = (work) => withOpened((store) => openViews({ store }), work);
/** @param {AsyncIterable<unknown>} all */
async function drain(all) {
  for await (const _ of all);
}

/** @type {Readonly<Record<string, Action>>} */
export const ACTIONS = {
  append: withLog((log, { tenant, random }) => log.append(tenant, note(`f-${random()}`))),
  'append again': withLog((log, { tenant }) => log.append(tenant, note('n-1'))),
  hold: withLog((log, { tenant }) => stores.setHold(log, tenant, { hold: 'h-2', target: null }, { by: BY })),
  release: withLog((log, { tenant }) => stores.releaseHold(log, tenant, 'h-1', { by: BY })),
  retention: withLog((log, { tenant }) =>
    stores.setRetention(log, tenant, { preset: 'custom', days: 31 }, { by: BY }),
  ),
  anchor: withStore((store, { tenant }) => stores.anchorTenant(store, tenant, { maxSegment: 3 })),
  seal: withStore((store) => stores.sealTenants(store)),
  unanchored: withStore((store) => drain(store.unanchored())),
  'prove an entry': withStore((store, { tenant, random }) =>
    stores.proveEntry(store, tenant, Math.floor(random() * 30)),
  ),
  evidence: withStore(async (store, { tenant }) => {
    const history = await stores.proveHistory(store, tenant, RECORD);
    await drain(stores.evidenceText(store, history, { disclose: 'all' }));
  }),
  bundle: withStore((store) =>
    stores.exportBundle(store.source(), async () => {}, { time: '2026-11-30T00:00:00.000Z' }),
  ),
  'plan an erasure': withStore((store, { tenant }) =>
    stores.planErase(store, tenant, { about: 'record', target: RECORD, basis: 'other', by: BY }),
  ),
  'erase a record': withStore((store, { tenant }) =>
    stores.erase(store, tenant, { about: 'record', target: RECORD, basis: 'other', by: BY }),
  ),
  'erase a person': withStore((store, { tenant }) =>
    stores.erase(store, tenant, {
      about: 'subject',
      target: { type: 'user', id: 'u-1' },
      basis: 'other',
      by: BY,
    }),
  ),
  'plan a pruning': withStore((store, { tenant }) => stores.planPrune(store, tenant, { now: later })),
  prune: withStore((store, { tenant, folder, random }) =>
    stores.prune(store, tenant, { by: BY, archive: join(folder, `archive-${random()}`), now: later }),
  ),
  publish: withStore(async (store, { folder, random }) => {
    const place = join(folder, `published-${random()}`);
    const publisher = new Publisher({ store, folder: place, signers: [SIGNER], sinks: [] });
    try {
      await publisher.publish();
    } finally {
      await publisher.close();
    }
  }),
  export: withStore(async (store, { tenant, random }) => {
    const formats = /** @type {const} */ (['jsonl', 'csv', 'ocsf', 'cloudevents']);
    const format = formats[Math.floor(random() * formats.length)] ?? 'jsonl';
    await exportEntries(store.source(), () => {}, { tenant, format, values: 'included' });
  }),
  entries: withViews((views, { tenant }) => views.entries(tenant, { record: RECORD })),
  proposal: withViews((views, { tenant, id }) => views.proposal(tenant, id)),
  history: withViews((views, { tenant }) => views.record(tenant, RECORD)),
  incident: withViews((views, { tenant }) => views.incident(tenant, { trace: 't-1' })),
  coaching: withViews((views, { tenant }) => views.coaching(tenant)),
  due: withViews((views) => drain(views.due(later()))),
  tokens: withOpened(openTokens, (tokens) => tokens.list()),
  verify: withOpened(openSource, (source) => verifyAll(source)),
  state: withTrail((trail, id) => trail.state(id)),
  propose: withTrail((trail, id) => trail.propose(ACTION, said(id))),
  approve: withTrail((trail, id) => trail.approve(id, { by: SOMEBODY })),
  edit: withTrail((trail, id) =>
    trail.approveEdited(ACTION, id, { by: SOMEBODY, input: { contact: 'c-1', phone: '3' } }),
  ),
  reject: withTrail((trail, id) => trail.reject(id, { by: SOMEBODY })),
  many: withTrail((trail) => trail.decideMany(PROPOSALS, { by: SOMEBODY, decision: 'approved' })),
  execute: withTrail((trail, id) => trail.execute(ACTION, id, async () => ({ ok: true }))),
  supersede: withTrail((trail, id) => trail.supersede(id, 'p-4')),
  grant: withTrail((trail) => trail.grant(SCOPE, { by: SOMEBODY })),
  revoke: withTrail((trail) => trail.revoke(SCOPE, { by: SOMEBODY })),
};
