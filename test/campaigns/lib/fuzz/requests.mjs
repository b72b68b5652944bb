// @ts-check
import { mutate } from './mutate.mjs';

// Requests to the service, made from its own description: a route or parameter that is added later is asked for, too.

/** @typedef {{ readonly name: string, readonly in: string, readonly required?: boolean, readonly schema: any }} Parameter */
/** @typedef {{ readonly operationId: string, readonly parameters?: readonly Parameter[], readonly requestBody?: any, readonly responses: Readonly<Record<string, unknown>> }} Operation */
/** @typedef {{ readonly path: string, readonly method: string, readonly operation: Operation }} Route */

/** What is asked about: some of it is there, some is another tenant's, some nobody's. */
const KNOWN = {
  tenant: ['acme', 'beta', '~access', 'nobody'],
  seq: ['0', '1', '5', '999'],
  type: ['contact', 'deal'],
  id: ['c-1', 'd-1', 'p-1', 'p-2', 'p-3', 'p-4', 'none'],
};
const VALUES = [
  ...[
    'acme',
    'beta',
    'contact',
    'c-1',
    'd-1',
    'p-1',
    't-1',
    'update_contact',
    'assistant',
    'user',
    'u-1',
    'oldest',
    'newest',
    'jsonl',
    'csv',
    'yes',
    'true',
  ],
  ...[
    '0',
    '1',
    '100',
    '2026-01-01T00:00:00.000Z',
    '2026-11-23',
    'eyJhIjoxfQ',
    'approved',
    'proposal.created',
  ],
];
const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/x-www-form-urlencoded',
  '',
];

/** @param {{ readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> }} description OpenAPI */
export function routesOf({ paths }) {
  /** @type {Route[]} */
  const routes = [];
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods))
      routes.push({ path, method: method.toUpperCase(), operation });
  return routes;
}

/**
 * @param {readonly Route[]} routes
 * @param {() => number} random
 * @returns {{ readonly route: Route, readonly method: string, readonly path: string, readonly headers: Readonly<Record<string, string>>,
 *   readonly body: string | undefined }}
 */
export function makeRequest(routes, random) {
  const pick = (/** @type {readonly any[]} */ list) => list[Math.floor(random() * list.length)];
  const twisted = (/** @type {string} */ text) => (random() < 0.25 ? mutate(text, VALUES, random) : text);
  const route = pick(routes);
  let path = route.path.replace(
    /\{(\w+)\}/g,
    (/** @type {string} */ _, /** @type {keyof typeof KNOWN} */ name) =>
      encode(twisted(pick(KNOWN[name])), random),
  );
  if (random() < 0.03) path = mutate(path, [path], random).replace(/^[^/]*/, '');
  const method = random() < 0.95 ? route.method : pick(METHODS);
  const query = queryOf(route.operation.parameters ?? [], { pick, twisted, random });
  const hasBody =
    method === 'POST' ? random() < 0.95 : method !== 'GET' && method !== 'HEAD' && random() < 0.1;
  const body = hasBody ? bodyOf(route, { pick, twisted, random }) : undefined;
  /** @type {Record<string, string>} */
  const headers = { 'x-sealtrail': '1' };
  if (hasBody) headers['content-type'] = random() < 0.95 ? 'application/json' : pick(TYPES);
  if (random() < 0.1) headers['origin'] = pick(['https://crm.example', 'https://evil.example', 'null']);
  if (random() < 0.05) headers['range'] = 'bytes=0-1';
  return { route, method, path: `${path}${query}`, headers, body };
}

/**
 * @typedef {{ readonly pick: (list: readonly any[]) => any, readonly twisted: (text: string) => string, readonly random: () => number }} Dice
 */

/**
 * @param {readonly Parameter[]} parameters
 * @param {Dice} dice
 */
function queryOf(parameters, { pick, twisted, random }) {
  const parts = [];
  for (const { name, in: place, required, schema } of parameters) {
    if (place !== 'query' || random() > (required === true ? 0.95 : 0.12)) continue;
    parts.push(
      `${encodeURIComponent(twisted(name).toWellFormed())}=${encode(twisted(String(pick(schema.enum ?? VALUES))), random)}`,
    );
    if (random() < 0.03) parts.push(pick(parts));
  }
  if (random() < 0.03) parts.push(mutate('a=1', VALUES, random).replace('#', ''));
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/**
 * @param {Route} route
 * @param {Dice} dice
 */
function bodyOf(route, dice) {
  const schema = route.operation.requestBody?.content['application/json'].schema ?? {};
  const text = JSON.stringify(valueFor(schema, dice) ?? {});
  return dice.random() < 0.3 ? mutate(text, [text, '{"__proto__":{}}', '[[[[]]]]'], dice.random) : text;
}

/**
 * A value that mostly fits a JSON Schema.
 *
 * @param {any} schema
 * @param {Dice} dice
 * @returns {unknown}
 */
function valueFor(schema, dice) {
  const { pick, twisted, random } = dice;
  if (random() < 0.02) return pick([null, 0, -1.5, '', [], {}, true, 'x'.repeat(20_000)]);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return twisted(pick(schema.enum));
  if (schema.anyOf !== undefined) return valueFor(pick(schema.anyOf), dice);
  switch (schema.type) {
    case 'object': {
      /** @type {Record<string, unknown>} */
      const made = {};
      for (const [name, of] of Object.entries(schema.properties ?? {}))
        if (random() < (schema.required?.includes(name) ? 0.97 : 0.4)) made[name] = valueFor(of, dice);
      if (random() < 0.03) made[twisted('extra')] = 1;
      return made;
    }
    case 'array':
      return Array.from({ length: Math.floor(random() * 3) + (schema.minItems ?? 0) }, () =>
        valueFor(schema.items, dice),
      );
    case 'integer':
    case 'number':
      return pick([0, 1, 5, 100, -1, 1e15, 0.5]);
    case 'boolean':
      return random() < 0.5;
    default:
      return twisted(pick([...VALUES, soon()]));
  }
}

const DAY = 86_400_000;
const soon = () => new Date(Date.now() + DAY).toISOString();

/**
 * Mostly as a browser would; sometimes as it comes, half encoded or broken.
 *
 * @param {string} text
 * @param {() => number} random
 */
function encode(text, random) {
  const encoded = encodeURIComponent(text.toWellFormed());
  if (random() < 0.95) return encoded;
  return encoded.replace(/%../, () => (random() < 0.5 ? '%' : '%ff')).concat(random() < 0.3 ? '%00' : '');
}
