import { describe, expect, it } from 'vitest';
import type { NewPlace } from '../../support/places.ts';
import { everyRoute } from '../every-route.ts';
import { ended, expectWhole, newWorld } from '../world.ts';

const NOT_FOUND = { error: { code: 'not_found', message: 'there is no such thing here' } };

export function scope(newPlace: NewPlace): void {
  describe('whose logs one sees', () => {
    it('another tenant is not there, on every route, with every role', async () => {
      const world = await newWorld(await newPlace());
      const all = (await world.token('admin')).text;
      const started = await world.api('/tenants/beta/verifications', {
        method: 'POST',
        token: all,
        body: {},
      });
      const run: string = started.body.run.id;
      await ended(world, run, all);
      const other = await world.token('admin', { tenants: ['beta'] });
      const ids = {
        verification: run,
        verification_events: run,
        cancel_verification: run,
        revoke_token: other.id,
      };
      for (const role of ['admin', 'manager', 'auditor'] as const) {
        const { text: token } = await world.token(role, { tenants: ['acme'] });
        for (const tenant of ['beta', 'nobody', '~access', '~seals', 'no name!']) {
          for (const { name, method, path, tenant: named, body } of await everyRoute(
            world,
            encodeURIComponent(tenant),
            ids,
          )) {
            if (!named && !Object.hasOwn(ids, name)) continue;
            const told = await world.api(path, { method, token, body });
            const refused =
              told.status === 403 && ['coaching', 'revoke_token'].includes(name) && role !== 'admin';
            expect([role, name, tenant, refused ? 404 : told.status]).toEqual([role, name, tenant, 404]);
            if (!refused) expect(told.body).toEqual(NOT_FOUND);
          }
        }
      }
      expect((await world.api(`/tokens`, { token: other.text })).status).toBe(200);
      await expectWhole(world);
    });

    it('lists show what is in scope, and the operator’s own logs to admins of everything', async () => {
      const world = await newWorld(await newPlace());
      const names = async (role: 'admin' | 'manager' | 'auditor', tenants: 'all' | string[]) => {
        const { text: token } = await world.token(role, { tenants });
        const listed = (await world.api('/tenants', { token })).body.tenants;
        const status = (await world.api('/status', { token })).body.tenants;
        expect(status.map(({ tenant }: { tenant: string }) => tenant)).toEqual(
          listed.map(({ tenant }: { tenant: string }) => tenant),
        );
        return listed.map(({ tenant }: { tenant: string }) => tenant);
      };
      expect(await names('admin', 'all')).toEqual(['acme', 'beta', '~access', '~seals']);
      expect(await names('manager', 'all')).toEqual(['acme', 'beta']);
      expect(await names('auditor', 'all')).toEqual(['acme', 'beta']);
      expect(await names('admin', ['beta', 'nobody', 'beta'])).toEqual(['beta']);
      expect(await names('auditor', ['acme'])).toEqual(['acme']);
      await expectWhole(world);
    });

    it('lists come in pages, and whole without being asked', async () => {
      const world = await newWorld(await newPlace());
      const scopes = [
        ['admin', 'all'],
        ['auditor', ['acme', 'beta']],
      ] as const;
      for (const [role, tenants] of scopes) {
        const { text: token } = await world.token(role, {
          tenants: tenants === 'all' ? 'all' : [...tenants],
        });
        for (const path of ['/tenants', '/status']) {
          const whole = (await world.api(path, { token })).body;
          expect(whole.next).toBeNull();
          const found = [];
          let next = '';
          do {
            const { body } = await world.api(`${path}?limit=1${next}`, { token });
            expect(body.tenants).toHaveLength(1);
            found.push(...body.tenants);
            next = body.next === null ? '' : `&cursor=${encodeURIComponent(body.next)}`;
          } while (next !== '');
          expect(found).toEqual(whole.tenants);
          expect((await world.api(`${path}?cursor=x`, { token })).body.error.code).toBe('cursor_invalid');
          expect((await world.api(`${path}?limit=1001`, { token })).status).toBe(400);
        }
        const one = (await world.api('/status?tenant=beta', { token })).body;
        expect(one.tenants).toMatchObject([{ tenant: 'beta' }]);
      }
      const { text: token } = await world.token('auditor', { tenants: ['acme'] });
      const unknown = await world.api('/status?tenant=nobody', { token });
      const outside = await world.api('/status?tenant=beta', { token });
      expect([outside.status, outside.body]).toEqual([404, unknown.body]);
      expect((await world.api('/status?tenant=acme&cursor=1:a', { token })).status).toBe(400);
      await expectWhole(world);
    });

    it('a scope of one record has its history, its proofs and the seals, and nothing else', async () => {
      const world = await newWorld(await newPlace());
      const scope = { tenants: ['acme'], record: { type: 'contact', id: 'c-104' } };
      for (const role of ['admin', 'manager', 'auditor'] as const) {
        const { text: token } = await world.token(role, scope);
        const answers: Record<string, number> = {};
        for (const { name, method, path, body } of await everyRoute(world, 'acme')) {
          if (name === 'sign_in') continue;
          answers[name] = (await world.api(path, { method, token, body })).status;
        }
        const allowed = [
          'me',
          'sign_out',
          'status',
          'tenants',
          'seals',
          'entry',
          'record',
          'record_proof',
          'entry_proof',
          'record_evidence',
          'entry_evidence',
        ];
        for (const [name, status] of Object.entries(answers)) {
          expect([name, status]).toEqual([
            name,
            allowed.includes(name) ? (name === 'sign_out' ? 204 : 200) : 403,
          ]);
        }
      }
      const { text: token } = await world.token('auditor', scope);
      expect((await world.api('/tenants/acme/records/contact/c-105', { token })).status).toBe(404);
      expect((await world.api('/tenants/acme/records/deal/c-104/proof', { token })).status).toBe(404);
      // The genesis and the batch are about no contact.
      expect((await world.api('/tenants/acme/entries/0', { token })).body).toEqual(NOT_FOUND);
      expect((await world.api('/tenants/acme/entries/0/proof', { token })).status).toBe(404);
      const near = await world.api('/tenants/acme/entries/1', { token });
      expect(near.body.around.map(({ seq }: { seq: number }) => seq)).toEqual([2]);
      await expectWhole(world);
    });

    it('roles: an auditor does not see how people decide, only an admin has tokens', async () => {
      const world = await newWorld(await newPlace());
      const may = async (role: 'admin' | 'manager' | 'auditor') => {
        const { text: token } = await world.token(role, { tenants: ['acme'] });
        const coaching = await world.api('/tenants/acme/coaching', { token });
        const tokens = await world.api('/tokens', { token });
        return [coaching.status, tokens.status];
      };
      expect(await may('admin')).toEqual([200, 200]);
      expect(await may('manager')).toEqual([200, 403]);
      expect(await may('auditor')).toEqual([403, 403]);
      await expectWhole(world);
    });
  });
}
