import type { World } from './world.ts';

/** A request to one route, with everything filled in. */
export interface Filled {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Whether the path names a tenant. */
  readonly tenant: boolean;
  readonly body: object | undefined;
}

const BODIES: Readonly<Record<string, object>> = {
  verify: {},
  sign_in: { token: 'st_0' },
  create_token: {
    name: 'n',
    role: 'auditor',
    scope: { tenants: ['acme'] },
    expires: new Date(Date.now() + 86_400_000).toISOString(),
  },
};
const QUERIES: Readonly<Record<string, string>> = { export: '?format=jsonl', incident: '?trace=t-1' };

/**
 * Every route there is, from the description that the service gives of itself: a route that is added later is in here without
 * anybody thinking of it.
 *
 * @param ids what stands for `{id}`, by the name of the route
 */
export async function everyRoute(
  world: World,
  tenant: string,
  ids: Readonly<Record<string, string>> = {},
): Promise<Filled[]> {
  const { body } = await world.api('/openapi.json');
  const filled: Filled[] = [];
  for (const [path, methods] of Object.entries<Record<string, { operationId: string }>>(body.paths)) {
    for (const [method, { operationId: name }] of Object.entries(methods)) {
      const id = ids[name] ?? (path.includes('/records/') ? 'c-104' : 'p-1');
      const concrete = path
        .replace('/api/v1', '')
        .replace('{tenant}', tenant)
        .replace('{seq}', '1')
        .replace('{type}', 'contact')
        .replace('{id}', id);
      filled.push({
        name,
        method: method.toUpperCase(),
        path: `${concrete}${QUERIES[name] ?? ''}`,
        tenant: path.includes('{tenant}'),
        body: BODIES[name],
      });
    }
  }
  return filled;
}
