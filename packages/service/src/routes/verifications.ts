import type { JsonObject } from '@sealtrail/format';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import type { AccessLog } from '../access/access-log.ts';
import type { Signed } from '../access/identity.ts';
import { covers, notFound } from '../access/permissions.ts';
import { type Call, type Route, route } from '../http/route.ts';
import { digits, idParams, run, runs, tenantParams } from '../http/schemas.ts';
import type { Run } from '../runs/run.ts';
import type { Witness } from '../runs/runs.ts';

/** A comment so often keeps proxies from taking a quiet stream for a dead one, in milliseconds. */
const KEEP_ALIVE_MS = 15_000;

export const verificationRoutes: readonly Route[] = [
  route({
    name: 'verify',
    method: 'POST',
    path: '/tenants/:tenant/verifications',
    summary: 'Starts to verify a log. One verification of a tenant runs at a time.',
    right: 'read',
    params: tenantParams,
    body: z.strictObject({}),
    answer: run,
    status: 202,
    handle: async ({ parts: { runs, access }, params, signed }) => ({
      body: { run: await runs.start(params.tenant, signed, witness(access, signed)) },
    }),
  }),
  route({
    name: 'verifications',
    method: 'GET',
    path: '/tenants/:tenant/verifications',
    summary: 'Past verifications and the one under way, newest first.',
    right: 'read',
    params: tenantParams,
    query: z.strictObject({ limit: digits(1, 200).default(50) }),
    answer: runs,
    handle: async ({ parts, params, query }) => ({
      body: await parts.runs.list(params.tenant, query.limit),
    }),
  }),
  route({
    name: 'verification',
    method: 'GET',
    path: '/verifications/:id',
    summary: 'One verification, with its report.',
    right: 'read',
    params: idParams,
    answer: run,
    handle: async (call) => ({ body: { run: await runOf(call) } }),
  }),
  route({
    name: 'verification_events',
    method: 'GET',
    path: '/verifications/:id/events',
    summary: 'The progress of a verification as server-sent events: `progress`, and `done` at the end.',
    right: 'read',
    params: idParams,
    answer: 'text/event-stream',
    handle: async (call) => {
      const { id } = await runOf(call);
      return { response: events(call, id) };
    },
  }),
  route({
    name: 'cancel_verification',
    method: 'DELETE',
    path: '/verifications/:id',
    summary: 'Stops a verification; one that has ended stays as it is.',
    right: 'read',
    params: idParams,
    answer: run,
    handle: async (call) => {
      const { id } = await runOf(call);
      const cancelled = await call.parts.runs.cancel(id);
      if (cancelled === undefined) throw notFound();
      return { body: { run: cancelled } };
    },
  }),
];

/** A run of a tenant in scope; one of another tenant is not there. */
async function runOf({ parts, params, signed }: Call<{ id: string }, unknown, unknown>): Promise<Run> {
  const found = await parts.runs.get(params.id);
  if (found === undefined || !covers(signed, found.tenant)) throw notFound();
  return found;
}

/** Beginning and end of a verification are entries of the access log. */
function witness(access: AccessLog, by: Signed): Witness {
  return async (phase, { id, tenant, state, walked, report }) => {
    const outcome: JsonObject =
      phase === 'started' ? {} : { state, walked, position: positionOf(report), last: lastOf(report) };
    const data = { operation: 'verify', run: id, phase, ...outcome };
    await access.record({ type: 'access.verified', by, tenant, data });
  };
}

function positionOf(report: Run['report']): number | null {
  const position = report?.['position'];
  return typeof position === 'number' ? position : null;
}

/** The last entry walked: what a later verification can be held against. */
function lastOf(report: Run['report']): JsonObject | null {
  const { seq, hash } = (report?.['last'] ?? {}) as { seq?: unknown; hash?: unknown };
  return typeof seq === 'number' && typeof hash === 'string' ? { seq, hash } : null;
}

function events({ parts, context }: Call<unknown, unknown, unknown>, id: string): Response {
  return streamSSE(context, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const alive = setInterval(() => void stream.write(': still here\n\n').catch(() => {}), KEEP_ALIVE_MS);
    try {
      for await (const { event, data } of parts.runs.watch(id, gone.signal)) {
        await stream.writeSSE({ event, data: JSON.stringify(data) });
      }
    } finally {
      clearInterval(alive);
    }
  });
}
