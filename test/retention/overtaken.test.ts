import {
  anchorTenant,
  erase,
  exportBundle,
  proveEntry,
  proveHistory,
  prune,
  type Store,
  sealTenants,
} from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { outcome } from '../support/errors.ts';
import { aged, BY, PLACES, preceded, type World, withLogs } from './world.ts';

/** A store in which something happens once, when it is asked for entries in a certain way. */
function whenAsked(store: Store, isAsked: (from: number, limit: number) => boolean, happens: () => unknown) {
  let happened = false;
  return preceded(store, 'readFrom', async (_, from, limit) => {
    if (happened || !isAsked(from as number, limit as number)) return;
    happened = true;
    await happens();
  });
}

describe.each(PLACES)('whoever is overtaken by a pruning on %s', (kind, newPlace) => {
  it('and prunes as well, goes on with what is left', async () => {
    const { world, later, archive } = await aged(newPlace);
    const request = { by: BY, archive, now: later };
    const store = whenAsked(
      world.store,
      // The last entry of the segments, for their archive.
      (from, limit) => from === 18 && limit === 1,
      () => prune(world.store, 'acme', request),
    );
    expect((await prune(store, 'acme', request)).range).toBeNull();
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: 18 } });
  });

  it('and anchors, holds the log against the anchor that is left', async () => {
    const { world, later, archive } = await aged(newPlace);
    let happened = false;
    const store = withLogs(world.store, (log) => {
      const { firstPosition } = log;
      log.firstPosition = async () => {
        const first = await firstPosition?.call(log);
        if (!happened) await prune(world.store, 'acme', { by: BY, archive, now: later });
        happened = true;
        return first;
      };
      return log;
    });
    expect(await anchorTenant(store, 'acme')).toMatchObject({ anchors: 1, through: 19, pending: 0 });
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: 18 } });
  });

  it('and proves, is told that it was pruned', async () => {
    for (const prove of [
      (store: Store) => proveEntry(store, 'acme', 5),
      (store: Store) => proveHistory(store, 'acme', { type: 'contact', id: 'c-1' }),
    ]) {
      const { world, later, archive } = await aged(newPlace);
      await sealTenants(world.store);
      const store = withLogs(world.store, (log) => {
        const { walk } = log;
        log.walk = async function* (range) {
          await prune(world.store, 'acme', { by: BY, archive, now: later });
          yield* walk.call(log, range);
        };
        return log;
      });
      expect(await outcome(prove(store))).toBe('pruned');
      expect(await world.verify()).toMatchObject({ status: 'valid' });
    }
  });

  // An export of a SQLite file is of one state of it.
  if (kind === 'sqlite') return;
  it.each([
    [
      'a pruning',
      (world: World, later: () => number, archive: string) =>
        prune(world.store, 'acme', { by: BY, archive, now: later }),
    ],
    [
      'an erasure',
      (world: World) =>
        erase(world.store, 'acme', {
          by: BY,
          about: 'record',
          target: { type: 'contact', id: 'c-1' },
          basis: 'gdpr_art_17',
        }),
    ],
  ])('or by %s, and exports, is not told that the log is broken', async (_, happens) => {
    const { world, later, archive } = await aged(newPlace);
    const store = withLogs(world.store, (log) => {
      const { walk } = log;
      let happened = false;
      log.walk = async function* (range) {
        if (!happened) await happens(world, later, archive);
        happened = true;
        yield* walk.call(log, range);
      };
      return log;
    });
    const source = store.source();
    const options = { tenants: ['acme'], time: new Date().toISOString() };
    expect(await outcome(exportBundle(source, () => {}, options))).toBe('store_unavailable');
    expect(await outcome(exportBundle(source, () => {}, options))).toBe('done');
    await source.close();
    expect(await world.verify()).toMatchObject({ status: 'valid' });
  });
});
