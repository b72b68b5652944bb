import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { createService } from '@sealtrail/service';
import { type Served, type ServeOptions, serve } from '@sealtrail/service/node';
import { Log } from '@sealtrail/store';
import { Hono } from 'hono';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { newSqlitePlace, type Place } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';
import { newWorld, STORY_ENTRIES, tokenOf } from './world.ts';

async function served(
  place: Place,
  options: Partial<ServeOptions> = {},
): Promise<Served & { readonly url: string }> {
  const server = await serve({
    store: place.location,
    host: '127.0.0.1',
    port: 0,
    console: false,
    ...options,
  });
  onTestFinished(() => server.close());
  return { ...server, url: `http://127.0.0.1:${server.port}${options.path ?? ''}` };
}

/** A place with the story in it, and no service. */
async function filled(): Promise<Place> {
  const place = await newSqlitePlace();
  const { service } = await newWorld(place);
  await service.close();
  return place;
}

/** What a build of the console looks like. */
async function consoleIn(place: Place): Promise<string> {
  const folder = join(place.folder, 'dist');
  await mkdir(join(folder, 'assets'), { recursive: true });
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><script type="module" src="./assets/index-Bq3xY9_z.js"></script>',
  );
  await writeFile(join(folder, 'assets', 'index-Bq3xY9_z.js'), `export {};${'/* long */'.repeat(100)}`);
  await writeFile(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(place.folder, 'secret.js'), 'not to be seen');
  return folder;
}

describe('the service on a server', () => {
  it('sends the files of the console, and nothing that is not one', async () => {
    const place = await filled();
    const { url } = await served(place, { console: await consoleIn(place), path: '/audit' });
    const bare = await fetch(url, { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).toEqual([308, '/audit/']);
    const index = await fetch(`${url}/`);
    expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(index.headers.get('cache-control')).toBe('no-cache');
    expect(index.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const script = await fetch(`${url}/assets/index-Bq3xY9_z.js`);
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('content-encoding')).toBe('gzip');
    expect(await script.text()).toContain('/* long */');
    expect((await fetch(`${url}/icon.svg`)).headers.get('cache-control')).toBe('no-cache');
    for (const path of [
      '/secret.js',
      '/../secret.js',
      '/%2e%2e/secret.js',
      '/..%2fsecret.js',
      '/assets/',
      '/assets/..%2f..%2fsecret.js',
    ]) {
      const { status } = await fetch(`${url}${path}`);
      expect([path, status]).toEqual([path, 404]);
    }
    expect((await fetch(url.replace('/audit', '/api/v1/me'))).status).toBe(404);
  });

  it('lets nobody on the way keep an answer that says nothing of it', async () => {
    const place = await filled();
    const { url } = await served(place, { console: await consoleIn(place), path: '/audit' });
    for (const path of ['', '/nothing', '/assets/index-AAAAAAAA.js', '/healthz', '/../elsewhere']) {
      const { status, headers } = await fetch(`${url}${path}`, { redirect: 'manual' });
      expect([path, status, headers.get('cache-control')]).toEqual([path, expect.any(Number), 'no-store']);
    }
  });

  it('says so when the console is not there', async () => {
    const { url } = await served(await filled());
    const page = await fetch(`${url}/`);
    expect(await page.text()).toContain('@sealtrail/console');
    await expect(serve({ store: '/nowhere/a.db', host: '127.0.0.1', port: 0 })).rejects.toMatchObject({
      code: 'source_invalid',
    });
    const place = await filled();
    await expect(served(place, { console: place.folder })).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(served(place, { path: 'audit/' })).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(served(place, { origin: 'https://crm.example/x' })).rejects.toMatchObject({
      code: 'config_invalid',
    });
  });

  it('is mounted in a host’s own application, under any path, behind its own sign-in', async () => {
    const place = await filled();
    const service = await createService({
      store: place.location,
      path: '/crm/audit',
      console: await consoleIn(place),
      authenticate: async (request) =>
        request.headers.get('cookie') === 'crm=sarah'
          ? { id: 'u-17', name: 'Sarah', role: 'manager', scope: { tenants: ['acme'] }, method: 'sso' }
          : null,
    });
    onTestFinished(() => service.close());
    const host = new Hono();
    host.get('/crm', (context) => context.text('the host'));
    host.all('/crm/audit/*', (context) => service.fetch(context.req.raw, context.env));
    const server = createServer(getRequestListener(host.fetch));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/crm`;
    expect(await (await fetch(url)).text()).toBe('the host');
    const headers = { cookie: 'crm=sarah' };
    const page = await fetch(`${url}/audit/api/v1/tenants/acme/entries?limit=2`, { headers });
    expect(((await page.json()) as { entries: unknown[] }).entries).toHaveLength(2);
    expect((await fetch(`${url}/audit/api/v1/me`)).status).toBe(401);
    expect((await fetch(`${url}/audit/`)).headers.get('content-type')).toBe('text/html; charset=utf-8');
    await service.close();
    await expectIntact(place.location, {
      acme: STORY_ENTRIES - 1,
      beta: STORY_ENTRIES - 1,
      '~seals': 1,
      '~access': 1,
    });
  });

  it('a reader that goes away stops the work', async () => {
    const place = await filled();
    const store = await place.open();
    const log = new Log(store);
    for (let at = 0; at < 12; at++) await log.appendAll('acme', drafts(`more-${at}`, 1_000));
    await log.close();
    const server = await served(place);
    const { text } = await tokenOf(place, 'auditor', { tenants: ['acme'] });
    const headers = { authorization: `Bearer ${text}` };
    // More readers than there are threads: each has to give its thread back.
    for (let i = 0; i < 8; i++) {
      const gone = new AbortController();
      const response = await fetch(`${server.url}/api/v1/tenants/acme/log`, { headers, signal: gone.signal });
      const reader = response.body?.getReader();
      expect((await reader?.read())?.done).toBe(false);
      gone.abort();
    }
    const whole = await fetch(`${server.url}/api/v1/tenants/acme/log`, { headers });
    const lines = (await whole.text()).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ end: { entries: STORY_ENTRIES + 12_000 } });
    await server.close();
    await expectIntact(place.location, {
      acme: STORY_ENTRIES + 11_999,
      beta: STORY_ENTRIES - 1,
      '~seals': 1,
      '~access': 10,
    });
  });

  it('a reader that goes away just as the text ends does no harm', async () => {
    const place = await filled();
    const service = await createService({ store: place.location, console: false });
    onTestFinished(() => service.close());
    const { text } = await tokenOf(place, 'auditor', { tenants: ['acme'] });
    const headers = { authorization: `Bearer ${text}` };
    for (let pieces = 0; pieces < 5; pieces++) {
      const url = 'http://localhost/api/v1/tenants/acme/log';
      const reader = (await service.fetch(new Request(url, { headers }))).body?.getReader();
      for (let i = 0; i < pieces; i++) await reader?.read();
      await reader?.cancel();
    }
    // Whatever was left to be done is done, or would have ended the process.
    await service.close();
    await expectIntact(place.location, {
      acme: STORY_ENTRIES - 1,
      beta: STORY_ENTRIES - 1,
      '~seals': 1,
      '~access': 6,
    });
  });

  it('nothing secret is in its log, and no name of a record or a person', async () => {
    const place = await filled();
    const lines: string[] = [];
    const write = (level: string) => (fields: object, message: string) =>
      void lines.push(JSON.stringify({ level, ...fields, message }));
    const { url, close } = await served(place, {
      limits: { failures: 2 },
      logger: { info: write('info'), warn: write('warn'), error: write('error') },
      authenticate: async () => {
        throw new Error('the database of users at mongodb://root:hunter2@db is away');
      },
    });
    const { id, text } = await tokenOf(place, 'admin', { tenants: 'all' });
    const api = `${url}/api/v1`;
    const json = { 'content-type': 'application/json' };
    const bearer = { authorization: `Bearer ${text}` };
    const entered = await fetch(`${api}/session`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ token: text }),
    });
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    await fetch(`${api}/tenants/acme/records/contact/c-104?cursor=${text}`, { headers: bearer });
    await fetch(`${api}/tenants/acme/records/contact/c-104`, { headers: { cookie } });
    await fetch(`${api}/me?token=${text}`, { headers: bearer });
    await fetch(`${api}/${text}`, { headers: bearer });
    await fetch(`${url}/${text}`);
    for (let i = 0; i < 4; i++) await fetch(`${api}/me`, { headers: { authorization: `Bearer ${text}x` } });
    await fetch(`${api}/session`, { method: 'POST', headers: json, body: `{"token":"${text}"` });
    expect((await fetch(`${api}/me`)).status).toBe(500);
    const made = await fetch(`${api}/tokens`, {
      method: 'POST',
      headers: { ...json, ...bearer },
      body: JSON.stringify({
        name: 'Jane',
        role: 'auditor',
        scope: { tenants: ['acme'] },
        expires: new Date(Date.now() + 86_400_000).toISOString(),
      }),
    });
    const fresh = (await made.json()) as { token: string };
    await close();
    const all = lines.join('\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(all).toContain(`"who":"${id}"`);
    for (const secret of [text, fresh.token, cookie.split('=')[1] ?? '', 'hunter2']) {
      expect(secret).not.toBe('');
      expect(all).not.toContain(secret);
      // The secret part of a token: its alphabet has the separator, too.
      expect(all).not.toContain(secret.split('_').slice(2).join('_') || secret);
    }
    for (const name of ['c-104', 'Jane', 'acme']) expect(all).not.toContain(name);
    expect(all).toContain('"status":429');
  });

  it('counts failed sign-ins for each connection’s address', async () => {
    const place = await filled();
    const { url } = await served(place, { limits: { failures: 1 } });
    const headers = { authorization: `Bearer st_${'0'.repeat(16)}_${'A'.repeat(43)}` };
    expect((await fetch(`${url}/api/v1/me`, { headers })).status).toBe(401);
    expect((await fetch(`${url}/api/v1/me`, { headers })).status).toBe(429);
    // To ask without any secret is no attempt: it is what the page does to see whether somebody is signed in.
    for (let i = 0; i < 3; i++) expect((await fetch(`${url}/api/v1/me`)).status).toBe(401);
  });

  it('takes no body larger than its limit, whatever the length says', async () => {
    const place = await filled();
    const { url } = await served(place);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(4_096).fill(0x20)),
    });
    const answer = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    } as RequestInit).catch((error: unknown) => error);
    if (answer instanceof Response) expect(answer.status).toBe(413);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
