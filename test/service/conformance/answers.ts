import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Log, prune, setRetention } from '@sealtrail/store';
import { verifyProof } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { NewPlace } from '../../support/places.ts';
import { raw } from '../../support/raw.ts';
import { reports } from '../../support/verified.ts';
import { viewsOf } from '../../views/helpers.ts';
import { everyRoute } from '../every-route.ts';
import { expectWhole, newWorld, STORY_ENTRIES } from '../world.ts';

export function answers(newPlace: NewPlace): void {
  describe('what it answers', () => {
    it('views, word for word', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      const { text: token } = await world.token('manager', { tenants: ['acme'] });
      const get = async (path: string) => (await world.api(`/tenants/acme${path}`, { token })).body;
      const views = await viewsOf(place);
      const json = (value: unknown) => JSON.parse(JSON.stringify(value));
      expect(await get('/entries')).toEqual(json(await views.entries('acme')));
      const filter =
        '/entries?actor.type=agent&actor.id=sales-assistant&record.type=contact&record.id=c-104&confidence.min=0.4&confidence.max=0.95&type=proposal.created&since=2020-01-01T00:00:00.000Z&order=oldest&limit=2';
      const page = await get(filter);
      expect(page).toEqual(
        json(
          await views.entries(
            'acme',
            {
              actor: { type: 'agent', id: 'sales-assistant' },
              record: { type: 'contact', id: 'c-104' },
              confidence: { min: 0.4, max: 0.95 },
              type: 'proposal.created',
              since: '2020-01-01T00:00:00.000Z',
            },
            { order: 'oldest', limit: 2 },
          ),
        ),
      );
      expect(page.entries).toHaveLength(2);
      const next = await get(`${filter}&cursor=${page.next}`);
      expect(next.entries[0].seq).toBeGreaterThan(page.entries[1].seq);
      expect(await get('/proposals/p-1')).toEqual(json(await views.proposal('acme', 'p-1')));
      const record = { type: 'contact', id: 'c-104' };
      expect(await get('/records/contact/c-104?limit=3')).toEqual(
        json(await views.record('acme', record, { limit: 3 })),
      );
      expect(await get('/coaching?agent=sales-assistant')).toEqual(
        json(await views.coaching('acme', { agent: 'sales-assistant' })),
      );
      expect(await get('/incident?trace=t-2')).toEqual(json(await views.incident('acme', { trace: 't-2' })));
      expect((await world.api('/tenants/acme/proposals/unknown', { token })).status).toBe(404);
      // Names of records may hold whatever a path may not.
      expect((await get(`/records/contact/${encodeURIComponent('a/b?c#d é%2F')}`)).entries).toEqual([]);
      await expectWhole(world);
    });

    it('of what was pruned, that it is gone from here', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      const store = await place.open();
      const log = new Log(store);
      const by = { type: 'user', id: 'u-dpo', auth_method: 'sso' } as const;
      await setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by });
      await log.close();
      const now = () => Date.now() + 40 * 86_400_000;
      await prune(store, 'acme', { by, archive: join(place.folder, 'archive'), now });
      const { text: token } = await world.token('auditor');
      const { body: description } = await world.api('/openapi.json');
      const { responses } = description.paths['/api/v1/tenants/{tenant}/records/{type}/{id}/proof'].get;
      for (const asked of ['records/contact/c-104/proof', 'records/contact/c-104/evidence']) {
        const { status, body } = await world.api(`/tenants/acme/${asked}`, { token });
        expect([asked, status, body.error.code]).toEqual([asked, 410, 'pruned']);
        expect(body.error.message).toContain('see their archive');
        expect(z.fromJSONSchema(description.components.schemas.Error).safeParse(body).success).toBe(true);
        expect(responses[status].content).toEqual(responses.default.content);
      }
      const status = (await world.api('/status?tenant=acme', { token })).body;
      const [{ first }] = status.tenants;
      expect(first).toBe(STORY_ENTRIES);
      for (const of of ['', '/proof', '/evidence']) {
        const gone = await world.api(`/tenants/acme/entries/${first - 1}${of}`, { token });
        expect([of, gone.status, gone.body.error.code]).toEqual([of, 410, 'pruned']);
      }
      expect((await world.api(`/tenants/acme/entries/${first}`, { token })).status).toBe(200);
      expect((await world.api('/tenants/acme/entries/999999', { token })).status).toBe(404);
      await expectWhole(world);
    });

    it('an entry as it is stored, its neighbours, its openings and its anchor', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      const { text: token } = await world.token('auditor');
      const rows = await (await raw(place)).rows('entries', 'acme');
      for (const seq of [0, 1, 7, STORY_ENTRIES - 1]) {
        const { body } = await world.api(`/tenants/acme/entries/${seq}`, { token });
        expect(body.bytes).toBe(rows[seq]?.['entry']);
        expect(body.hash).toBe(rows[seq]?.['hash']);
        expect(body.anchor).toBe(Math.floor(seq / 6));
        expect(body.around.map((one: { seq: number }) => one.seq)).toEqual(
          [seq - 1, seq + 1].filter((at) => at >= 0 && at < STORY_ENTRIES),
        );
        const stored = JSON.parse(String(rows[seq]?.['openings']));
        expect(
          Object.fromEntries(body.openings.map(({ field, ...rest }: { field: string }) => [field, rest])),
        ).toEqual(stored);
      }
      expect((await world.api(`/tenants/acme/entries/${STORY_ENTRIES}`, { token })).status).toBe(404);
      await expectWhole(world);
    });

    it('anchors and seals, page by page', async () => {
      const world = await newWorld(await newPlace());
      const { text: token } = await world.token('auditor', { tenants: ['acme'] });
      const first = (await world.api('/tenants/acme/anchors?limit=2', { token })).body;
      expect(first.anchors.map(({ from, to }: { from: number; to: number }) => [from, to])).toEqual([
        [0, 5],
        [6, 11],
      ]);
      expect(first.next).toBe(2);
      const rest = (await world.api('/tenants/acme/anchors?from=2', { token })).body;
      expect(rest.anchors.at(-1).to).toBe(STORY_ENTRIES - 1);
      expect(rest.next).toBeNull();
      const { seals } = (await world.api('/seals', { token })).body;
      expect(seals).toMatchObject([{ number: 1, tenants: 2 }]);
      expect((await world.api('/seals?before=1', { token })).body.seals).toEqual([]);
      const status = (await world.api('/status', { token })).body;
      expect(status).toMatchObject({
        tenants: [
          { tenant: 'acme', first: 0, size: STORY_ENTRIES, anchored: STORY_ENTRIES, oldestUnanchored: null },
        ],
        seal: { number: 1, time: seals[0].time },
        checkpoint: null,
        sinks: [],
      });
      await expectWhole(world);
    });

    it('what the host knows about checkpoints and sinks', async () => {
      const checkpoint = { size: 2, time: '2026-01-01T00:00:00.000Z', witnesses: ['w-1'] };
      const world = await newWorld(await newPlace(), {
        checkpoint: async () => checkpoint,
        sinks: async () => [{ name: 's3', outstanding: 4 }],
      });
      const status = async (tenants: 'all' | string[]) =>
        (await world.api('/status', { token: (await world.token('auditor', { tenants })).text })).body;
      expect(await status('all')).toMatchObject({ checkpoint, sinks: [{ name: 's3', outstanding: 4 }] });
      expect(await status(['acme'])).toMatchObject({ checkpoint, sinks: [] });
      await expectWhole(world);
    });

    it('proofs that hold without the service', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      const { text: token } = await world.token('auditor', {
        tenants: ['acme'],
        record: { type: 'contact', id: 'c-104' },
      });
      for (const path of ['/records/contact/c-104/proof', '/entries/1/proof', '/entries/1/proof?seal=1']) {
        const { status, text } = await world.api(`/tenants/acme${path}`, { token });
        expect([path, status]).toEqual([path, 200]);
        expect(verifyProof(text)).toMatchObject({ status: 'valid', tenant: 'acme' });
      }
      await expectWhole(world);
    });

    it('a bundle that the verifier takes, and exports for other tools', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      const { text: token } = await world.token('auditor', { tenants: ['acme'] });
      for (const path of ['/log', '/export?format=bundle', '/log?values=withheld']) {
        const { headers, text } = await world.api(`/tenants/acme${path}`, { token });
        expect(headers.get('content-type')).toBe('application/jsonl; charset=utf-8');
        const file = join(place.folder, 'bundle.jsonl');
        await writeFile(file, text);
        const found = await reports(file);
        expect([...found.keys()]).toEqual(['acme']);
        expect(found.get('acme')).toMatchObject({ status: 'valid', walked: STORY_ENTRIES });
      }
      for (const format of ['jsonl', 'csv', 'ocsf', 'cloudevents']) {
        const told = await world.api(`/tenants/acme/export?format=${format}&from=1&to=3`, { token });
        const lines = told.text.split('\n').filter((line) => line !== '');
        expect([format, lines.length]).toEqual([format, format === 'csv' ? 4 : 3]);
        expect(told.headers.get('content-disposition')).toMatch(/^attachment; filename="acme-/);
        expect(told.text).not.toContain('7946 0112');
      }
      const open = await world.api('/tenants/acme/export?format=jsonl&values=included', { token });
      expect(open.text).toContain('7946 0112');
      await expectWhole(world);
    });

    it('of a broken log no checked bundle, but the log as it is', async () => {
      const place = await newPlace();
      const world = await newWorld(place);
      const { text: token } = await world.token('auditor');
      const db = await raw(place);
      const [row] = (await db.rows('entries', 'acme')).slice(4, 5);
      const changed = String(row?.['entry']).replace('u-17', 'u-99');
      await db.set('entries', { tenant: 'acme', seq: 4 }, { entry: changed });
      const asIs = await world.api('/tenants/acme/log', { token });
      const file = join(place.folder, 'bundle.jsonl');
      await writeFile(file, asIs.text);
      expect((await reports(file)).get('acme')).toMatchObject({ status: 'broken', position: 4 });
      const checked = await world
        .api('/tenants/acme/export?format=bundle', { token })
        .catch((error) => error);
      expect(checked instanceof Error || checked.body?.error.code === 'segment_broken').toBe(true);
      const { body } = await world.api('/tenants/acme/entries/4', { token });
      expect(body.bytes).toBe(changed);
    });

    it('what cannot be meant is refused, on every route, and says what is wrong', async () => {
      const world = await newWorld(await newPlace());
      const { text: token } = await world.token('admin');
      const ids = { revoke_token: (await world.token('auditor')).id };
      for (const { name, method, path, body } of await everyRoute(world, 'acme', ids)) {
        if (name === 'sign_in') continue;
        const odd = await world.api(`${path}${path.includes('?') ? '&' : '?'}odd=1`, { method, token, body });
        expect([name, odd.status, odd.body?.error.code]).toEqual([name, 400, 'request_invalid']);
        if (method !== 'POST') {
          if (method === 'GET') expect((await world.api(path, { method: 'HEAD', token })).status).toBe(405);
          continue;
        }
        const post = (body: unknown, headers = {}) => world.api(path, { method, token, body, headers });
        expect((await post({ ...body, odd: 1 })).status).toBe(400);
        expect((await post('{')).status).toBe(400);
        expect((await post('[]')).status).toBe(400);
        const [first] = Object.entries(body ?? {});
        if (first !== undefined) {
          // Of a name that is there twice, parsers on the way differ in which they take.
          const twice = `{${JSON.stringify(first[0])}:"x",${JSON.stringify(body).slice(1)}`;
          expect([name, (await post(twice)).status]).toEqual([name, 400]);
          const text = JSON.stringify({ ...body, name: 'a-b' }).replace('a-b', 'a\xffb');
          expect([name, (await post(Buffer.from(text, 'latin1'))).status]).toEqual([name, 400]);
        }
        expect((await post('[]', { 'content-type': 'text/plain' })).status).toBe(415);
        expect((await post('', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
        expect((await post(`"${'x'.repeat(20_000)}"`)).status).toBe(413);
      }
      const wrong = [
        '/entries?limit=0',
        '/entries?limit=1001',
        '/entries?limit=1e2',
        '/entries?limit=5&limit=6',
        '/entries?order=any',
        '/entries?actor.type=agent',
        '/entries?type=DROP',
        '/entries?since=yesterday',
        '/entries?confidence.min=NaN',
        '/entries?cursor=nonsense',
        `/entries?agent=${'x'.repeat(2_000)}`,
        '/entries/-1',
        '/entries/1.5',
        '/entries/01',
        '/entries/9007199254740993',
        '/incident',
        '/incident?trace=a&conversation=b',
        '/records/Contact/c-104',
        `/records/contact/${'x'.repeat(300)}`,
        '/records/contact/%00',
        '/anchors?from=-1',
        '/export?format=xml',
        '/export',
        '/export?format=bundle&from=1',
        '/export?format=csv&from=5&to=4',
        '/entries/1/proof?seal=x',
      ];
      for (const path of wrong) {
        const told = await world.api(`/tenants/acme${path}`, { token });
        expect([path, told.status]).toEqual([path, 400]);
      }
      for (const [method, path] of [
        ['PUT', '/me'],
        ['GET', '/nothing'],
        ['POST', '/tenants'],
        ['GET', '/tenants/acme'],
      ] as const) {
        expect((await world.api(path, { method, token })).status).toBe(404);
      }
      await expectWhole(world);
    });

    it('answers are not kept by anybody on the way, and no other page may use them', async () => {
      const world = await newWorld(await newPlace());
      const { text: token } = await world.token('auditor');
      for (const path of ['/me', '/tenants/acme/log', '/tenants/acme/export?format=csv', '/nothing']) {
        const { headers } = await world.api(path, { token });
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('content-security-policy')).toContain("default-src 'none'");
        expect(headers.get('content-security-policy')).not.toContain('unsafe');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('access-control-allow-origin')).toBeNull();
        expect(headers.get('referrer-policy')).toBe('no-referrer');
      }
      expect((await world.ask('/healthz')).body).toEqual({ status: 'ok' });
    });
  });
}
