// @ts-check

// One fault each. `strike` says whether it happened: one that never struck proves nothing, and the campaign says so.

/** Longer than the lease of the head lock (3 s): whoever sleeps through it has lost it. */
const PAST_LEASE_MS = 4_500;
const LONGEST_AWAY_MS = 1_500;

/**
 * @typedef {object} Scene
 * @property {import('../crew.mjs').Crew} crew
 * @property {import('./workers.mjs').Workers | undefined} workers
 * @property {import('./cutting-proxy.mjs').CuttingProxy | undefined} proxy
 * @property {import('@sealtrail/test-services').Services | undefined} servers
 * @property {() => number} random
 */

/** @typedef {(scene: Scene) => Promise<boolean>} Strike */

/** @type {(random: () => number, list: readonly number[]) => number} */
const one = (random, list) => /** @type {number} */ (list[Math.floor(random() * list.length)]);

/** @type {Readonly<Record<string, Strike>>} */
export const FAULTS = {
  'kill-writer': async ({ crew, random }) => {
    const { running } = crew;
    if (running.length === 0) return false;
    // Now and then all of them in one moment.
    await crew.kill(random() < 0.2 ? running : [one(random, running)]);
    return true;
  },
  'kill-worker': async ({ workers, random }) => (await workers?.kill(random)) ?? false,
  'stop-writer': async ({ crew, random }) => {
    const { running } = crew;
    return running.length === 0 ? false : crew.pause(one(random, running), PAST_LEASE_MS);
  },
  cut: async ({ proxy, random }) => {
    if (proxy === undefined) return false;
    const before = strikes(proxy);
    proxy.arm(/** @type {const} */ (['before', 'within', 'after'])[Math.floor(random() * 3)] ?? 'after');
    await new Promise((resume) => setTimeout(resume, 200));
    return strikes(proxy) > before;
  },
  'kill-mongodb': async ({ servers, random }) =>
    crashed(servers?.crashMongodb, { awayMs: random() * LONGEST_AWAY_MS }),
  'kill-redis': async ({ servers, random }) =>
    // With all that was in it, now and then: what is to be done comes back by itself.
    crashed(servers?.crashRedis, { awayMs: random() * LONGEST_AWAY_MS, lose: random() < 0.3 }),
};

/** @param {import('./cutting-proxy.mjs').CuttingProxy} proxy */
function strikes({ struck }) {
  return struck.before + struck.within + struck.after;
}

/**
 * @param {import('@sealtrail/test-services').Services['crashMongodb']} crash
 * @param {{ readonly awayMs: number, readonly lose?: boolean }} options
 */
async function crashed(crash, options) {
  await crash?.(options);
  return crash !== undefined;
}
