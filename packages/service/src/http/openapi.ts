import { toUrlSegment } from '@sealtrail/format';
import { z } from 'zod';
import { COOKIE } from '../access/authenticate.ts';
import type { Route } from './route.ts';
import { error } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The description of the API (OpenAPI 3.1), made from the very schemas that requests are parsed with. OpenAPI 3.1 takes JSON
 * Schema as it is, and zod writes it: that needs no library between the two.
 */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = `/api/v1${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sealtrail verification service', version, license: { name: 'Apache-2.0' } },
    servers: [{ url: '../..', description: 'where the service is mounted' }],
    paths,
    components: {
      schemas: { Error: schemaOf(error, 'output') },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: COOKIE },
      },
    },
  };
}

function operationOf(route: Route): Json {
  const { name, summary, right, body, answer, status = 200, path } = route;
  const refused = json({ $ref: '#/components/schemas/Error' });
  const success =
    answer === undefined
      ? { description: 'done' }
      : typeof answer === 'string'
        ? { description: 'a stream', content: { [answer]: {} } }
        : { description: 'the answer', content: json(schemaOf(answer, 'output')) };
  return {
    operationId: name,
    summary,
    parameters: [...parametersOf(route, 'path'), ...parametersOf(route, 'query')],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaOf(body, 'input')) } }),
    responses: {
      [status]: success,
      ...(path.startsWith('/tenants/:tenant/')
        ? { 410: { description: 'what is asked for was moved into an archive', content: refused } }
        : {}),
      default: { description: 'a refusal, or trouble', content: refused },
    },
    security: right === 'public' ? [] : [{ token: [] }, { session: [] }],
  };
}

const DOTS = `One that is \`.\` or \`..\` is sent as \`${encodeURIComponent(toUrlSegment('.'))}\` or \`${encodeURIComponent(toUrlSegment('..'))}\`.`;

/** A pattern of names does not have the spelling of the two. */
function inPath({ pattern, ...schema }: Json): Json {
  const spelled = typeof pattern === 'string' ? pattern.replace(/^\^/, '^\\u0080?') : undefined;
  return { ...schema, ...(spelled === undefined ? {} : { pattern: spelled }) };
}

function parametersOf(route: Route, where: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = schemaOf(where === 'path' ? route.params : route.query, 'input');
  return Object.entries(properties as Record<string, Json>).map(([name, schema]) => ({
    name,
    in: where,
    required: (required as string[]).includes(name),
    // Whoever carries a URL takes these two out of its path.
    ...(where === 'path' && schema['type'] === 'string'
      ? { description: DOTS, schema: inPath(schema) }
      : { schema }),
  }));
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Everything that only a function can check is a text, unless its meta says otherwise.
      if (zodSchema._zod.def.type === 'custom') jsonSchema.type ??= 'string';
      if (jsonSchema.type === 'integer' || jsonSchema.type === 'number') delete jsonSchema.pattern;
    },
  });
  return rest;
}
