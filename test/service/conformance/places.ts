import { describe, expect, it, onTestFinished } from 'vitest';
import type { NewPlace } from '../../support/places.ts';
import { accessOf, ended, expectWhole, newWorld, ORIGIN, type World } from '../world.ts';

const LOG = '/tenants/acme/log';

/** Asks for a log and takes nothing of it: a thread is held, or a place in the queue. */
function hold(world: World, token: string, times: number): AbortController[] {
  return Array.from({ length: times }, () => {
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const headers = { authorization: `Bearer ${token}` };
    const request = new Request(`${ORIGIN}/api/v1${LOG}`, { headers, signal: gone.signal });
    void world.service.fetch(request).catch(() => {});
    return gone;
  });
}

/** Until so many logs are being read: what was asked after them waits. */
async function reading(world: World, times: number): Promise<void> {
  for (;;) {
    const exported = (await accessOf(world)).filter(({ type }) => type === 'access.exported');
    if (exported.length >= times) return;
    await new Promise((resume) => setTimeout(resume, 20));
  }
}

const start = (world: World, token: string, tenant = 'beta') =>
  world.api(`/tenants/${tenant}/verifications`, { method: 'POST', token, body: {} });

export function places(newPlace: NewPlace): void {
  describe('long requests', () => {
    it('of one token leave a thread and places to everybody else', async () => {
      const world = await newWorld(await newPlace());
      const greedy = await world.token('auditor', { tenants: ['acme'] });
      const other = await world.token('auditor', { tenants: ['beta'] });
      const held = hold(world, greedy.text, 40);
      await reading(world, 2);
      const more = await world.api(LOG, { token: greedy.text });
      expect([more.status, more.body.error.code]).toEqual([429, 'service_busy']);
      expect((await world.api('/tenants/beta/entries/3/proof', { token: other.text })).status).toBe(200);
      expect((await world.api('/tenants/beta/log', { token: other.text })).status).toBe(200);
      const { status, body } = await start(world, other.text);
      expect(status).toBe(202);
      expect(await ended(world, body.run.id, other.text)).toMatchObject({ state: 'valid' });
      // What nobody waits for any more takes nobody's place.
      for (const gone of held) gone.abort();
      expect((await world.api(LOG, { token: greedy.text })).status).toBe(200);
      await expectWhole(world);
    });

    it('are counts of decisions as well, for which every proposal is read', async () => {
      const world = await newWorld(await newPlace());
      const { text: token } = await world.token('manager');
      const path = '/tenants/beta/coaching?agent=crm-agent';
      const before = await world.api(path, { token });
      expect(before.status).toBe(200);
      const held = hold(world, token, 40);
      await reading(world, 2);
      const refused = await world.api(path, { token });
      expect([refused.status, refused.body.error?.code]).toEqual([429, 'service_busy']);
      for (const gone of held) gone.abort();
      const again = await world.api(path, { token });
      expect([again.status, again.body]).toEqual([200, before.body]);
      expect((await world.api('/tenants/beta/coaching?since=yesterday', { token })).body.error.code).toBe(
        'query_invalid',
      );
      await expectWhole(world);
    });

    it('that find no place begin no verification; one that waits is cancelled at once', async () => {
      const world = await newWorld(await newPlace());
      const readers = [];
      for (let n = 0; n < 4; n++) readers.push((await world.token('auditor')).text);
      for (const reader of readers) hold(world, reader, 3);
      await reading(world, 3);
      const { text: token } = await world.token('auditor');
      const waiting = await start(world, token);
      expect(waiting.status).toBe(202);
      const cancelled = await world.api(`/verifications/${waiting.body.run.id}`, { method: 'DELETE', token });
      expect(cancelled.body.run).toMatchObject({ state: 'cancelled', error: null });

      const held = readers.flatMap((reader) => hold(world, reader, 8));
      const refused = await untilRefused(() => start(world, token, 'acme'));
      expect(refused.body.error.code).toBe('service_busy');
      const { runs } = (await world.api('/tenants/acme/verifications', { token })).body;
      expect(runs.map(({ state }: { state: string }) => state)).not.toContain('failed');
      // Those that went away make room, though no thread is free yet.
      for (const gone of held) gone.abort();
      const again = await start(world, token, 'beta');
      expect(again.status).toBe(202);
      await expectWhole(world);
    });

    it('end when they have taken too long, however often their reader takes a little', async () => {
      const world = await newWorld(await newPlace(), {
        limits: { requests: 600, failures: 10, streamSeconds: 1 },
      });
      const { text: token } = await world.token('auditor');
      const headers = { authorization: `Bearer ${token}` };
      const request = new Request(`${ORIGIN}/api/v1${LOG}`, { headers });
      const reader = (await world.service.fetch(request)).body?.getReader();
      expect((await reader?.read())?.done).toBe(false);
      const rest = async (): Promise<void> => {
        for (;;) {
          await new Promise((resume) => setTimeout(resume, 300));
          if ((await reader?.read())?.done !== false) return;
        }
      };
      await expect(rest()).rejects.toThrow('the text ended early');
      await expectWhole(world);
    });
  });
}

/** Cancels what was started until there is no place left. */
async function untilRefused(ask: () => ReturnType<World['api']>): ReturnType<World['api']> {
  for (;;) {
    const told = await ask();
    if (told.status !== 202 && told.status !== 409) return told;
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
