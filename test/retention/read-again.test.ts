import { canonicalize, type Entry, entryHash, readEntry } from '@sealtrail/format';
import { anchorTenant, erase, prune, type Store, setHold } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { outcome } from '../support/errors.ts';
import { type Raw, type Row, raw } from '../support/raw.ts';
import { aged, BY, dyingAt, PLACES, preceded, World } from './world.ts';

// What is decided on is read more than once: first the whole log, then what it is about. Whoever changes a row between the two, and puts
// it back afterwards, must not have a say either.

const HELD = { about: 'record', type: 'contact', id: 'c-1' } as const;
const ERASE = {
  about: 'record',
  target: { type: 'contact', id: 'c-1' },
  basis: 'gdpr_art_17',
  by: BY,
} as const;
const OTHER = [{ type: 'contact', id: 'c-9' }];

/** A row with another text, and with the hash of that. */
function rewritten(row: Row, change: Partial<Entry>): Row {
  const entry = canonicalize({ ...readEntry(String(row['entry'])), ...change });
  return { entry, hash: entryHash(entry) };
}

/** A store of which rows are changed as soon as one of its methods is called in a certain way; they stay so. */
function changedAt(
  store: Store,
  method: keyof Store,
  isIt: (...args: unknown[]) => boolean,
  change: () => Promise<void>,
): Store {
  return preceded(store, method, async (...args) => {
    if (isIt(...args)) await change();
  });
}

async function put(rows: Raw, row: Row): Promise<void> {
  const { entry, hash } = row;
  await rows.set('entries', { tenant: 'acme', seq: row['seq'] as number }, { entry, hash });
}

describe.each(PLACES)('rows that are changed after the log was read, and put back, on %s', (_, newPlace) => {
  it.each([
    ['its text', (row: Row) => ({ entry: rewritten(row, { targets: OTHER })['entry'] })],
    ['its text and its hash', (row: Row) => rewritten(row, { targets: OTHER })],
  ])('a hold on an entry of which somebody changed %s is not dropped', async (_name, change) => {
    const world = await World.open(newPlace);
    await world.append(4);
    await world.withLog((log) => setHold(log, 'acme', { hold: 'case-7', target: HELD }, { by: BY }));
    const rows = await raw(world.place);
    const row = (await rows.rows('entries', 'acme'))[2] as Row;
    const store = changedAt(
      world.store,
      'readAt',
      (_tenant, seqs) => (seqs as number[]).includes(2),
      () => rows.set('entries', { tenant: 'acme', seq: 2 }, change(row)),
    );
    expect(await outcome(erase(store, 'acme', ERASE))).toBe('log_broken');
    await put(rows, row);
    expect(await outcome(erase(world.store, 'acme', ERASE))).toBe('held');
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 0 } });
  });

  it('an entry that is taken away for a moment is not left out of an erasure', async () => {
    const world = await World.open(newPlace);
    await world.append(4);
    const rows = await raw(world.place);
    const row = (await rows.rows('entries', 'acme'))[2] as Row;
    const store = changedAt(
      world.store,
      'readAt',
      (_tenant, seqs) => (seqs as number[]).includes(2),
      () => rows.remove('entries', { tenant: 'acme', seq: 2 }),
    );
    expect(await outcome(erase(store, 'acme', ERASE))).toBe('log_broken');
    await rows.insert('entries', row);
    expect(await erase(world.store, 'acme', ERASE)).toMatchObject({ entries: 1, values: 2 });
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 2 } });
  });

  it('an account of what is to be destroyed destroys nothing else', async () => {
    const world = await World.open(newPlace);
    await world.append(6);
    await erase(world.store, 'acme', { ...ERASE, erasure: 'first' });
    const rows = await raw(world.place);
    const row = (await rows.rows('entries', 'acme')).at(-1) as Row;
    const { data } = readEntry(String(row['entry']));
    const values = [{ fields: ['name', 'rationale'], at: [[1, 6]] }];
    const store = changedAt(
      world.store,
      'readAt',
      (_tenant, seqs) => (seqs as number[]).includes(row['seq'] as number),
      () => put(rows, { ...row, ...rewritten(row, { data: { ...data, values } as Entry['data'] }) }),
    );
    const other = { ...ERASE, target: { type: 'contact', id: 'c-3' } };
    expect(await outcome(erase(store, 'acme', other))).toBe('log_broken');
    await put(rows, row);
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 2 } });
  });

  it.each([
    ['about whom it is', { targets: OTHER }],
    ['when it was made', { time: '2001-01-01T00:00:00.000Z' }],
  ])('a segment is not pruned when somebody changed of an entry %s', async (name, change) => {
    const { world, later, archive } = await aged(newPlace, 6);
    // Under a hold, or too young.
    const held = name === 'about whom it is';
    if (held)
      await world.withLog((log) => setHold(log, 'acme', { hold: 'case-7', target: HELD }, { by: BY }));
    await anchorTenant(world.store, 'acme', { maxSegment: 4 });
    const request = { by: BY, archive, now: held ? later : Date.now };
    const rows = await raw(world.place);
    const before = await rows.rows('entries', 'acme');
    const store = preceded(world.store, 'readFrom', async (_tenant, from, limit) => {
      const segment = before.slice(0, 4);
      if (from === 0 && limit === 4)
        for (const row of segment) await put(rows, { ...row, ...rewritten(row, change) });
      // The archive is made of what is there then, and held against the anchors.
      else if (limit === 1) for (const row of segment) await put(rows, row);
    });
    expect(await outcome(prune(store, 'acme', request))).toBe('log_broken');
    for (const row of before) await put(rows, row);
    expect(await prune(world.store, 'acme', request)).toMatchObject({ range: null });
    expect(await world.verify()).toMatchObject({ status: 'valid', range: { from: 0 } });
  });

  it('a pruning that is finished removes no more than its account says', async () => {
    const { world, later, archive } = await aged(newPlace, 6);
    await anchorTenant(world.store, 'acme', { maxSegment: 4 });
    const request = { by: BY, archive, now: later };
    expect(
      await outcome(
        prune(
          dyingAt(world.store, 'removeEntries', () => true),
          'acme',
          request,
        ),
      ),
    ).toBe('store_unavailable');
    await world.append(4, { anchor: false });
    const rows = await raw(world.place);
    await rows.set('anchors', { tenant: 'acme', number: 2 }, { to_seq: 12 });
    await outcome(prune(world.store, 'acme', request));
    await rows.set('anchors', { tenant: 'acme', number: 2 }, { to_seq: 7 });
    expect(await world.verify()).toMatchObject({ status: 'valid', range: { from: 8 } });
  });
});
