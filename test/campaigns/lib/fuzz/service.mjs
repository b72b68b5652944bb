// @ts-check
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authenticatedUser, openSealtrail } from '@sealtrail/sdk';
import { createService, openTokens } from '@sealtrail/service';
import { anchorTenant, erase, Log, sealTenants, setHold } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { seededFor } from '../random.mjs';
import { makeRequest, routesOf } from './requests.mjs';
import { ACTION, BY, note, PROPOSALS, RECORD, said } from './store-actions.mjs';

/** In every entry of a tenant whose name only one of three callers may know more of. */
const SECRET = 'only-for-beta';
/** In an entry about another record than the one that the narrowest auditor may see. */
const ELSEWHERE = 'only-for-the-deal';
const ORIGIN = 'https://crm.example';

/**
 * Asks a real service over a real store for what makes sense and for what makes none. Whatever it is asked: no answer is an
 * inner error, each has a code of the list, what belongs to another tenant is in none, and the logs are afterwards what they were.
 *
 * @param {import('./parts.mjs').Options} options
 */
export async function fuzzService(options) {
  const { seed } = options;
  const folder = await mkdtemp(join(tmpdir(), 'sealtrail-fuzz-service-'));
  const location = join(folder, 'log.db');
  try {
    await fill(location);
    const before = await logsOf(location);
    const asked = await ask(location, options);
    const after = await logsOf(location);
    for (const tenant of ['acme', 'beta'])
      if (before[tenant] !== after[tenant])
        asked.problems.push(`the log of ${tenant} is not what it was: ${after[tenant]}, seed ${seed}`);
    if (after['~access']?.startsWith('valid') !== true)
      asked.problems.push(`the access log: ${after['~access']}, seed ${seed}`);
    return asked;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} location
 * @param {import('./parts.mjs').Options} options
 */
async function ask(location, { cases, seed, from = 0, onCase = () => {} }) {
  const tokens = await openTokens(location);
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  /** @type {(string | undefined)[]} */
  const callers = [undefined];
  /** @type {Parameters<typeof tokens.create>[0][]} */
  const wanted = [
    { name: 'all', role: 'admin', scope: { tenants: 'all' }, expires },
    { name: 'one', role: 'auditor', scope: { tenants: ['acme'] }, expires },
    {
      name: 'narrow',
      role: 'auditor',
      scope: { tenants: ['acme'], record: { type: 'contact', id: 'c-1' } },
      expires,
    },
  ];
  for (const one of wanted) callers.push((await tokens.create(one)).text);
  await tokens.close();
  const [, admin, , narrow] = callers;
  const limits = { requests: 1_000_000, failures: 1_000_000 };
  const service = await createService({ store: location, console: false, origin: ORIGIN, limits });
  /** @type {{ cases: number, taken: number, codes: Record<string, number>, problems: string[] }} */
  const outcome = { cases: 0, taken: 0, codes: {}, problems: [] };
  try {
    const description = /** @type {any} */ (
      await (await service.fetch(new Request(`${ORIGIN}/api/v1/openapi.json`))).json()
    );
    const routes = routesOf(description);
    for (let i = from; i < cases && outcome.problems.length < 10; i++) {
      onCase(i);
      const random = seededFor(seed, 'requests', i);
      const { route, method, path, headers, body } = makeRequest(routes, random);
      const token = callers[Math.floor(random() * callers.length)];
      // The admin's own token may go, and with it everything that only an admin reaches.
      if (method === 'DELETE' && token === admin) continue;
      const request = requestOf(path, { method, headers, token, body });
      if (request === undefined) continue;
      outcome.cases++;
      const response = await service.fetch(request);
      const text = await textOf(response);
      const code = refusal(response, text, method);
      const told = `${method} ${path} ${body ?? ''} as ${token === undefined ? 'nobody' : callers.indexOf(token)}, seed ${seed}, case ${i}`;
      if (response.status < 400) outcome.taken++;
      else
        outcome.codes[`${response.status} ${code}`] = (outcome.codes[`${response.status} ${code}`] ?? 0) + 1;
      if (response.status >= 500)
        outcome.problems.push(`${response.status} for ${told}: ${text.slice(0, 200)}`);
      if (code === undefined)
        outcome.problems.push(`a refusal without a code for ${told}: ${text.slice(0, 200)}`);
      if (
        response.status < 300 &&
        response.status !== 204 &&
        method === route.method &&
        path.startsWith(`${route.path}?`)
      )
        if (route.operation.responses[response.status] === undefined)
          outcome.problems.push(`status ${response.status} is in no description: ${told}`);
      if (token !== admin && text.includes(SECRET))
        outcome.problems.push(`another tenant's text came back: ${told}`);
      if (token === narrow && text.includes(ELSEWHERE))
        outcome.problems.push(`another record's text came back: ${told}`);
    }
  } finally {
    await service.close();
  }
  return outcome;
}

/**
 * @param {string} path
 * @param {{ readonly method: string, readonly headers: Readonly<Record<string, string>>, readonly token: string | undefined,
 *   readonly body: string | undefined }} options
 */
function requestOf(path, { method, headers, token, body }) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return new Request(`${ORIGIN}${path}`, {
      method,
      headers: { ...headers, ...authorization },
      ...(body === undefined ? {} : { body }),
    });
  } catch {
    // No client can send this one.
    return undefined;
  }
}

/** An answer to its end; one that goes on until somebody leaves is left. @param {Response} response */
async function textOf(response) {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return response.text();
  await response.body?.cancel();
  return '';
}

/**
 * The code of a refusal; `none` where there is nothing to refuse, undefined where there should be a code.
 *
 * @param {Response} response
 * @param {string} text
 * @param {string} method
 */
function refusal({ status, headers }, text, method) {
  if (status < 400 || method === 'HEAD') return 'none';
  if (!/^application\/json/.test(headers.get('content-type') ?? '')) return undefined;
  const { error } = JSON.parse(text);
  return typeof error?.code === 'string' && /^[a-z_]+$/.test(error.code) && typeof error.message === 'string'
    ? error.code
    : undefined;
}

/** Proposals in every state, an erasure, a hold and a note about another record than an auditor may see. @param {string} location */
async function fill(location) {
  const by = authenticatedUser({ id: 'u-1', auth_method: 'sso' });
  const sealtrail = await openSealtrail({ store: location });
  const { store } = sealtrail;
  const log = new Log(store);
  for (const tenant of ['acme', 'beta']) {
    const own = `only-for-${tenant}`;
    const trail = sealtrail.trail(tenant);
    for (const id of PROPOSALS)
      await trail.propose(ACTION, { ...said(id), input: { contact: 'c-1', phone: own }, rationale: own });
    await trail.approve('p-1', { by, reason: own });
    await trail.approveEdited(ACTION, 'p-2', { by, input: { contact: 'c-1', phone: `${own} 2` } });
    await trail.reject('p-3', { by, reason: own });
    await trail.execute(ACTION, 'p-1', async () => ({ own }));
    for (let i = 0; i < 10; i++)
      await log.append(tenant, { ...note(`n-${i}`), data: { own }, sealed: { more: own } });
    const deal = [{ type: 'deal', id: 'd-1' }];
    await log.append(tenant, {
      ...note('deal'),
      targets: deal,
      data: { deal: ELSEWHERE },
      sealed: { more: ELSEWHERE },
    });
    await erase(store, tenant, { about: 'record', target: RECORD, fields: ['more'], basis: 'other', by: BY });
    await setHold(log, tenant, { hold: 'h-1', target: null }, { by: BY });
    await anchorTenant(store, tenant, { maxSegment: 6 });
  }
  await log.close();
  await sealTenants(store);
  await sealtrail.close();
}

/** What each log comes to: verdict, length and head. @param {string} location */
async function logsOf(location) {
  const source = await openSource(location);
  /** @type {Record<string, string>} */
  const logs = {};
  try {
    await verifyAll(source, {
      onTenant: ({ tenant, status, walked, last }) =>
        void (logs[tenant] = `${status}, ${walked} entries, ${last?.hash ?? 'none'}`),
    });
  } finally {
    await source.close();
  }
  return logs;
}
