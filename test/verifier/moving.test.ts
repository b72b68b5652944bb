import { join } from 'node:path';
import { anchorTenant, Log, openStore, prune, setRetention } from '@sealtrail/store';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import { mergeAnchors, openSource, verifyAll, verifyTenant } from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BY, PLACES, verifyEverything, World } from '../retention/world.ts';
import { draft, drafts } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';

const DAY = 86_400_000;

/** A log of more than is read ahead, that may be pruned. */
async function aged(newPlace: (typeof PLACES)[0][1]) {
  const world = await World.open(newPlace);
  await world.append(1_500, { anchor: false });
  await anchorTenant(world.store, 'acme', { maxSegment: 300, minEntries: 1 });
  await world.withLog((log) => setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY }));
  const archive = join(world.place.folder, 'archive');
  const request = { by: BY, archive, now: () => Date.now() + 40 * DAY };
  const prunes = async () => {
    if (world.store.kind === 'mongodb') return void (await prune(world.store, 'acme', request));
    // Whoever holds a state of the file still has what was pruned: that is said, and does not wait for long here.
    const impatient = await openSqliteStore(world.place.location, { lockWaitMs: 20 });
    onTestFinished(() => impatient.close());
    await expect(prune(impatient, 'acme', request)).rejects.toMatchObject({ code: 'store_unavailable' });
  };
  const source = await openSource(world.place.location);
  onTestFinished(() => source.close());
  return { world, source, prunes };
}

describe.each(PLACES)('a log on %s that changes while it is verified', (_, newPlace) => {
  it.each(['its head was read', 'its first entries were walked'])(
    'is valid when it is pruned after %s',
    async (when) => {
      const { world, source, prunes } = await aged(newPlace);
      const log = await source.log('acme');
      const { head, walk } = log;
      let isPruned = false;
      const once = async (): Promise<void> => {
        if (isPruned) return;
        isPruned = true;
        await prunes();
      };
      log.head = async () => {
        const row = await head.call(log);
        if (when.includes('head')) await once();
        return row;
      };
      log.walk = async function* (range) {
        if (range.from > 599) return yield* walk.call(log, range);
        yield* walk.call(log, { from: range.from, to: 599 });
        // As a cursor that asks for more only now.
        await once();
        return yield* walk.call(log, { from: 600 });
      };
      const report = await verifyTenant(
        { ...source, columns: true, openings: 'included', log: async () => log } as never,
        'acme',
      );
      expect([isPruned, report.status, report.findings]).toEqual([true, 'valid', []]);
      const { acme } = await verifyEverything(world.place.location);
      expect([acme.status, acme.pruned]).toEqual(['valid', { to: 1_500 }]);
    },
  );

  it('has no strangers in those who were registered meanwhile', async () => {
    const world = await World.open(newPlace);
    const put = (tenant: string) => world.withLog((log) => log.append(tenant, draft('d')));
    await put('m-1');
    await put('m-2');
    const source = await openSource(world.place.location);
    onTestFinished(() => source.close());
    let isAdded = false;
    const report = await verifyAll(source, {
      onTenant: async () => {
        if (isAdded) return;
        isAdded = true;
        await put('a-new-customer');
        await put('z-new-customer');
      },
    });
    expect([report.status, report.summary.split(':')[0]]).toEqual(['valid', 'all valid']);
    expect((await verifyEverything(world.place.location)).report).toMatchObject({
      status: 'valid',
      tenants: 4,
    });
  });
});

it('a walk that is left early leaves no cursor of the anchors open', async () => {
  let open = 0;
  const rows = async function* (column: string) {
    open++;
    try {
      for (let n = 0; ; n++) yield [{ [column]: n, from_seq: n }];
    } finally {
      open--;
    }
  };
  for await (const _ of mergeAnchors(rows('seq'), rows('number'))) {
    expect(open).toBe(2);
    break;
  }
  expect(open).toBe(0);
});

describe('what a reader of a SQLite file leaves behind', () => {
  it.each(['anchors', 'entries'])('is nothing, also when it stops among the %s', async (what) => {
    const { world, source } = await aged(newSqlitePlace);
    const log = await source.log('acme');
    if (what === 'anchors') for await (const _ of log.anchors()) break;
    else for await (const _ of log.walk({ from: 0 })) break;
    await world.append(1);
    const db = new Database(world.place.location);
    onTestFinished(() => void db.close());
    const [emptied] = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    expect(emptied).toMatchObject({ busy: 0 });
    expect((await verifyEverything(world.place.location)).acme).toMatchObject({ status: 'valid' });
  });

  it('is one state of the file as long as that is held', async () => {
    const { source, prunes } = await aged(newSqlitePlace);
    const log = await source.log('acme');
    const release = await log.hold?.();
    expect(await log.firstPosition?.()).toBe(0);
    await prunes();
    expect(await log.firstPosition?.()).toBe(0);
    release?.();
    expect(await log.firstPosition?.()).toBe(1_501);
  });
});

describe('entries with large values', () => {
  it('are read a few at a time, between others, and are valid', async () => {
    const { location, open } = await newSqlitePlace();
    const store = await open();
    const log = new Log(store);
    const large = 'x'.repeat(1_000_000);
    await log.appendAll('acme', drafts('before', 100));
    for (let n = 0; n < 12; n++)
      await log.append('acme', draft(`large-${n}`, { sealed: { rationale: large, note: 'n' } }));
    await log.appendAll('acme', drafts('after', 300));
    await log.close();
    await store.close();
    const source = await openSource(location);
    onTestFinished(() => source.close());
    let most = 0;
    for await (const { entries } of (await source.log('acme')).walk({ from: 0 }))
      most = Math.max(
        most,
        entries.reduce((sum, { openings }) => sum + String(openings).length, 0),
      );
    expect(most).toBeLessThan(10 * 1024 * 1024);
    expect(await verifyTenant(source, 'acme')).toMatchObject({ status: 'valid', walked: 413 });
    expect(await verifyTenant(source, 'acme', { threads: 2, partEntries: 100 })).toMatchObject({
      status: 'valid',
      walked: 413,
    });
    await (await openStore(location)).close();
  });
});
