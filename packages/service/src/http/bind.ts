import { fromUrlSegment } from '@sealtrail/format';
import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { COOKIE } from '../access/authenticate.ts';
import { keyOf, type Signed } from '../access/identity.ts';
import { requireRight } from '../access/permissions.ts';
import type { Parts } from '../parts.ts';
import { requireTenant } from '../tenants.ts';
import { bodyOf, parse, queryOf } from './parse.ts';
import type { Answer, Call, Route } from './route.ts';

/** What stands in every answer's log line. */
export interface Variables {
  operation?: string;
  who?: string;
}
export type App = Hono<{ Variables: Variables }>;

/**
 * Puts a route into the application. What must never be forgotten happens here, for all routes alike and in this order: who
 * asks, how often, whether the role may do this at all, whether the tenant is in scope and there, whether the rest makes sense;
 * then the work; then the entry of the access log; then the answer.
 */
export function bind(app: App, route: Route, parts: Parts): void {
  app.on(route.method, `${parts.options.path}/api/v1${route.path}`, async (context) => {
    context.set('operation', route.name);
    // To ask for the headers alone would do all the work, and be seen by nobody.
    if (context.req.raw.method === 'HEAD') return context.body(null, 405, { allow: route.method });
    const signed = await admit(context, route, parts);
    const raw = namesIn(context.req.param());
    const { tenant } = raw;
    if (tenant !== undefined) await requireTenant(parts.store, signed, tenant);
    const params = parse(route.params, raw, 'path') as never;
    const query = parse(route.query, queryOf(context.req.url), 'query');
    const body =
      route.body === undefined ? undefined : parse(route.body, await bodyOf(context.req.raw), 'body');
    const call = { parts, signed, params, query, body, context } as unknown as Call<never, never, never>;
    const answer = await route.handle(call);
    if (route.access !== undefined) {
      const { record, data } = answer.accessed ?? {};
      const filter = Object.keys(query).length === 0 ? {} : { filter: queryOf(context.req.url) };
      const accessed = { operation: route.name, ...filter, ...data };
      try {
        await parts.access.record({ type: route.access, by: signed, tenant, record, data: accessed });
      } catch (error) {
        await answer.response?.body?.cancel();
        throw error;
      }
    }
    return respond(context, answer, route.status);
  });
}

/** What the segments of a path name. */
function namesIn(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, segment]) => [name, fromUrlSegment(segment)]));
}

async function admit(
  context: Context,
  { right }: Route,
  { door, options, requests }: Parts,
): Promise<Signed> {
  if (right === 'public') return undefined as never;
  const signed = await door.open(context.req.raw, getCookie(context, COOKIE), addressOf(context, options));
  context.set('who', signed.id);
  await requests.take(keyOf(signed));
  requireRight(signed, right);
  return signed;
}

/** Where a request comes from; one name for all of those that do not say. */
export function addressOf(context: Context, { address }: Parts['options']): string {
  const given = address?.(context.req.raw, context.env);
  const connection = context.env as
    | { readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } } }
    | undefined;
  return given ?? connection?.incoming?.socket?.remoteAddress ?? 'unknown';
}

function respond(context: Context, answer: Answer, status: Answer['status'] = 200): Response {
  const { body, response, headers = {} } = answer;
  if (response !== undefined) return response;
  for (const [name, value] of Object.entries(headers)) context.header(name, value);
  const code = answer.status ?? status;
  return code === 204 || body === undefined ? context.body(null, 204) : context.json(body, code);
}
