import { anchorTenant, Log, sealTenants } from '@sealtrail/store';
import { expect, it } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { proposed } from '../views/story.ts';
import { expectWhole, newWorld } from './world.ts';

it.each(['.', '..'])('a name of dots is reached on every route by its own spelling: %s', async (dots) => {
  const world = await newWorld(await newSqlitePlace());
  const store = await world.place.open();
  const log = new Log(store);
  await log.appendAll(dots, [proposed(dots, { targets: [{ type: 'contact', id: dots }] })]);
  await log.close();
  await anchorTenant(store, dots);
  await sealTenants(store);
  const { text: token } = await world.token('admin');
  const name = `%C2%80${dots}`;
  const told = async (path: string): Promise<unknown> => {
    const { status, body, text } = await world.api(path, { token });
    return status === 200 ? (body ?? text) : status;
  };
  const tenant = `/tenants/${name}`;
  expect(await told(`${tenant}/entries`)).toMatchObject({ entries: [{ seq: 1 }, { seq: 0 }] });
  expect(await told(`${tenant}/proposals/${name}`)).toMatchObject({ proposal: dots });
  expect(await told(`${tenant}/records/contact/${name}`)).toMatchObject({ entries: [{ seq: 1 }] });
  expect(await told(`${tenant}/records/contact/${name}/proof`)).toMatchObject({ tenant: dots });
  expect(await told(`${tenant}/export?format=jsonl`)).toMatch(/"seq":1/);
  // What was asked for is in the log of access by its name.
  const asked = `record.type=contact&record.id=${dots}`;
  const seen = await world.api(`/tenants/~access/entries?${asked}`, { token });
  expect(seen.body.entries.length).toBeGreaterThan(0);
  // It is another spelling of these two, and of nothing else.
  expect(await told('/tenants/%C2%80acme/entries')).toBe(404);
  expect(await told('/tenants/acme/records/contact/%C2%80c-104')).toBe(400);
  expect(await told('/tenants/acme/records/contact/%C2%80.x')).toBe(400);
  const { paths } = (await world.api('/openapi.json')).body;
  const [parameter] = paths['/api/v1/tenants/{tenant}/entries'].get.parameters;
  expect(parameter.description).toContain('`%C2%80.`');
  expect(new RegExp(parameter.schema.pattern).test(decodeURIComponent(name))).toBe(true);
  await expectWhole(world);
});
