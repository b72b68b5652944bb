import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newSqlitePlace } from '../support/places.ts';
import { everyRoute } from './every-route.ts';
import { ended, expectWhole, newWorld } from './world.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: object;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}

describe('the description of the API', () => {
  it('says what is answered, on every route', async () => {
    const world = await newWorld(await newSqlitePlace());
    const { body: description } = await world.api('/openapi.json');
    expect(description.openapi).toBe('3.1.0');
    const operations = new Map<string, Operation>();
    for (const methods of Object.values<Record<string, Operation>>(description.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operations.has(operation.operationId)).toBe(false);
        operations.set(operation.operationId, operation);
      }
    }
    const { text: token } = await world.token('admin');
    const id = (await world.api('/tenants/acme/verifications', { method: 'POST', token, body: {} })).body.run
      .id;
    await ended(world, id, token);
    const revoked = await world.token('auditor');
    const ids = {
      verification: id,
      verification_events: id,
      cancel_verification: id,
      revoke_token: revoked.id,
    };
    const checked: string[] = [];
    for (const { name, method, path, body } of await everyRoute(world, 'acme', ids)) {
      const sent = name === 'sign_in' ? { token } : body;
      const told = await world.api(path, { method, token, body: sent });
      const response = operations.get(name)?.responses[told.status];
      expect([name, told.status, response !== undefined]).toEqual([name, told.status, true]);
      const schema = response?.content?.['application/json']?.schema;
      if (schema === undefined) continue;
      const parsed = z.fromJSONSchema(schema as never).safeParse(told.body);
      expect([name, parsed.error?.message]).toEqual([name, undefined]);
      checked.push(name);
    }
    expect(checked.length).toBeGreaterThan(15);
    const refused = await world.api('/tenants/nobody/entries', { token });
    expect(z.fromJSONSchema(description.components.schemas.Error).safeParse(refused.body).success).toBe(true);
    await expectWhole(world);
  });

  it('names every parameter, and which must be given', async () => {
    const world = await newWorld(await newSqlitePlace());
    const { paths } = (await world.api('/openapi.json')).body;
    const entries: Operation = paths['/api/v1/tenants/{tenant}/entries'].get;
    expect(entries.parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      required: false,
      schema: expect.objectContaining({ type: 'integer', minimum: 1, maximum: 1_000 }),
    });
    expect(entries.parameters.filter((one) => one.required).map(({ name }) => name)).toEqual(['tenant']);
    const exported: Operation = paths['/api/v1/tenants/{tenant}/export'].get;
    expect(exported.parameters.filter((one) => one.required).map(({ name }) => name)).toEqual([
      'tenant',
      'format',
    ]);
  });
});
