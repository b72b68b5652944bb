import { type Actor, erasedDraft, type Hold, prunedDraft } from '@sealtrail/format';
import { erase, releaseHold, setHold, setRetention } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';
import { BY, PLACES, World } from './world.ts';

const CONTACT = { about: 'record', type: 'contact', id: 'c-1' } as const;
const ERASE = {
  about: 'record',
  target: { type: 'contact', id: 'c-1' },
  basis: 'gdpr_art_17',
  by: BY,
} as const;

const set = (world: World, hold: string, target: Hold['target'] = CONTACT, by: Actor = BY) =>
  world.withLog((log) => setHold(log, 'acme', { hold, target }, { by, reason: 'a suit' }));
const release = (world: World, hold: string) =>
  world.withLog((log) => releaseHold(log, 'acme', hold, { by: BY }));

describe.each(PLACES)('a hold on %s', (_, newPlace) => {
  it('that was released is not set again under its name: it would be told to stand, and not stand', async () => {
    const world = await World.open(newPlace);
    await world.append(4);
    const first = await set(world, 'case-7');
    // The same once more, while it stands, is the same hold.
    expect(await set(world, 'case-7')).toEqual({ ...first, duplicate: true });
    expect(await codeOf(erase(world.store, 'acme', ERASE))).toBe('held');
    const { seq } = await release(world, 'case-7');
    await expect(set(world, 'case-7')).rejects.toMatchObject({
      code: 'id_conflict',
      message: `case-7 was released at position ${seq} and does not stand: give another id`,
    });
    expect((await world.store.head('acme'))?.seq).toBe(seq);
    await set(world, 'case-7-reopened');
    expect(await codeOf(erase(world.store, 'acme', ERASE))).toBe('held');
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 0 } });
  });

  it('has a name that can be released', async () => {
    const world = await World.open(newPlace);
    await world.append(2);
    const longest = 'x'.repeat(114);
    for (const name of ['DSR 2026/17', '', `${longest}x`, 'case-7:released', 7 as never]) {
      expect(await codeOf(set(world, name)), String(name)).toBe('retention_invalid');
    }
    await set(world, longest);
    expect(await codeOf(erase(world.store, 'acme', ERASE))).toBe('held');
    await release(world, longest);
    expect((await erase(world.store, 'acme', ERASE)).entries).toBe(2);
    expect((await world.verify()).status).toBe('valid');
  });
});

describe('what readers would take no notice of', () => {
  it('is not written: a hold, a release', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(2);
    const { seq } = (await world.store.head('acme')) as { seq: number };
    for (const target of [
      { ...CONTACT, about: 'person' },
      { ...CONTACT, type: 'Contact' },
      { about: 'record', id: 'c-1' },
      undefined,
    ]) {
      expect(
        await codeOf(set(world, 'case-1', target === undefined ? (7 as never) : (target as never))),
      ).toBe('retention_invalid');
    }
    expect(await codeOf(release(world, ''))).toBe('retention_invalid');
    expect((await world.store.head('acme'))?.seq).toBe(seq);
    expect((await world.verify()).status).toBe('valid');
  });

  it('is not written: an erasure, and nothing is destroyed', async () => {
    const world = await World.open(newSqlitePlace);
    await world.append(2);
    expect(await codeOf(erase(world.store, 'acme', { ...ERASE, about: 'person' as never }))).toBe(
      'erasure_invalid',
    );
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 0 } });
    const data = {
      erasure: 'e-1',
      basis: 'gdpr_art_17',
      about: 'record',
      reference: '0'.repeat(64),
      part: 0,
      parts: 1,
      values: [{ fields: ['name'], at: [[1, 2]] as [number, number][] }],
    } as const;
    expect(erasedDraft(BY, data as never).data).toEqual(data);
    const refused = expect.objectContaining({ name: 'ZodError' });
    expect(() => erasedDraft(BY, { ...data, about: 'person' } as never)).toThrow(refused);
    expect(() => erasedDraft(BY, { ...data, values: [] } as never)).toThrow(refused);
    expect(() => prunedDraft(BY, { to: 3 } as never)).toThrow(refused);
  });
});

describe('the reason for a rule', () => {
  it('is recorded, and sealed', async () => {
    const world = await World.open(newSqlitePlace);
    const { seq } = await world.withLog((log) =>
      setRetention(log, 'acme', { preset: 'custom', days: 30 }, { by: BY, reason: 'new counsel' }),
    );
    const [row] = await world.store.readAt('acme', [seq]);
    expect(row?.entry).not.toContain('new counsel');
    expect(row?.openings).toContain('"value":"new counsel"');
    expect((await world.verify()).status).toBe('valid');
  });
});
