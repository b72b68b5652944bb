import { type Identity, openTokens } from '@sealtrail/service';
import { describe, expect, it, vi } from 'vitest';
import type { NewPlace } from '../../support/places.ts';
import { everyRoute } from '../every-route.ts';
import { accessOf, expectWhole, newWorld, WITHIN, worldOf } from '../world.ts';

export function signIn(newPlace: NewPlace): void {
  describe('who is let in', () => {
    it('nobody without a token, with a wrong, a revoked or an expired one, on every route', async () => {
      const world = await newWorld(await newPlace(), { limits: { failures: 100_000, requests: 100_000 } });
      const admin = await world.token('admin');
      const revoked = await world.token('admin');
      expect((await world.api(`/tokens/${revoked.id}`, { method: 'DELETE', token: admin.text })).status).toBe(
        204,
      );
      const wrong = `${admin.text.slice(0, -1)}${admin.text.endsWith('A') ? 'B' : 'A'}`;
      const codes = async (token: string | undefined) => {
        const found = new Set<string>();
        for (const { name, method, path, body } of await everyRoute(world, 'acme')) {
          if (name === 'sign_in') continue;
          const told = await world.api(path, { method, token, body });
          found.add(`${told.status} ${told.body?.error.code} ${told.headers.get('www-authenticate')}`);
        }
        return [...found];
      };
      expect(await codes(undefined)).toEqual(['401 unauthenticated Bearer']);
      expect(await codes('nonsense')).toEqual(['401 unauthenticated Bearer']);
      expect(await codes(wrong)).toEqual(['401 unauthenticated Bearer']);
      expect(await codes(`st_${'0'.repeat(16)}_${'A'.repeat(43)}`)).toEqual(['401 unauthenticated Bearer']);
      expect(await codes(revoked.text)).toEqual(['401 token_revoked Bearer']);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * 86_400_000 });
      try {
        expect(await codes(admin.text)).toEqual(['401 token_expired Bearer']);
      } finally {
        vi.useRealTimers();
      }
      await expectWhole(world);
    });

    it('a browser exchanges a token for a cookie that no script, no other site and no other path gets', async () => {
      const world = await newWorld(await newPlace(), { path: '/audit' });
      const { text: token } = await world.token('manager', { tenants: ['acme'] });
      const entered = await world.api('/session', { method: 'POST', body: { token } });
      expect(entered.status).toBe(200);
      expect(entered.body).toMatchObject({ role: 'manager', scope: { tenants: ['acme'] } });
      const cookie = entered.headers.get('set-cookie') ?? '';
      expect(cookie).toMatch(/^sealtrail_session=ss_[0-9a-f]{16}_[\w-]{43}; /);
      for (const part of ['Path=/audit', 'HttpOnly', 'Secure', 'SameSite=Strict', 'Expires=']) {
        expect(cookie).toContain(part);
      }
      expect(entered.text + cookie).not.toContain(token);
      const headers = { cookie: cookie.split(';')[0] ?? '' };
      expect((await world.api('/me', { headers })).status).toBe(200);

      // Without the header a form of another site could have sent it.
      const forged = await world.api('/tenants/acme/verifications', { method: 'POST', body: {}, headers });
      expect([forged.status, forged.body.error.code]).toEqual([403, 'header_missing']);
      expect((await world.api('/session', { method: 'DELETE', headers })).status).toBe(403);
      const own = { ...headers, 'sealtrail-request': '1' };
      expect(
        (await world.api('/tenants/acme/verifications', { method: 'POST', body: {}, headers: own })).status,
      ).toBe(202);

      const left = await world.api('/session', { method: 'DELETE', headers: own });
      expect(left.status).toBe(204);
      expect(left.headers.get('set-cookie')).toContain('Max-Age=0');
      expect((await world.api('/me', { headers })).status).toBe(401);
      await expectWhole(world);
    });

    it('a session ends with its token, and a refused token gives none', async () => {
      const world = await newWorld(await newPlace());
      const { id, text: token } = await world.token('auditor');
      const entered = await world.api('/session', { method: 'POST', body: { token } });
      const headers = { cookie: (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
      expect((await world.api('/me', { headers })).status).toBe(200);
      const admin = await world.token('admin');
      await world.api(`/tokens/${id}`, { method: 'DELETE', token: admin.text });
      expect((await world.api('/me', { headers })).body.error.code).toBe('token_revoked');
      const again = await world.api('/session', { method: 'POST', body: { token } });
      expect([again.status, again.headers.get('set-cookie')]).toEqual([401, null]);
      await expectWhole(world);
    });

    it('the host says who is signed in; what it says is checked', async () => {
      const place = await newPlace();
      const identities: Record<string, unknown> = {
        sarah: { id: 'u-17', name: 'Sarah', role: 'manager', scope: { tenants: ['acme'] }, method: 'sso' },
        gone: {
          id: 'u-1',
          name: 'G',
          role: 'admin',
          scope: { tenants: 'all' },
          method: 'sso',
          expires: '2020-01-01T00:00:00.000Z',
        },
        root: { id: 'u-2', name: 'R', role: 'root', scope: { tenants: 'all' }, method: 'sso' },
        reserved: { id: 'u-3', name: 'R', role: 'admin', scope: { tenants: ['~access'] }, method: 'sso' },
        extra: {
          id: 'u-4',
          name: 'E',
          role: 'admin',
          scope: { tenants: 'all' },
          method: 'sso',
          superuser: true,
        },
      };
      const world = await newWorld(place, {
        authenticate: async (request) =>
          (identities[request.headers.get('x-host') ?? ''] ?? null) as Identity | null,
      });
      const as = (who: string, more = {}) => ({ headers: { 'x-host': who, ...more } });
      expect((await world.api('/me', as('sarah'))).body).toEqual({
        name: 'Sarah',
        role: 'manager',
        scope: { tenants: ['acme'] },
        expires: null,
      });
      expect((await world.api('/tenants/beta/entries', as('sarah'))).status).toBe(404);
      expect((await world.api('/me', as('nobody'))).status).toBe(401);
      expect((await world.api('/me', as('gone'))).body.error.code).toBe('token_expired');
      for (const who of ['root', 'reserved', 'extra'])
        expect((await world.api('/me', as(who))).status).toBe(500);
      // The host's cookie is sent by browsers as ours is.
      const start = { method: 'POST', body: {} };
      expect((await world.api('/tenants/acme/verifications', { ...start, ...as('sarah') })).status).toBe(403);
      const own = as('sarah', { 'sealtrail-request': '1' });
      expect((await world.api('/tenants/acme/verifications', { ...start, ...own })).status).toBe(202);
      // A token that does not hold is not made good by the host.
      expect((await world.api('/me', { ...as('sarah'), token: 'st_wrong' })).status).toBe(401);
      await expectWhole(world);
    });

    it('admins make tokens within their own scope, see those, and revoke them', async () => {
      const world = await newWorld(await newPlace(), { path: '/audit', origin: 'https://audit.example' });
      const boss = await world.token('admin', { tenants: ['acme'] });
      const make = (change: object) =>
        world.api('/tokens', {
          method: 'POST',
          token: boss.text,
          body: {
            name: 'audit',
            role: 'auditor',
            scope: { tenants: ['acme'] },
            expires: WITHIN(30),
            ...change,
          },
        });
      const made = await make({});
      expect(made.status).toBe(201);
      expect(made.body.link).toBe(`https://audit.example/audit/#token=${made.body.token}`);
      expect(made.body).not.toHaveProperty('hash');
      expect((await world.api('/tenants/acme/entries', { token: made.body.token })).status).toBe(200);
      expect((await make({ role: 'manager' })).body).not.toHaveProperty('link');
      expect((await make({ scope: { tenants: 'all' } })).status).toBe(403);
      expect((await make({ scope: { tenants: ['acme', 'beta'] } })).status).toBe(403);
      for (const wrong of [
        { scope: { tenants: ['~access'] } },
        { scope: { tenants: [] } },
        { scope: { tenants: 'all', record: { type: 'contact', id: 'c-104' } } },
        { role: 'root' },
        { expires: '2020-01-01T00:00:00.000Z' },
        { expires: WITHIN(500) },
        { name: '' },
        { more: 1 },
      ]) {
        expect([(await make(wrong)).status, wrong]).toEqual([400, wrong]);
      }
      const outside = await world.token('auditor', { tenants: ['beta'] });
      const listed = (await world.api('/tokens', { token: boss.text })).body.tokens;
      expect(listed.map(({ id }: { id: string }) => id)).not.toContain(outside.id);
      expect(listed).toHaveLength(3);
      expect(JSON.stringify(listed)).not.toContain('hash');
      expect(
        (await world.api(`/tokens/${made.body.id}`, { method: 'DELETE', token: boss.text })).status,
      ).toBe(204);
      expect((await world.api('/me', { token: made.body.token })).body.error.code).toBe('token_revoked');
      await expectWhole(world);
    });

    it('a token ends with the one that it was made with, and is revoked with it', async () => {
      const place = await newPlace();
      const world = await newWorld(place, {
        authenticate: async ({ headers }) =>
          headers.get('x-user') === null
            ? null
            : { id: 'u-17', name: 'Sarah', role: 'admin', scope: { tenants: 'all' }, method: 'sso' },
      });
      const scope = { tenants: ['acme'] };
      const by = async (who: object, days: number) => {
        const body = { name: 'one', role: 'admin', scope, expires: WITHIN(days) };
        const { status, body: made } = await world.api('/tokens', { method: 'POST', body, ...who });
        expect(status).toBe(201);
        return { id: String(made.id), token: String(made.token), expires: String(made.expires) };
      };
      const stateOf = async ({ token }: { token: string }) =>
        (await world.api('/me', { token })).body.error?.code ?? 'in force';

      const { id, text } = await world.token('admin', scope);
      const { tokens } = (await world.api('/tokens', { token: text })).body;
      const end = tokens.find((one: { id: string }) => one.id === id).expires;
      const child = await by({ token: text }, 399);
      expect(child.expires).toBe(end);
      // A browser's sign-in ends within hours: what is made there lasts as long as the token that it was made with.
      const entered = await world.api('/session', { method: 'POST', body: { token: text } });
      const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      const browser = { headers: { cookie, 'sealtrail-request': '1' } };
      const byBrowser = await by(browser, 399);
      expect(byBrowser.expires).toBe(end);
      const grandchild = await by({ token: child.token }, 0.5);
      expect(grandchild.expires < end).toBe(true);
      // Nobody's token bounds what the host's people and the command line make.
      const ofHost = await by({ headers: { 'x-user': 'sarah', 'sealtrail-request': '1' } }, 399);
      expect(ofHost.expires > WITHIN(398)).toBe(true);
      const other = await world.token('admin', scope);

      // The child revokes its maker, and goes with it, as does all that came of either.
      const revoked = await world.api(`/tokens/${id}`, { method: 'DELETE', token: child.token });
      expect(revoked.status).toBe(204);
      for (const one of [{ token: text }, child, byBrowser, grandchild])
        expect(await stateOf(one)).toBe('token_revoked');
      for (const one of [ofHost, { token: other.text }]) expect(await stateOf(one)).toBe('in force');
      const recorded = (await accessOf(world)).filter(({ type }) => type === 'access.token_revoked');
      expect(recorded.map(({ data }) => (data as { token?: string }).token).sort()).toEqual(
        [id, child.id, byBrowser.id, grandchild.id].sort(),
      );
      // On the command line as well.
      const last = await by({ token: other.text }, 1);
      const shell = await openTokens(place.location);
      await shell.revoke(other.id);
      await shell.close();
      expect(await stateOf(last)).toBe('token_revoked');
      // Also while it is being made.
      for (let round = 0; round < 5; round++) {
        const maker = await world.token('admin', scope);
        const body = { name: 'one', role: 'admin', scope, expires: WITHIN(0.5) };
        const [made] = await Promise.all([
          world.api('/tokens', { method: 'POST', body, token: maker.text }),
          world.api(`/tokens/${maker.id}`, { method: 'DELETE', token: ofHost.token }),
        ]);
        const state = made.status === 201 ? await stateOf(made.body) : made.body.error.code;
        expect(state).toBe('token_revoked');
      }
      await expectWhole(world);
    });

    it('too many requests of one token, and too many failed sign-ins from one address', async () => {
      const place = await newPlace();
      const world = await newWorld(place, {
        limits: { requests: 3, failures: 2 },
        address: (request) => request.headers.get('x-from') ?? undefined,
      });
      const { text: token } = await world.token('auditor');
      for (let i = 0; i < 3; i++) expect((await world.api('/me', { token })).status).toBe(200);
      const over = await world.api('/me', { token });
      expect([over.status, over.body.error.code]).toEqual([429, 'request_too_many']);
      expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);

      const wrong = { token: `st_${'0'.repeat(16)}_${'A'.repeat(43)}`, headers: { 'x-from': '192.0.2.1' } };
      expect((await world.api('/me', wrong)).status).toBe(401);
      expect(
        (
          await world.api('/session', {
            method: 'POST',
            body: { token: wrong.token },
            headers: wrong.headers,
          })
        ).status,
      ).toBe(401);
      expect((await world.api('/me', wrong)).status).toBe(429);
      expect((await world.api('/me', { ...wrong, headers: { 'x-from': '192.0.2.2' } })).status).toBe(401);
      // Whoever is known is not locked out by a neighbour.
      const good = await world.token('auditor');
      expect((await world.api('/me', { token: good.text, headers: wrong.headers })).status).toBe(200);
      await expectWhole(world);
    });

    it('tokens, sessions and runs outlive the service', async () => {
      const place = await newPlace();
      const first = await newWorld(place);
      const { text: token } = await first.token('admin');
      const entered = await first.api('/session', { method: 'POST', body: { token } });
      await first.service.close();
      const second = await worldOf(place);
      const headers = { cookie: (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
      expect((await second.api('/me', { headers })).status).toBe(200);
      expect((await second.api('/me', { token })).status).toBe(200);
      await expectWhole(second);
    });
  });
}
