import {
  createService,
  openTokens,
  type Role,
  type Scope,
  type Service,
  type ServiceOptions,
} from '@sealtrail/service';
import { anchorTenant, Log, sealTenants } from '@sealtrail/store';
import { onTestFinished } from 'vitest';
import type { Place } from '../support/places.ts';
import { reports } from '../support/verified.ts';
import { BULK, LIFE, UNEXPLAINED } from '../views/story.ts';

export const ORIGIN = 'https://crm.example';
export const WITHIN = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** What comes back, read to its end. */
interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every shape
  readonly body: any;
}

interface Ask {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Two tenants with the same story, anchored and sealed, and a service over them. */
export interface World {
  readonly place: Place;
  readonly service: Service;
  /** A token that somebody on the machine makes. */
  token(role: Role, scope?: Scope): Promise<{ readonly id: string; readonly text: string }>;
  /** Asks the service; the path is below where it is mounted. */
  ask(path: string, ask?: Ask): Promise<Told>;
  /** Asks below `api/v1`. */
  api(path: string, ask?: Ask): Promise<Told>;
}

const STORY = [...LIFE, UNEXPLAINED, ...BULK];
/** Entries of each tenant, the first one included. */
export const STORY_ENTRIES = STORY.length + 1;

export async function newWorld(place: Place, options: Partial<ServiceOptions> = {}): Promise<World> {
  await fill(place);
  return worldOf(place, options);
}

async function fill(place: Place): Promise<void> {
  const store = await place.open();
  const log = new Log(store);
  for (const tenant of ['acme', 'beta']) {
    await log.appendAll(tenant, STORY);
    await anchorTenant(store, tenant, { maxSegment: 6 });
  }
  await log.close();
  await sealTenants(store);
}

/** A service over what is there. */
export async function worldOf(place: Place, options: Partial<ServiceOptions> = {}): Promise<World> {
  const service = await createService({ store: place.location, console: false, ...options });
  onTestFinished(() => service.close());
  const ask = async (
    path: string,
    { method = 'GET', token, body, headers = {} }: Ask = {},
  ): Promise<Told> => {
    const sent = new Headers(headers);
    if (token !== undefined) sent.set('authorization', `Bearer ${token}`);
    if (body !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json');
    const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const text = isRaw ? (body as NonNullable<RequestInit['body']> | undefined) : JSON.stringify(body);
    const response = await service.fetch(
      new Request(`${ORIGIN}${options.path ?? ''}${path}`, {
        method,
        headers: sent,
        ...(text === undefined ? {} : { body: text }),
      }),
    );
    return read(response);
  };
  return {
    place,
    service,
    ask,
    api: (path, given) => ask(`/api/v1${path}`, given),
    token: (role, scope = { tenants: 'all' }) => tokenOf(place, role, scope),
  };
}

export async function tokenOf(place: Place, role: Role, scope: Scope): Promise<{ id: string; text: string }> {
  const tokens = await openTokens(place.location);
  try {
    const { token, text } = await tokens.create({ name: `a ${role}`, role, scope, expires: WITHIN(1) });
    return { id: token.id, text };
  } finally {
    await tokens.close();
  }
}

async function read(response: Response): Promise<Told> {
  const text = await response.text();
  const isJson = text !== '' && /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

/** Every log of the place is whole, the one about access included; closes the service first. */
export async function expectWhole({ place, service }: World): Promise<void> {
  await service.close();
  const found = await reports(place.location);
  const broken = [...found.values()].filter(({ status }) => status !== 'valid').map(({ summary }) => summary);
  if (broken.length > 0 || !found.has('~access')) throw new Error(`not whole: ${broken.join('; ')}`);
}

/** The entries of the access log, without those that making the test's own tokens wrote. */
export async function accessOf(
  world: World,
): Promise<{ type: string; actor: object; targets: unknown; data: object }[]> {
  const admin = await world.token('admin');
  const { body } = await world.api('/tenants/~access/entries?limit=1000&order=oldest', { token: admin.text });
  return body.entries
    .filter(({ actor }: { actor: { id: string } }) => !['command-line', 'sealtrail'].includes(actor.id))
    .map(
      ({ type, actor, targets, data }: { type: string; actor: object; targets: unknown; data: object }) => ({
        type,
        actor,
        targets,
        data,
      }),
    );
}

/** Waits until a run has ended. */
export async function ended(world: World, id: string, token: string) {
  for (;;) {
    const { body } = await world.api(`/verifications/${id}`, { token });
    if (body.run.state !== 'running') return body.run;
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
