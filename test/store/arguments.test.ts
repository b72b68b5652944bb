import { anchorTenant, Log, openStore, Sealer, type Store, sealTenants } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';

/** What no compiler looked at: what has no effect must not pass for something that has one. */
describe('an option that is none', () => {
  it.each<[string, Call]>([
    ['maxBtch', (store) => new Log(store, { maxBtch: 5 } as never)],
    ['maxSegmnt', (store) => anchorTenant(store, 'acme', { maxSegmnt: 5 } as never)],
    ['idle', (store) => sealTenants(store, { idle: 5 } as never)],
    ['idleMS', (store) => new Sealer(store).seal({ idleMS: 5 } as never)],
  ])('is refused by its name: %s', async (named, call) => {
    const { store, verify } = await newStore();
    expect(await told(call, store)).toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(`"${named}"`),
    });
    expect(await store.lastAnchor('acme')).toBeUndefined();
    expect(await store.head('~seals')).toBeUndefined();
    await verify();
  });

  it('is not one that is undefined, as a setting that is not there is', async () => {
    const { store, verify } = await newStore();
    const options = { maxSegmnt: undefined, idle: undefined } as never;
    expect(await anchorTenant(store, 'acme', options)).toMatchObject({ anchors: 1 });
    expect(await sealTenants(store, options)).toMatchObject({ made: true });
    await verify();
  });
});

it.each<[string, string, string, Call]>([
  ['Log needs a store', 'nothing', 'config_invalid', () => new Log(undefined as never)],
  ['Log needs a store', 'a text', 'config_invalid', () => new Log('audit.db' as never)],
  ['Log needs a store', 'a promise', 'config_invalid', (store) => new Log(Promise.resolve(store) as never)],
  ['Log needs options (', 'null', 'config_invalid', (store) => new Log(store, null as never)],
  ['sealing needs a store', 'nothing', 'config_invalid', () => new Sealer(undefined as never)],
  ['sealing needs a store', 'nothing', 'config_invalid', () => sealTenants(undefined as never)],
  ['sealing needs options (', 'null', 'config_invalid', (store) => sealTenants(store, null as never)],
  ['anchorTenant needs a store', 'nothing', 'config_invalid', () => anchorTenant(undefined as never, 'a')],
  ['anchorTenant needs options (', 'null', 'config_invalid', (s) => anchorTenant(s, 'acme', null as never)],
  ['openStore needs a mongodb:// URL', 'nothing', 'source_invalid', () => openStore(undefined as never)],
  ['a draft needs a type', 'nothing', 'draft_invalid', (s) => new Log(s).append('acme', {} as never)],
  [
    'of type note.added needs an actor',
    'nothing',
    'draft_invalid',
    (s) => new Log(s).append('acme', { type: 'note.added' } as never),
  ],
  [
    'appendAll needs a list',
    'nothing',
    'draft_invalid',
    (s) => new Log(s).appendAll('acme', undefined as never),
  ],
])('%s, and is told so when it gets %s (%s)', async (needs, got, code, call) => {
  const { store } = await newStore();
  const error = await told(call, store);
  expect(error).toMatchObject({ name: 'SealtrailError', code });
  expect(String(error)).toContain(needs);
  expect(String(error)).toContain(`, and got ${got}`);
});

it('who forgets the tenant is not told that its log is broken', async () => {
  const { store } = await newStore();
  const error = await told((store) => anchorTenant(store, undefined as never), store);
  expect(error).toMatchObject({ code: 'draft_invalid', message: expect.stringContaining('a tenant is') });
});

type Call = (store: Store) => unknown;

async function told(call: Call, store: Store): Promise<unknown> {
  try {
    return await call(store);
  } catch (error) {
    return error;
  }
}

async function newStore() {
  const place = await newSqlitePlace();
  const store = await place.open();
  const log = new Log(store);
  await log.append('acme', { type: 'note.added', actor: { type: 'system', id: 'x' } });
  await log.close();
  const verify = async () => {
    const source = await openSource(place.location);
    expect(await verifyAll(source)).toMatchObject({ status: 'valid', findings: [] });
    await source.close();
  };
  return { store, verify };
}
