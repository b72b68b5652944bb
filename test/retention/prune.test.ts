import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prunedDraft } from '@sealtrail/format';
import {
  anchorTenant,
  erase,
  planPrune,
  proveEntry,
  proveHistory,
  prune,
  sealTenants,
  setHold,
  setRetention,
} from '@sealtrail/store';
import { openSource, type Progress, verifyTenant } from '@sealtrail/verifier';
import { type Filter, openViews } from '@sealtrail/views';
import { describe, expect, it, onTestFinished } from 'vitest';
import { draft } from '../support/drafts.ts';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { raw } from '../support/raw.ts';
import { aged, BY, DAY, dyingAt, PLACES, verifyEverything, World } from './world.ts';

describe.each(PLACES)('pruning on %s', (kind, newPlace) => {
  it('leaves the seals alone: without the first of them, what is sealed could neither be proved nor sealed again', async () => {
    const { world, later, archive } = await aged(newPlace, 2);
    const { store } = world;
    await world.withLog((log) => log.append('beta', draft('b-0')));
    await anchorTenant(store, 'beta');
    await sealTenants(store);
    await anchorTenant(store, '~seals');
    await world.withLog((log) => setRetention(log, '~seals', { preset: 'custom', days: 30 }, { by: BY }));
    await world.append(1);
    await sealTenants(store);
    expect(await codeOf(planPrune(store, '~seals', { now: later }))).toBe('retention_invalid');
    expect(await codeOf(prune(store, '~seals', { by: BY, archive, now: later }))).toBe('retention_invalid');
    await world.append(1);
    expect((await sealTenants(store)).made).toBe(true);
    expect((await verifyEverything(world.place.location)).report).toMatchObject({
      status: 'valid',
      findings: [],
    });
  });

  it('moves old segments into an archive, and both parts are valid', async () => {
    const { world, later, archive } = await aged(newPlace);
    await sealTenants(world.store);
    const before = await world.verify();
    const plan = await planPrune(world.store, 'acme', { now: later });
    // 19 entries and the rule: segments 0-3, 4-7, 8-11, 12-15, 16-18; the rule itself is not anchored.
    expect(plan).toMatchObject({ range: { from: 0, to: 18 }, entries: 19, segments: 5, heldBy: [] });
    expect(await world.verify()).toEqual(before);
    const done = await prune(world.store, 'acme', { by: BY, archive, now: later });
    const { report, acme } = await verifyEverything(world.place.location);
    expect([report.status, report.findings]).toEqual(['valid', []]);
    expect([acme.status, acme.pruned, acme.range]).toEqual(['valid', { to: 18 }, { from: 19, to: 20 }]);
    expect(acme.notChecked.map(({ code }) => code)).toContain('pruned');
    const file = String(done.file);
    expect(
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ).toBe(done.sha256);
    expect(await world.verify(file)).toMatchObject({
      status: 'valid',
      walked: 19,
      anchors: { checked: 5, through: 18 },
    });
    // Life goes on: entries, anchors, seals, proofs, views, another pruning.
    await world.append(9);
    await sealTenants(world.store);
    expect(await world.verify()).toMatchObject({
      status: 'valid',
      pruned: { to: 18 },
      anchors: { through: 29 },
    });
    expect(await codeOf(proveEntry(world.store, 'acme', 4))).toBe('pruned');
    expect((await proveEntry(world.store, 'acme', 25)).format).toBe('sealtrail-entry-proof/1');
    expect(await codeOf(proveHistory(world.store, 'acme', { type: 'contact', id: 'c-1' }))).toBe('pruned');
    const views = await openViews({
      store: world.store,
      index: kind === 'sqlite' ? ':memory:' : world.place.location,
    });
    expect((await views.entries('acme', {})).entries.at(-1)?.seq).toBe(19);
    await views.close();
    const again = await prune(world.store, 'acme', { by: BY, archive, now: () => later() + 40 * DAY });
    expect(again.range).toEqual({ from: 19, to: 29 });
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: 29 } });
    expect(await world.verify(String(again.file))).toMatchObject({
      status: 'valid',
      range: { from: 19, to: 29 },
    });
    expect(await codeOf(world.verify().then(() => proveEntry(world.store, 'acme', 19)))).toBe('pruned');
  });

  it('leaves a log whose views begin where it does, whatever time they are asked from', async () => {
    const { world, later, archive } = await aged(newPlace);
    const index = kind === 'sqlite' ? ':memory:' : world.place.location;
    const views = await openViews({ store: world.store, index });
    onTestFinished(() => views.close());
    // The index knows what is pruned below.
    expect((await views.entries('acme')).entries).toHaveLength(20);
    await prune(world.store, 'acme', { by: BY, archive, now: later });
    await world.append(9);
    const since = '2000-01-01T00:00:00.000Z';
    const seqsOf = async (filter: Filter, order: 'newest' | 'oldest') =>
      (await views.entries('acme', filter, { order })).entries.map(({ seq }) => seq);
    for (const order of ['newest', 'oldest'] as const) {
      expect(await seqsOf({ since }, order)).toEqual(await seqsOf({}, order));
      const record = { type: 'contact', id: 'c-1' };
      const found = await seqsOf({ record }, order);
      expect(found.length).toBeGreaterThan(0);
      expect(await seqsOf({ record, since }, order)).toEqual(found);
    }
    expect((await world.verify()).status).toBe('valid');
  });

  it('takes nothing that is younger than the rule, under a hold, or not anchored', async () => {
    const { world, later, archive } = await aged(newPlace);
    expect((await planPrune(world.store, 'acme')).range).toBeNull();
    expect((await planPrune(world.store, 'acme', { now: () => Date.now() + 29 * DAY })).range).toBeNull();
    await world.withLog((log) =>
      setHold(
        log,
        'acme',
        { hold: 'case-1', target: { about: 'record', type: 'contact', id: 'c-4' } },
        { by: BY },
      ),
    );
    // c-4 is in entry 5 for the first time: only the segment before may go.
    expect(await planPrune(world.store, 'acme', { now: later })).toMatchObject({
      range: { from: 0, to: 3 },
      heldBy: ['case-1'],
    });
    await prune(world.store, 'acme', { by: BY, archive, now: later });
    await world.withLog((log) => setHold(log, 'acme', { hold: 'all', target: null }, { by: BY }));
    expect((await prune(world.store, 'acme', { by: BY, archive, now: later })).range).toBeNull();
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: 3 } });
  });

  it('interrupted at any point is valid; run again, it is finished', async () => {
    for (let survives = 0; survives < 5; survives++) {
      const { world, later, archive } = await aged(newPlace);
      let calls = 0;
      const dying = dyingAt(world.store, 'removeEntries', () => calls++ >= survives);
      expect(await codeOf(prune(dying, 'acme', { by: BY, archive, now: later }))).toBe('store_unavailable');
      const between = await world.verify();
      expect([between.status, between.findings]).toEqual(['valid', []]);
      expect(between.pruned).toEqual(survives === 0 ? null : { to: survives * 4 - 1 });
      await prune(world.store, 'acme', { by: BY, archive, now: later });
      expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: 18 } });
      for (const file of await readdir(archive)) {
        expect((await world.verify(join(archive, file))).status).toBe('valid');
      }
    }
  });

  it('cut short again and again, and run after that, gives one archive under one name', async () => {
    const { world, later, archive } = await aged(newPlace);
    let time = later();
    const now = () => (time += 60_000);
    const dying = dyingAt(world.store, 'commit', () => true);
    for (let i = 0; i < 3; i++) {
      expect(await codeOf(prune(dying, 'acme', { by: BY, archive, now }))).toBe('store_unavailable');
    }
    const before = await readdir(archive);
    const done = await prune(world.store, 'acme', { by: BY, archive, now });
    expect((await readdir(archive)).map((name) => join(archive, name))).toEqual([done.file]);
    expect(before).toEqual(await readdir(archive));
    expect(done.file).toContain(`acme-0-18-${done.sha256?.slice(0, 16)}.archive.jsonl.gz`);
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: 18 } });
  });

  it('never replaces a file, whatever has its name', async () => {
    const { world, later, archive } = await aged(newPlace);
    const dying = dyingAt(world.store, 'commit', () => true);
    await prune(dying, 'acme', { by: BY, archive, now: later }).catch(() => {});
    const [name] = await readdir(archive);
    const file = join(archive, String(name));
    await writeFile(file, 'the only copy of something');
    expect(await codeOf(prune(world.store, 'acme', { by: BY, archive, now: later }))).toBe(
      'store_unavailable',
    );
    expect(await readFile(file, 'utf8')).toBe('the only copy of something');
    expect(await readdir(archive)).toEqual([name]);
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: null });
  });

  it('accounted for by what names no anchor of this log is accounted for by nothing', async () => {
    const { world } = await aged(newPlace);
    const { hash } = (await world.store.anchorAt('acme', 1)) as { hash: string };
    const archive = { from: 0, sha256: hash, openings: 'withheld' as const };
    const rules = { policy: { preset: 'custom' as const, days: 30 }, holds: [] };
    const say = (to: number, anchor: { number: number; hash: string }) =>
      world.withLog((log) => log.append('acme', prunedDraft(BY, { to, anchor, archive, rules })));
    await say(6, { number: 1, hash });
    await say(11, { number: 1, hash });
    await say(15, { number: 3, hash });
    await world.store.removeEntries('acme', 0, 7);
    const broken = await world.verify();
    expect([broken.status, broken.position, broken.findingCodes]).toEqual(['broken', 0, { gap: 1 }]);
    await say(7, { number: 1, hash });
    expect(await world.verify()).toMatchObject({ status: 'valid', pruned: { to: 7 } });
  });

  it('leaves a log that is walked by its positions, not by their number', async () => {
    const { world, later, archive } = await aged(newPlace);
    await prune(world.store, 'acme', { by: BY, archive, now: later });
    const source = await openSource(world.place.location);
    onTestFinished(() => source.close());
    for (const threads of [1, 2]) {
      let told: Progress | undefined;
      const report = await verifyTenant(source, 'acme', {
        threads,
        partEntries: 1,
        onProgress: (progress) => {
          told = progress;
        },
      });
      expect([report.status, told]).toEqual(['valid', { tenant: 'acme', walked: 2, position: 20, total: 2 }]);
    }
  });

  it('and erasing leave each other valid', async () => {
    const { world, later, archive } = await aged(newPlace);
    await erase(world.store, 'acme', {
      about: 'record',
      target: { type: 'contact', id: 'c-2' },
      basis: 'gdpr_art_17',
      by: BY,
    });
    const done = await prune(world.store, 'acme', { by: BY, archive, openings: 'included', now: later });
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { unfinished: 0 } });
    // What accounts for the missing values stands after the archive's end.
    const alone = await world.verify(String(done.file));
    expect([alone.status, alone.findings.map(({ code }) => code)]).toEqual([
      'broken',
      alone.findings.map(() => 'opening_missing'),
    ]);
  });
});

describe('what is not stored any more', () => {
  const findings = async (world: World) =>
    (await world.verify()).findings.map(({ code, position }) => [code, position]);
  const remove = async (world: World, from: number, to: number) => {
    const hand = await raw(world.place);
    for (let seq = from; seq <= to; seq++) await hand.remove('entries', { tenant: 'acme', seq });
  };

  it('without an account breaks the log at its first position, also where a segment ends', async () => {
    const { world } = await aged(newSqlitePlace);
    await remove(world, 0, 7);
    expect(await findings(world)).toEqual([['gap', 0]]);
  });

  it('beyond what is accounted for breaks it there', async () => {
    const { world, later, archive } = await aged(newSqlitePlace);
    await world.withLog((log) =>
      setHold(
        log,
        'acme',
        { hold: 'case-1', target: { about: 'record', type: 'contact', id: 'c-4' } },
        { by: BY },
      ),
    );
    await prune(world.store, 'acme', { by: BY, archive, now: later });
    await remove(world, 4, 7);
    expect(await findings(world)).toEqual([['gap', 4]]);
    await remove(world, 9, 9);
    expect((await findings(world))[0]?.[0]).toBe('gap');
  });

  it('is noticed when an anchor of it is changed or gone', async () => {
    const { world, later, archive } = await aged(newSqlitePlace);
    await prune(world.store, 'acme', { by: BY, archive, now: later });
    await anchorTenant(world.store, 'acme', { maxSegment: 4 });
    const hand = await raw(world.place);
    await hand.remove('anchors', { tenant: 'acme', number: 1 });
    expect((await world.verify()).status).toBe('broken');
  });
});

describe('a rule of retention', () => {
  it('has floors, and is a person’s', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(2);
    const set = (preset: string, days: number, by = BY) =>
      codeOf(world.withLog((log) => setRetention(log, 'acme', { preset: preset as 'hipaa', days }, { by })));
    expect(await set('hipaa', 2_191)).toBe('retention_invalid');
    expect(await set('eu_ai_act', 183)).toBe('retention_invalid');
    expect(await set('sec_17a_4', 2_556)).toBe('retention_invalid');
    expect(await set('custom', 0)).toBe('retention_invalid');
    expect(await set('custom', 1.5)).toBe('retention_invalid');
    expect(await set('forever', 9_999)).toBe('retention_invalid');
    expect(await set('hipaa', 2_192, { type: 'system', id: 'x' } as never)).toBe('actor_refused');
    expect(await set('hipaa', 2_192)).toBe('done');
    expect(await codeOf(planPrune(world.store, 'beta'))).toBe('retention_invalid');
    expect((await planPrune(world.store, 'acme')).days).toBe(2_192);
    expect((await world.verify()).status).toBe('valid');
  });
});

describe.each(PLACES)('a pruned log on %s', (_kind, newPlace) => {
  it.each<[string, (hand: Awaited<ReturnType<typeof raw>>) => Promise<void>, string]>([
    [
      'an anchor after its beginning is gone',
      (hand) => hand.remove('anchors', { tenant: 'acme', number: 6 }),
      'anchor_gap',
    ],
    [
      'its head names an entry that was pruned',
      (hand) => hand.set('heads', { tenant: 'acme' }, { seq: 3 }),
      'head_mismatch',
    ],
  ])('is broken when %s', async (_, change, code) => {
    const { world, later, archive } = await aged(newPlace);
    await prune(world.store, 'acme', { by: BY, archive, now: later });
    for (let i = 0; i < 3; i++) await world.append(4);
    expect((await world.verify()).status).toBe('valid');
    await change(await raw(world.place));
    const { status, findingCodes } = await world.verify();
    expect([status, Object.keys(findingCodes)]).toEqual(['broken', expect.arrayContaining([code])]);
  });
});
