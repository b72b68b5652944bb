// @ts-check
import { authenticatedUser, defineAction } from '@sealtrail/sdk';
import { verifyTenant } from '@sealtrail/verifier';
import { z } from 'zod';

// What a CRM with agents does all day, as operations with weights. Reading ones ask for a bounded part, as screens do: their time
// must not grow with the log.

/** Entries that a check of one tenant walks. */
const RECENT = 100;
const PAGE = 50;
const RECORDS = 200;
/** Proposals of a tenant that are remembered to be decided later; older ones are left to whoever finds them. */
const OPEN = 200;

const ACTION = defineAction({
  name: 'update_contact',
  input: z.strictObject({ contact: z.string(), phone: z.string(), note: z.string() }),
  targets: ({ contact }) => [{ type: 'contact', id: contact }],
  personal: ['phone'],
  risk: 'low',
});
const AGENT = { id: 'assistant', agent_version: '1', model: 'example' };
const PEOPLE = ['u-1', 'u-2', 'u-3'].map((id) => authenticatedUser({ id, auth_method: 'sso' }));

/**
 * @typedef {object} World
 * @property {import('@sealtrail/sdk').Sealtrail} sealtrail
 * @property {import('@sealtrail/views').Views} views
 * @property {import('@sealtrail/verifier').LogSource} source
 * @property {() => number} random
 * @property {Map<string, string[]>} open  proposals that wait, by tenant
 * @property {Map<string, string[]>} approved  proposals that may be carried out
 */

/**
 * @typedef {(world: World, tenant: string) => Promise<boolean>} Operation  false when there was nothing to do
 */

/** Weights and what is done. @type {Readonly<Record<string, readonly [number, Operation]>>} */
export const OPERATIONS = {
  propose: [30, (world, tenant) => propose(world, tenant)],
  'propose, soon expired': [3, (world, tenant) => propose(world, tenant, 2_000)],
  approve: [
    14,
    (world, tenant) =>
      decide(world, tenant, async (trail, id, by) => {
        await trail.approve(id, { by });
        remember(world.approved, tenant, id);
      }),
  ],
  'approve edited': [
    5,
    (world, tenant) =>
      decide(world, tenant, async (trail, id, by) => {
        const input = { contact: 'c-1', phone: '+44 2', note: 'another number' };
        await trail.approveEdited(ACTION, id, { by, input });
        remember(world.approved, tenant, id);
      }),
  ],
  reject: [4, (world, tenant) => decide(world, tenant, (trail, id, by) => trail.reject(id, { by }))],
  'decide many': [
    1,
    async ({ sealtrail, open, random }, tenant) => {
      const ids = open.get(tenant)?.splice(0, 20) ?? [];
      if (ids.length < 2) return false;
      await sealtrail.trail(tenant).decideMany(ids, { by: person(random), decision: 'approved' });
      return true;
    },
  ],
  execute: [
    10,
    async ({ sealtrail, approved }, tenant) => {
      const id = approved.get(tenant)?.shift();
      if (id === undefined) return false;
      await sealtrail.trail(tenant).execute(ACTION, id, async () => ({ ok: true }));
      return true;
    },
  ],
  append: [
    10,
    async ({ sealtrail, random }, tenant) => {
      const draft = {
        type: 'note.added',
        actor: /** @type {const} */ ({ type: 'user', id: 'u-1' }),
        targets: [record(random)],
        sealed: { text: 'n'.repeat(random() * 400) },
      };
      await sealtrail.append(tenant, draft);
      return true;
    },
  ],
  "record's history": [
    4,
    async ({ views, random }, tenant) => {
      await views.record(tenant, record(random), { limit: PAGE });
      return true;
    },
  ],
  'page of entries': [
    3,
    async ({ views }, tenant) => {
      await views.entries(tenant, { type: 'decision.approved' }, { limit: PAGE });
      return true;
    },
  ],
  'proposal as it stands': [
    3,
    async ({ views, open }, tenant) => {
      const id = open.get(tenant)?.[0];
      if (id === undefined) return false;
      if ((await views.proposal(tenant, id)) === undefined) throw new Error(`${tenant} lost proposal ${id}`);
      return true;
    },
  ],
  'check of what is new': [
    1,
    async ({ sealtrail, source }, tenant) => {
      const head = await sealtrail.store.head(tenant);
      if (head === undefined) return false;
      const { status, summary } = await verifyTenant(source, tenant, {
        from: Math.max(0, head.seq - RECENT),
      });
      if (status !== 'valid') throw new Error(`${tenant}: ${summary}`);
      return true;
    },
  ],
};

/**
 * @param {World} world
 * @param {string} tenant
 * @param {number} [expiresMs]
 */
async function propose({ sealtrail, random, open }, tenant, expiresMs) {
  const proposal = await sealtrail.trail(tenant).propose(ACTION, {
    agent: AGENT,
    input: { contact: record(random).id, phone: '+44 1', note: 'n'.repeat(random() * 200) },
    rationale: `The mail says so. ${'r'.repeat(random() * 300)}`,
    confidence: Math.round(random() * 100) / 100,
    ...(expiresMs === undefined ? {} : { expires_at: new Date(Date.now() + expiresMs).toISOString() }),
  });
  if (expiresMs === undefined) remember(open, tenant, proposal.id);
  return true;
}

/**
 * @param {World} world
 * @param {string} tenant
 * @param {(trail: import('@sealtrail/sdk').Trail, id: string, by: import('@sealtrail/sdk').AuthenticatedUser) => Promise<unknown>} how
 */
async function decide({ sealtrail, open, random }, tenant, how) {
  const id = open.get(tenant)?.shift();
  if (id === undefined) return false;
  await how(sealtrail.trail(tenant), id, person(random));
  return true;
}

/**
 * @param {Map<string, string[]>} of
 * @param {string} tenant
 * @param {string} id
 */
function remember(of, tenant, id) {
  const ids = of.get(tenant) ?? [];
  ids.push(id);
  // Memory that grows with the run would hide, or look like, a leak of the library.
  if (ids.length > OPEN) ids.shift();
  of.set(tenant, ids);
}

/** @param {() => number} random */
function record(random) {
  return { type: 'contact', id: `c-${Math.floor(random() * RECORDS)}` };
}

/** @param {() => number} random */
function person(random) {
  return /** @type {import('@sealtrail/sdk').AuthenticatedUser} */ (
    PEOPLE[Math.floor(random() * PEOPLE.length)]
  );
}
