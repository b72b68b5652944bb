import { describe, expect, it } from 'vitest';
import type { NewPlace } from '../../support/places.ts';
import { raw } from '../../support/raw.ts';
import { accessOf, ended, expectWhole, newWorld, WITHIN } from '../world.ts';

export function accessLog(newPlace: NewPlace): void {
  describe('who saw what', () => {
    it('every view, export and verification is an entry, with who asked and what for', async () => {
      const world = await newWorld(await newPlace());
      const { id, text: token } = await world.token('manager', { tenants: ['acme'] });
      const paths = [
        '/entries?agent=sales-assistant',
        '/entries/1',
        '/proposals/p-1',
        '/records/contact/c-104',
        '/coaching',
        '/incident?trace=t-1',
        '/log',
        '/export?format=csv',
        '/records/contact/c-104/proof',
        '/entries/1/proof',
      ];
      for (const path of paths) expect((await world.api(`/tenants/acme${path}`, { token })).status).toBe(200);
      // Nothing was seen, so nothing is said.
      for (const path of ['/entries?odd=1', '/entries/99999', '/proposals/unknown']) {
        expect((await world.api(`/tenants/acme${path}`, { token })).status).toBeGreaterThanOrEqual(400);
      }
      const run = (await world.api('/tenants/acme/verifications', { method: 'POST', token, body: {} })).body
        .run.id;
      await ended(world, run, token);
      const found = await accessOf(world);
      const actor = { type: 'api_token', id, role: 'manager', auth_method: 'token' };
      const tenant = { type: 'tenant', id: 'acme' };
      const contact = { type: 'contact', id: 'c-104' };
      const entry = (type: string, operation: string, data: object = {}, targets: object[] = [tenant]) => ({
        type,
        actor,
        targets,
        data: { tenant: 'acme', operation, ...data },
      });
      expect(found.slice(0, 12)).toEqual([
        entry('access.viewed', 'entries', { filter: { agent: 'sales-assistant' } }),
        entry('access.viewed', 'entry', { seq: 1 }),
        entry('access.viewed', 'proposal', { proposal: 'p-1' }),
        entry('access.viewed', 'record', {}, [tenant, contact]),
        entry('access.viewed', 'coaching'),
        entry('access.viewed', 'incident', { filter: { trace: 't-1' } }),
        entry('access.exported', 'log'),
        entry('access.exported', 'export', { filter: { format: 'csv' } }),
        entry('access.exported', 'record_proof', {}, [tenant, contact]),
        entry('access.exported', 'entry_proof', { seq: 1 }),
        entry('access.verified', 'verify', { run, phase: 'started' }),
        expect.objectContaining({
          type: 'access.verified',
          data: expect.objectContaining({ run, phase: 'finished', state: 'valid', position: null }),
        }),
      ]);
      expect(found).toHaveLength(12);
      await expectWhole(world);
    });

    it('signing in, making and revoking tokens too; the host’s people by their own names', async () => {
      const world = await newWorld(await newPlace(), {
        authenticate: async (request) =>
          request.headers.get('x-host') === null
            ? null
            : { id: 'u-17', name: 'Sarah', role: 'admin', scope: { tenants: 'all' }, method: 'sso+totp' },
      });
      const headers = { 'x-host': '1', 'sealtrail-request': '1' };
      const body = {
        name: 'Jane of the auditors',
        role: 'auditor',
        scope: { tenants: ['acme'] },
        expires: WITHIN(3),
      };
      const made = (await world.api('/tokens', { method: 'POST', body, headers })).body;
      const entered = await world.api('/session', { method: 'POST', body: { token: made.token } });
      const cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      await world.api('/tenants/acme/entries/2', { headers: { cookie } });
      await world.api(`/tokens/${made.id}`, { method: 'DELETE', headers });
      const sarah = { type: 'user', id: 'u-17', role: 'admin', auth_method: 'sso+totp' };
      const session_id = /ss_([0-9a-f]{16})/.exec(cookie)?.[1];
      const found = await accessOf(world);
      expect(found.map(({ type, actor }) => [type, actor])).toEqual([
        ['access.token_created', sarah],
        ['access.signed_in', { type: 'api_token', id: made.id, role: 'auditor', auth_method: 'token' }],
        [
          'access.viewed',
          { type: 'api_token', id: made.id, role: 'auditor', auth_method: 'token+cookie', session_id },
        ],
        ['access.token_revoked', sarah],
      ]);
      // A person's name is sealed, and no secret is anywhere.
      const text = JSON.stringify(await (await raw(world.place)).rows('entries', '~access'));
      expect(text).not.toContain(made.token.slice(21));
      for (const { data } of found) expect(JSON.stringify(data)).not.toContain('Jane');
      await expectWhole(world);
    });

    it('what cannot be recorded is not shown', async () => {
      const world = await newWorld(await newPlace());
      const { text: token } = await world.token('admin');
      expect((await world.api('/tenants/acme/entries', { token })).status).toBe(200);
      // The log of access was cut: it takes nothing more, or its evidence would be buried.
      const db = await raw(world.place);
      const last = (await db.rows('entries', '~access')).at(-1);
      await db.remove('entries', { tenant: '~access', seq: Number(last?.['seq']) });
      for (const path of ['/tenants/acme/entries', '/tenants/acme/log', '/tenants/beta/export?format=csv']) {
        const told = await world.api(path, { token });
        expect([path, told.status, told.body?.error.code]).toEqual([path, 500, 'access_unrecorded']);
      }
      const started = await world.api('/tenants/acme/verifications', { method: 'POST', token, body: {} });
      expect([started.status, started.body.error.code]).toEqual([500, 'access_unrecorded']);
      const { runs } = (await world.api('/tenants/acme/verifications', { token })).body;
      expect(runs).toMatchObject([{ state: 'failed', error: { code: 'access_unrecorded' } }]);
      const made = await world.api('/tokens', {
        method: 'POST',
        token,
        body: { name: 'n', role: 'auditor', scope: { tenants: 'all' }, expires: WITHIN(1) },
      });
      expect(made.status).toBe(500);
      expect((await world.api('/tokens', { token })).body.tokens).toHaveLength(1);
      const entered = await world.api('/session', { method: 'POST', body: { token } });
      expect([entered.status, entered.headers.get('set-cookie')]).toEqual([500, null]);
    });
  });
}
