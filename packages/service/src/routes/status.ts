import { readSeal, SEAL_TYPE, SEALS_TENANT, type Seal } from '@sealtrail/format';
import { prunedBefore, type Store } from '@sealtrail/store';
import { z } from 'zod';
import { type Route, route } from '../http/route.ts';
import { anchors, digits, name, seals, seq, status, tenantParams, tenants, text } from '../http/schemas.ts';
import { shownAnchor, type TenantLine, tenantLine, tenantsPage } from '../tenants.ts';

/** Entries of the log of seals that are read together, backwards. */
const CHUNK = 200;

/** A page of tenants: each of them takes several queries. */
const pageQuery = { limit: digits(1, 1_000).default(1_000), cursor: text.optional() };

export const statusRoutes: readonly Route[] = [
  route({
    name: 'status',
    method: 'GET',
    path: '/status',
    summary: 'How far each log, or one of them, its anchors, the seals and the checkpoints are.',
    right: 'record',
    query: z
      .strictObject({ tenant: name.optional(), ...pageQuery })
      .refine(
        ({ tenant, cursor }) => tenant === undefined || cursor === undefined,
        'one tenant has no further page',
      ),
    answer: status,
    handle: async ({ parts: { store, options, published }, signed, query }) => {
      const page =
        query.tenant === undefined
          ? await tenantsPage(store, signed, query)
          : { lines: [await tenantLine(store, signed, query.tenant)], next: null };
      const lines = [];
      for (const line of page.lines) {
        const { tenant } = line;
        lines.push({
          ...line,
          first: await prunedBefore(store, tenant),
          oldestUnanchored: await oldestUnanchored(store, line),
        });
      }
      const [newest] = await newestSeals(store, Number.MAX_SAFE_INTEGER, 1);
      const now = new Date();
      const seal = newest && {
        number: newest.number,
        time: newest.time,
        age_ms: Math.max(0, now.getTime() - Date.parse(newest.time)),
      };
      const told = (await published?.state()) ?? { checkpoint: null, sinks: [], held: false };
      const [checkpoint, sinks] = await Promise.all([
        options.checkpoint?.() ?? told.checkpoint,
        signed.scope.tenants === 'all' ? (options.sinks?.() ?? told.sinks) : [],
      ]);
      const { held } = told;
      const body = { tenants: lines, next: page.next, seal: seal ?? null, checkpoint, sinks, held };
      return { body: { ...body, now: now.toISOString() } };
    },
  }),
  route({
    name: 'tenants',
    method: 'GET',
    path: '/tenants',
    summary: 'The tenants in scope.',
    right: 'record',
    query: z.strictObject(pageQuery),
    answer: tenants,
    handle: async ({ parts: { store }, signed, query }) => {
      const { lines, next } = await tenantsPage(store, signed, query);
      return { body: { tenants: lines, next } };
    },
  }),
  route({
    name: 'anchors',
    method: 'GET',
    path: '/tenants/:tenant/anchors',
    summary: 'The anchors of a log, in order.',
    right: 'read',
    params: tenantParams,
    query: z.strictObject({ from: seq.default(0), limit: digits(1, 1_000).default(100) }),
    answer: anchors,
    handle: async ({ parts: { store }, params, query }) => {
      const found = [];
      for (let number = query.from; found.length < query.limit; number++) {
        const row = await store.anchorAt(params.tenant, number);
        if (row === undefined) return { body: { anchors: found, next: null } };
        found.push(shownAnchor(row));
      }
      const next = query.from + query.limit;
      const more = (await store.anchorAt(params.tenant, next)) !== undefined;
      return { body: { anchors: found, next: more ? next : null } };
    },
  }),
  route({
    name: 'seals',
    method: 'GET',
    path: '/seals',
    summary: 'The seals over all tenants, newest first.',
    right: 'record',
    query: z.strictObject({ before: seq.optional(), limit: digits(1, 1_000).default(50) }),
    answer: seals,
    handle: async ({ parts: { store }, query }) => {
      const found = await newestSeals(store, query.before ?? Number.MAX_SAFE_INTEGER, query.limit);
      return {
        body: {
          seals: found.map(({ number, time, directory_root: root, directory_size: size, hash }) => ({
            number,
            time,
            root,
            tenants: size,
            hash,
          })),
        },
      };
    },
  }),
];

/** The time of the first entry that no anchor covers. */
async function oldestUnanchored(
  store: Store,
  { tenant, size, anchored }: TenantLine,
): Promise<string | null> {
  if (anchored >= size) return null;
  const [row] = await store.readFrom(tenant, anchored, 1);
  return row?.time ?? null;
}

/** Seals before a position of the operator's log, newest first. Its other entries are passed over. */
async function newestSeals(store: Store, before: number, limit: number): Promise<Seal[]> {
  const head = await store.head(SEALS_TENANT);
  const found: Seal[] = [];
  let end = Math.min(before, (head?.seq ?? -1) + 1);
  while (end > 0 && found.length < limit) {
    const from = Math.max(0, end - Math.min(CHUNK, Math.max(10, limit)));
    const rows = await store.readFrom(SEALS_TENANT, from, end - from);
    const some = rows.filter(({ type }) => type === SEAL_TYPE).map(({ entry }) => readSeal(entry));
    found.push(...some.reverse());
    end = from;
  }
  return found.slice(0, limit);
}
