import { canonicalize, type Entry, readEntry } from '@sealtrail/format';
import { anchorTenant, erase, planErase, planPrune, prune, setHold } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import { type Row, raw } from '../support/raw.ts';
import { aged, BY, PLACES, World } from './world.ts';

const CONTACT = { about: 'record', type: 'contact', id: 'c-1' } as const;
const ERASE = {
  about: 'record',
  target: { type: 'contact', id: 'c-1' },
  basis: 'gdpr_art_17',
  by: BY,
} as const;

/** What whoever can write to the database does to the row of a hold while somebody else erases. */
const CHANGES: readonly (readonly [name: string, change: (row: Row) => Row])[] = [
  ['another type beside it', () => ({ type: 'proposal.created' })],
  ['another text', ({ entry }) => ({ entry: altered(entry, { data: { about: 'record', hold: 'other' } }) })],
  ['no hold in the text', ({ entry }) => ({ entry: altered(entry, { type: 'note.made' }) })],
  ['a text that is none', () => ({ entry: '{}' })],
  ['another hash', () => ({ hash: 'a'.repeat(64) })],
];

function altered(text: unknown, change: Partial<Entry>): string {
  return canonicalize({ ...readEntry(String(text)), ...change });
}

describe.each(PLACES)('rules of a log whose rows were changed on %s', (_, newPlace) => {
  it.each(CHANGES)('a hold whose row has %s is not dropped: nothing is erased', async (_name, change) => {
    const world = await World.open(newPlace);
    await world.append(4);
    const { seq } = await world.withLog((log) =>
      setHold(log, 'acme', { hold: 'case-7', target: CONTACT }, { by: BY }),
    );
    await world.append(4);
    const rows = await raw(world.place);
    const row = (await rows.rows('entries', 'acme'))[seq] as Row;
    const changes = change(row);
    await rows.set('entries', { tenant: 'acme', seq }, changes);
    expect(await codeOf(planErase(world.store, 'acme', ERASE))).toBe('log_broken');
    expect(await codeOf(erase(world.store, 'acme', ERASE))).toBe('log_broken');
    // Put back as it was, it stands as ever.
    const before = Object.fromEntries(Object.keys(changes).map((name) => [name, row[name]]));
    await rows.set('entries', { tenant: 'acme', seq }, before);
    expect(await codeOf(erase(world.store, 'acme', ERASE))).toBe('held');
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 0 } });
  });

  it('a hold whose row was taken away is not dropped, with its whole segment or without', async () => {
    const world = await World.open(newPlace);
    await world.withLog((log) => setHold(log, 'acme', { hold: 'case-7', target: CONTACT }, { by: BY }));
    await world.append(8);
    const rows = await raw(world.place);
    const all = await rows.rows('entries', 'acme');
    // The first segment is 0 to 3, the hold at 1.
    for (const taken of [[1], [0, 1, 2, 3]]) {
      for (const seq of taken) await rows.remove('entries', { tenant: 'acme', seq });
      expect(await codeOf(erase(world.store, 'acme', ERASE)), String(taken)).toBe('log_broken');
      for (const seq of taken) await rows.insert('entries', all[seq] as Row);
    }
    expect(await codeOf(erase(world.store, 'acme', ERASE))).toBe('held');
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 0 } });
  });

  it('a policy that was made shorter prunes nothing', async () => {
    const { world, archive } = await aged(newPlace);
    await anchorTenant(world.store, 'acme', { maxSegment: 4 });
    const rows = await raw(world.place);
    const all = await rows.rows('entries', 'acme');
    const { seq, entry } = all.find(({ type }) => type === 'retention.set') as { seq: number; entry: string };
    const later = () => Date.now() + 10 * 86_400_000;
    await rows.set(
      'entries',
      { tenant: 'acme', seq },
      { entry: altered(entry, { data: { preset: 'custom', days: 1 } }) },
    );
    expect(await codeOf(planPrune(world.store, 'acme', { now: later }))).toBe('log_broken');
    expect(await codeOf(prune(world.store, 'acme', { by: BY, archive, now: later }))).toBe('log_broken');
    await rows.set('entries', { tenant: 'acme', seq }, { entry });
    expect(await prune(world.store, 'acme', { by: BY, archive, now: later })).toMatchObject({ range: null });
    expect((await world.verify()).status).toBe('valid');
  });

  it('an account that was made up destroys nothing', async () => {
    const world = await World.open(newPlace);
    await world.append(6);
    await erase(world.store, 'acme', { ...ERASE, erasure: 'first' });
    const rows = await raw(world.place);
    const all = await rows.rows('entries', 'acme');
    const { seq, entry } = all.at(-1) as { seq: number; entry: string };
    const values = [{ fields: ['name', 'rationale'], at: [[1, 6]] }];
    const forged = altered(entry, { data: { ...readEntry(entry).data, values } });
    await rows.set('entries', { tenant: 'acme', seq }, { entry: forged });
    const other = { ...ERASE, target: { type: 'contact', id: 'c-3' } };
    expect(await codeOf(erase(world.store, 'acme', other))).toBe('log_broken');
    await rows.set('entries', { tenant: 'acme', seq }, { entry });
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 2 } });
  });
});
