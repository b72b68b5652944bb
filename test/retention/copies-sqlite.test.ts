import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SealtrailError } from '@sealtrail/format';
import { erase, prune, type Store, setRetention } from '@sealtrail/store';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { BY, World } from './world.ts';

const ERASE = {
  about: 'record',
  target: { type: 'contact', id: 'c-1' },
  basis: 'gdpr_art_17',
  by: BY,
} as const;
const SECRETS = ['secret reason 1"', 'secret reason 6"', 'Secret Name 1"'];

/** Which of the values that shall be gone are in one of the store's files. */
async function copies(world: World): Promise<string[]> {
  const files = await Promise.all(
    ['', '-wal', '-shm'].map((end) => readFile(`${world.place.location}${end}`).catch(() => Buffer.alloc(0))),
  );
  return SECRETS.filter((secret) => files.some((file) => file.includes(secret)));
}

/** A store of the same file, one method of which fails until it is let. */
function failing(store: Store, method: keyof Store): Store & { heal(): void } {
  let fails = true;
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'heal') return () => void (fails = false);
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return name === method && fails
        ? () => Promise.reject(new SealtrailError('store_unavailable', 'gone'))
        : value.bind(target);
    },
  }) as Store & { heal(): void };
}

/** Somebody who reads what is there now, and goes on seeing it. */
function reader(world: World): { end(): void } {
  const db = new Database(world.place.location);
  onTestFinished(() => void db.close());
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM entries').all();
  return { end: () => void db.exec('COMMIT') };
}

async function impatient(world: World): Promise<Store> {
  const store = await openSqliteStore(world.place.location, { lockWaitMs: 200 });
  onTestFinished(() => store.close());
  return store;
}

describe('copies of erased values in the files of a SQLite store', () => {
  it('that somebody reads all the time are told of; erasing again when he is done leaves none', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(10);
    const { end } = reader(world);
    const store = await impatient(world);
    await expect(erase(store, 'acme', ERASE)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/-wal.*run the same again/),
    });
    // For the log it is done; the copies are what is left.
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 4, unfinished: 0 } });
    expect(await copies(world)).toEqual(SECRETS);
    expect(await codeOf(erase(store, 'acme', ERASE))).toBe('store_unavailable');
    end();
    expect((await erase(store, 'acme', ERASE)).values).toBe(0);
    expect(await copies(world)).toEqual([]);
    expect((await world.verify()).status).toBe('valid');
  });

  it('are waited for while somebody reads', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(10);
    const { end } = reader(world);
    let done = false;
    const running = erase(world.store, 'acme', ERASE).finally(() => {
      done = true;
    });
    await expect.poll(async () => (await world.verify()).openings.erased).toBe(4);
    expect([done, await copies(world)]).toEqual([false, SECRETS]);
    end();
    expect((await running).values).toBe(4);
    expect(await copies(world)).toEqual([]);
    expect((await world.verify()).status).toBe('valid');
  });

  it.each(['destroyOpenings', 'compact'] as const)(
    'of an erasure that died at %s are gone when it is run again',
    async (method) => {
      const world = await World.open(newSqlitePlace);
      await world.append(10);
      const dying = failing(world.store, method);
      expect(await codeOf(erase(dying, 'acme', ERASE))).toBe('store_unavailable');
      expect(await copies(world)).toEqual(SECRETS);
      dying.heal();
      expect((await erase(dying, 'acme', ERASE)).values).toBe(0);
      expect(await copies(world)).toEqual([]);
      expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 4, unfinished: 0 } });
    },
  );

  it.each(['removeEntries', 'compact'] as const)(
    'of a pruning that died at %s are gone when it is run again',
    async (method) => {
      const world = await World.open(newSqlitePlace);
      await world.append(10);
      await world.withLog((log) => setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY }));
      const request = {
        by: BY,
        archive: join(world.place.folder, 'archive'),
        now: () => Date.now() + 40 * 86_400_000,
      };
      const dying = failing(world.store, method);
      expect(await codeOf(prune(dying, 'acme', request))).toBe('store_unavailable');
      expect(await copies(world)).toEqual(SECRETS);
      dying.heal();
      expect((await prune(dying, 'acme', request)).range).toBeNull();
      expect(await copies(world)).toEqual([]);
      expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: 10 } });
    },
  );
});
