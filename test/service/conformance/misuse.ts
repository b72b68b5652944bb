import { describe, expect, it } from 'vitest';
import type { NewPlace } from '../../support/places.ts';
import { accessOf, expectWhole, newWorld } from '../world.ts';

export function misuse(newPlace: NewPlace): void {
  describe('what is asked for in somebody’s name', () => {
    it('by a page of another site is refused, so that nobody is said to have looked', async () => {
      const world = await newWorld(await newPlace(), {
        authenticate: async (request) =>
          request.headers.get('x-host') === null
            ? null
            : { id: 'u-17', name: 'Sarah', role: 'admin', scope: { tenants: 'all' }, method: 'sso' },
      });
      // What a browser says of a link, an image or a frame in that page; the host's own cookies may go with it.
      const from = (site: string) => ({ headers: { 'x-host': '1', 'sec-fetch-site': site } });
      for (const path of ['entries/2', 'export?format=csv', 'log', 'records/contact/c-104/evidence']) {
        const told = await world.api(`/tenants/acme/${path}`, from('cross-site'));
        expect([told.status, told.body.error.code]).toEqual([403, 'forbidden']);
      }
      expect(await accessOf(world)).toEqual([]);
      for (const site of ['same-origin', 'same-site', 'none']) {
        expect((await world.api('/tenants/acme/entries/2', from(site))).status).toBe(200);
      }
      // Whoever has a token has no need of a browser's goodwill: no page of another site can send it.
      const { text: token } = await world.token('auditor');
      const headers = { 'sec-fetch-site': 'cross-site' };
      expect((await world.api('/tenants/acme/entries/2', { token, headers })).status).toBe(200);
      const views = (await accessOf(world)).filter(({ data }) => 'seq' in data);
      expect(views).toHaveLength(4);
      await expectWhole(world);
    });

    it('by a token, again and again, is counted where it is exchanged for a cookie as well', async () => {
      const world = await newWorld(await newPlace(), { limits: { requests: 3 } });
      const { text: token } = await world.token('auditor');
      const enter = () => world.api('/session', { method: 'POST', body: { token } });
      for (let i = 0; i < 3; i++) expect((await enter()).status).toBe(200);
      const over = await enter();
      expect([over.status, over.body.error.code]).toEqual([429, 'request_too_many']);
      expect(over.headers.get('set-cookie')).toBeNull();
      expect((await world.api('/me', { token })).status).toBe(429);
      expect(await accessOf(world)).toHaveLength(3);
      await expectWhole(world);
    });

    it('about a record that has the name of its tenant is recorded like every other', async () => {
      const world = await newWorld(await newPlace());
      const { text: token } = await world.token('auditor');
      expect((await world.api('/tenants/acme/records/tenant/acme', { token })).status).toBe(200);
      expect((await world.api('/tenants/acme/records/tenant/acme/proof', { token })).status).toBe(200);
      const seen = (await accessOf(world)).map(({ targets }) => targets);
      expect(seen).toEqual([[{ type: 'tenant', id: 'acme' }], [{ type: 'tenant', id: 'acme' }]]);
      await expectWhole(world);
    });
  });
}
