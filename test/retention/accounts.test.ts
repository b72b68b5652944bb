import { readErased } from '@sealtrail/format';
import { type BuildRows, erase } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { BY, CONTACT, PERSON, PLACES, World } from './world.ts';

describe.each(PLACES)('the accounts of an erasure on %s', (_, newPlace) => {
  it('have a name that is used once', async () => {
    const world = await World.open(newPlace);
    await world.append(5);
    const request = { ...CONTACT, erasure: 'request-7' };
    await erase(world.store, 'acme', request);
    const { seq } = (await world.store.head('acme')) as { seq: number };
    // Again, there is nothing left to do.
    expect((await erase(world.store, 'acme', request)).values).toBe(0);
    await world.append(5);
    await expect(erase(world.store, 'acme', request)).rejects.toMatchObject({
      code: 'id_conflict',
      message: expect.stringContaining(`has an erasure request-7 at position ${seq}`),
    });
    expect((await erase(world.store, 'acme', { ...CONTACT, erasure: 'request-8' })).entries).toBe(1);
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 4, unfinished: 0 } });
  });
});

describe('accounts of very many values', () => {
  it('whose later ids somebody took are refused, and name them', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(2_400, { anchor: false });
    await world.withLog((log) =>
      log.append('acme', { id: 'erased:request-7:1', type: 'note.added', actor: BY }),
    );
    const many = { ...PERSON, fields: ['name'], erasure: 'request-7' };
    await world.append(1_200, { anchor: false });
    await expect(erase(world.store, 'acme', many)).rejects.toMatchObject({
      code: 'id_conflict',
      message: expect.stringContaining('erased:request-7:1'),
    });
    await erase(world.store, 'acme', { ...many, erasure: 'request-8' });
    expect(await world.verify()).toMatchObject({
      status: 'valid',
      openings: { erased: 1_200, unfinished: 0 },
    });
  });

  it('of which the database took a part are numbered on, and the result tells of all of it', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(3_600, { anchor: false });
    let cut = false;
    const store = new Proxy(world.store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name !== 'commit' || cut) return value.bind(target);
        cut = true;
        return (tenant: string, build: BuildRows) =>
          target.commit(tenant, (tip, now) => build(tip, now).slice(0, 1));
      },
    });
    const done = await erase(store, 'acme', { ...PERSON, fields: ['name'], erasure: 'request-7' });
    expect([done.entries, done.values, done.erased.length]).toEqual([1_200, 1_200, 1_200]);
    expect(done.erased.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_200 }, (_, i) => 3 + 3 * i));
    const accounts = await Promise.all(
      [0, 1].map((part) => world.store.findById('acme', `erased:request-7:${part}`)),
    );
    expect(accounts.map((row) => readErased(String(row?.entry)))).toMatchObject([
      { part: 0, parts: 2 },
      { part: 1, parts: 2 },
    ]);
    expect(await world.verify()).toMatchObject({
      status: 'valid',
      openings: { erased: 1_200, unfinished: 0 },
    });
  });
});
