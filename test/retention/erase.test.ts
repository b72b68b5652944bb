import { readFile } from 'node:fs/promises';
import { erasedDraft, readErased, recordKey, SealtrailError } from '@sealtrail/format';
import { erase, planErase, proveHistory, releaseHold, sealTenants, setHold } from '@sealtrail/store';
import { verifyProof } from '@sealtrail/verifier';
import { openViews } from '@sealtrail/views';
import { MongoClient } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { raw } from '../support/raw.ts';
import { BY, CONTACT, PERSON, PLACES, preceded, World } from './world.ts';

describe.each(PLACES)('erasing on %s', (kind, newPlace) => {
  it('destroys the values of a record, and every hash, anchor, seal and proof still holds', async () => {
    const world = await World.open(newPlace);
    await world.append(20);
    await sealTenants(world.store);
    const before = await world.verify();
    const plan = await planErase(world.store, 'acme', CONTACT);
    expect([plan.entries, plan.values, plan.held]).toEqual([4, 8, []]);
    expect(await world.verify()).toEqual(before);
    const done = await erase(world.store, 'acme', {
      ...CONTACT,
      erasure: 'request-7',
      note: 'asked by mail',
    });
    expect([done.entries, done.values, done.erased]).toEqual([4, 8, plan.erased]);
    const after = await world.verify();
    expect([after.status, after.openings]).toEqual([
      'valid',
      { checked: before.openings.checked - 8 + 1, erased: 8, unfinished: 0 },
    ]);
    const proof = await proveHistory(world.store, 'acme', CONTACT.target);
    expect(verifyProof(JSON.stringify(proof)).entries).toHaveLength(4);
    const [row] = await world.store.readAt('acme', [21]);
    const account = readErased(String(row?.entry));
    expect(account).toMatchObject({
      erasure: 'request-7',
      basis: 'gdpr_art_17',
      about: 'record',
      reference: recordKey('acme', CONTACT.target),
    });
    expect(row?.entry).not.toContain('asked by mail');
    // Again, there is nothing left to do, and nothing is appended.
    expect((await erase(world.store, 'acme', CONTACT)).values).toBe(0);
    expect((await world.store.head('acme'))?.seq).toBe(21);
  });

  it('of a person finds what they did, what was done for them, and what is about them; of a field, only that field', async () => {
    const world = await World.open(newPlace);
    await world.append(9);
    await world.withLog((log) =>
      log.append('acme', {
        type: 'note.added',
        actor: { type: 'agent', id: 'copilot', on_behalf_of: { type: 'user', id: 'u-2' } },
        sealed: { rationale: 'on behalf' },
      }),
    );
    const onlyName = await erase(world.store, 'acme', { ...PERSON, fields: ['name'] });
    expect([onlyName.entries, onlyName.values]).toEqual([3, 3]);
    const rest = await erase(world.store, 'acme', PERSON);
    expect([rest.entries, rest.values]).toEqual([4, 4]);
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 7, unfinished: 0 } });
    const views = await openViews({
      store: world.store,
      index: kind === 'sqlite' ? ':memory:' : world.place.location,
    });
    const { entries } = await views.entries('acme', { actor: { type: 'user', id: 'u-2' } });
    expect(entries.map((entry) => [...(entry.missing ?? [])].sort())).toEqual(
      entries.map(() => ['name', 'rationale']),
    );
    await views.close();
  });

  it('leaves no document and no file with what was erased', async () => {
    const world = await World.open(newPlace);
    await world.append(12);
    const secrets = [1, 6, 11].map((i) => `secret reason ${i}"`).concat('Secret Name 1"');
    const found = async () => {
      if (kind === 'sqlite') {
        const files = await Promise.all(
          ['', '-wal', '-shm'].map((end) =>
            readFile(`${world.place.location}${end}`).catch(() => Buffer.alloc(0)),
          ),
        );
        return secrets.filter((secret) => files.some((file) => file.includes(secret)));
      }
      const client = new MongoClient(world.place.location);
      try {
        const database = client.db();
        const names = (await database.listCollections().toArray()).map(({ name }) => name);
        const texts = await Promise.all(
          names.map(async (name) => JSON.stringify(await database.collection(name).find({}).toArray())),
        );
        return secrets.filter((secret) => texts.some((text) => text.replaceAll('\\"', '"').includes(secret)));
      } finally {
        await client.close();
      }
    };
    expect(await found()).toEqual(secrets);
    await erase(world.store, 'acme', CONTACT);
    expect(await found()).toEqual([]);
    expect((await world.verify()).status).toBe('valid');
  });

  it('is refused by a hold, or leaves out what it protects', async () => {
    const world = await World.open(newPlace);
    await world.append(10);
    await world.withLog((log) =>
      setHold(
        log,
        'acme',
        { hold: 'case-1', target: { about: 'record', type: 'contact', id: 'c-1' } },
        { by: BY, reason: 'a suit' },
      ),
    );
    expect(await codeOf(erase(world.store, 'acme', CONTACT))).toBe('held');
    expect(
      (await planErase(world.store, 'acme', CONTACT)).held.map(({ seq, holds }) => [seq, holds]),
    ).toEqual([
      [2, ['case-1']],
      [7, ['case-1']],
      // The hold's own reason, which is about the record as well.
      [11, ['case-1']],
    ]);
    const partly = await erase(world.store, 'acme', { ...PERSON, exceptHeld: true });
    expect([partly.entries, partly.held.length]).toEqual([3, 0]);
    await world.withLog((log) => setHold(log, 'acme', { hold: 'all', target: null }, { by: BY }));
    expect((await erase(world.store, 'acme', { ...CONTACT, exceptHeld: true })).values).toBe(0);
    await world.withLog((log) => releaseHold(log, 'acme', 'all', { by: BY }));
    await world.withLog((log) => releaseHold(log, 'acme', 'case-1', { by: BY }));
    expect((await erase(world.store, 'acme', CONTACT)).entries).toBe(3);
    expect((await world.verify()).status).toBe('valid');
  });

  it('a hold that comes while it is decided wins', async () => {
    const world = await World.open(newPlace);
    await world.append(10);
    let set = false;
    const store = preceded(world.store, 'commit', async () => {
      if (set) return;
      set = true;
      await world.withLog((log) => setHold(log, 'acme', { hold: 'case-1', target: null }, { by: BY }));
    });
    expect(await codeOf(erase(store, 'acme', CONTACT))).toBe('held');
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 0 } });
  });

  it('interrupted at any point is valid and says what is unfinished; run again, it is finished', async () => {
    for (let survives = 0; survives < 3; survives++) {
      const world = await World.open(newPlace);
      await world.append(1_200, { anchor: false });
      let calls = 0;
      const dying = preceded(world.store, 'destroyOpenings', async () => {
        if (calls++ >= survives) throw new SealtrailError('store_unavailable', 'gone');
      });
      // Everything by one person: 400 entries; and by all of them: over several chunks.
      const all = { ...PERSON, target: { type: 'user', id: `u-${survives}` } };
      if (survives === 0) expect(await codeOf(erase(dying, 'acme', all))).toBe('store_unavailable');
      else await erase(dying, 'acme', all).catch(() => {});
      const between = await world.verify();
      expect(between.status).toBe('valid');
      if (survives === 0) expect(between.openings).toMatchObject({ erased: 0, unfinished: 800 });
      await erase(world.store, 'acme', all);
      expect(await world.verify()).toMatchObject({
        status: 'valid',
        openings: { erased: 800, unfinished: 0 },
      });
    }
  });
});

describe('an erasure', () => {
  it('is a person’s decision, on a basis that is named', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(3);
    for (const by of [
      { type: 'agent' as const, id: 'a' },
      { type: 'user' as const, id: 'u-1' },
    ]) {
      expect(await codeOf(erase(world.store, 'acme', { ...CONTACT, by }))).toBe('actor_refused');
    }
    expect(await codeOf(erase(world.store, 'acme', { ...CONTACT, basis: 'whim' as never }))).toBe(
      'erasure_invalid',
    );
    for (const erasure of ['', 'DSR 2026/17', 'x'.repeat(116)]) {
      await expect(erase(world.store, 'acme', { ...CONTACT, erasure })).rejects.toMatchObject({
        code: 'erasure_invalid',
        message: expect.stringContaining('A-Z a-z 0-9'),
      });
    }
    expect((await world.verify()).openings.erased).toBe(0);
  });

  it('of very many values is accounted for by several entries', async () => {
    const world = await World.open(newSqlitePlace);
    // Every second entry, so that no two are next to each other.
    await world.append(7_000, { anchor: false });
    const done = await erase(world.store, 'acme', { ...PERSON, target: { type: 'user', id: 'u-1' } });
    expect(done.values).toBe(4_666);
    const { seq } = (await world.store.head('acme')) as { seq: number };
    expect(seq).toBeGreaterThan(7_002);
    expect(await world.verify()).toMatchObject({
      status: 'valid',
      openings: { erased: 4_666, unfinished: 0 },
    });
  });
});

describe('a value that is missing', () => {
  const codes = async (world: World) =>
    (await world.verify()).findings.map(({ code, position }) => [code, position]);

  it('without an account breaks the log at its position', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(8);
    const hand = await raw(world.place);
    await hand.set('entries', { tenant: 'acme', seq: 3 }, { openings: '{}' });
    expect(await codes(world)).toEqual([
      ['opening_missing', 3],
      ['opening_missing', 3],
    ]);
  });

  it('beside those that are accounted for breaks it as well', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(8);
    await erase(world.store, 'acme', { ...CONTACT, fields: ['name'] });
    const hand = await raw(world.place);
    await hand.set('entries', { tenant: 'acme', seq: 2 }, { openings: '{}' });
    expect(await codes(world)).toEqual([['opening_missing', 2]]);
    expect((await world.verify()).position).toBe(2);
  });

  it('is not accounted for by an entry before it, nor by one that says it badly', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(8);
    await erase(world.store, 'acme', CONTACT);
    await world.append(5);
    const hand = await raw(world.place);
    // The entry after the account, about the same record.
    await hand.set('entries', { tenant: 'acme', seq: 13 }, { openings: '{}' });
    expect((await codes(world)).map(([code]) => code)).toEqual(['opening_missing', 'opening_missing']);
    const bad = await World.open(newSqlitePlace);
    await bad.append(4);
    await bad.withLog((log) =>
      log.append('acme', {
        type: 'log.erased',
        actor: BY,
        data: { erasure: 'x', basis: 'gdpr_art_17', values: [{ fields: ['rationale'], at: [[1, 4]] }] },
      }),
    );
    await (await raw(bad.place)).set('entries', { tenant: 'acme', seq: 2 }, { openings: '{}' });
    expect((await codes(bad)).length).toBe(2);
  });

  it('counts once, however often it is named, and one that is still there as well', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(8);
    const account = (erasure: string, at: [number, number][], field = 'name') =>
      world.withLog((log) =>
        log.append(
          'acme',
          erasedDraft(BY, {
            ...{ erasure, basis: 'other', about: 'record', reference: 'a'.repeat(64), part: 0, parts: 1 },
            values: [{ fields: [field], at }],
          }),
        ),
      );
    await account('again', [
      [1, 3],
      [2, 2],
    ]);
    expect((await world.verify()).openings).toMatchObject({ erased: 0, unfinished: 3 });
    // Two entries of the contact with two values each, one of them named already, and what was begun before.
    await erase(world.store, 'acme', CONTACT);
    expect((await world.verify()).openings).toMatchObject({ erased: 6, unfinished: 0 });
    await account('more', [[1, 8]]);
    expect((await world.verify()).openings).toMatchObject({ erased: 6, unfinished: 4 });
  });

  it('that was altered is no erased one', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(8);
    await erase(world.store, 'acme', CONTACT);
    const hand = await raw(world.place);
    const [, row] = await hand.rows('entries', 'acme');
    const openings = String(row?.['openings']).replace('secret', 'public');
    await hand.set('entries', { tenant: 'acme', seq: 1 }, { openings });
    expect(await codes(world)).toEqual([['opening_mismatch', 1]]);
    // One that comes back, from a backup, is unfinished business and not a lie.
    await hand.set('entries', { tenant: 'acme', seq: 1 }, { openings: String(row?.['openings']) });
    expect((await world.verify()).status).toBe('valid');
  });
});
