import { canonicalize, entryHash, readEntry } from '@sealtrail/format';
import { Log, setHold } from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { BY, PLACES, World } from '../retention/world.ts';
import { draft } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { type Row, raw } from '../support/raw.ts';
import { expectIntact } from '../support/verified.ts';

const HOLD = { hold: 'case-7', target: null };

// Who appends under an id that is there is told that it is there already. Somebody may have put it there for that moment.
describe.each(PLACES)('an append that is told to be in the log on %s', (_, newPlace) => {
  it.each([
    ['beside its hash', false],
    ['with its hash', true],
  ])('is refused where the row was changed %s', async (_name, rehashed) => {
    const model = await World.open(newPlace);
    await model.withLog((log) => setHold(log, 'acme', HOLD, { by: BY }));
    const held = (await (await raw(model.place)).rows('entries', 'acme'))[1] as Row;

    const world = await World.open(newPlace);
    await world.append(4, { anchor: false });
    const rows = await raw(world.place);
    const row = (await rows.rows('entries', 'acme'))[2] as Row;
    const { id, type, entry: made } = held;
    const entry = canonicalize({
      ...readEntry(String(made)),
      seq: 2,
      prev: readEntry(String(row['entry'])).prev,
    });
    const hash = rehashed ? entryHash(entry) : row['hash'];
    await rows.set('entries', { tenant: 'acme', seq: 2 }, { id, type, entry, hash, openings: '{}' });
    expect(await outcome(world.withLog((log) => setHold(log, 'acme', HOLD, { by: BY })))).toBe('log_broken');
    await rows.set('entries', { tenant: 'acme', seq: 2 }, row);
    expect(await world.withLog((log) => setHold(log, 'acme', HOLD, { by: BY }))).toMatchObject({
      seq: 5,
      duplicate: false,
    });
    // The last entry of a log is told to be there as well, and so is one before it.
    for (const again of [HOLD, HOLD]) {
      const log = new Log(world.store);
      expect(await setHold(log, 'acme', again, { by: BY })).toMatchObject({ seq: 5, duplicate: true });
      await log.close();
      await world.append(1, { anchor: false });
    }
    expect((await world.verify()).status).toBe('valid');
  });

  it.each([
    ['the time in its column', { time: '2020-01-01T00:00:00.000Z' }],
    ['its text, which is no entry any more', { entry: '{}' }],
    ['a sealed value', { openings: '{"text":{"salt":"00","value":"another"}}' }],
  ])('is refused where somebody changed %s', async (_name, change) => {
    const place = await newPlace();
    const log = new Log(await place.open(), { lingerMs: 0 });
    const sealed = { text: 'hello' };
    const first = await log.append('acme', draft('e-1', { sealed }));
    await log.append('acme', draft('e-2'));
    const rows = await raw(place);
    const [, row] = (await rows.rows('entries', 'acme')) as [Row, Row];
    await rows.set('entries', { tenant: 'acme', seq: 1 }, change);
    expect(await outcome(log.append('acme', draft('e-1', { sealed })))).toBe('log_broken');
    await rows.set('entries', { tenant: 'acme', seq: 1 }, row);
    expect(await log.append('acme', draft('e-1', { sealed }))).toEqual({ ...first, duplicate: true });
    await log.close();
    await expectIntact(place.location, { acme: 2 });
  });

  it('is refused where another entry of the same content has its id', async () => {
    const world = await World.open(newPlace);
    const note = (id: string) => draft(id, { sealed: {} });
    await world.withLog((log) => log.appendAll('acme', [note('n-1'), note('n-2'), note('n-3')]));
    const rows = await raw(world.place);
    const as = (id: string) => rows.set('entries', { tenant: 'acme', seq: 1 }, { id });
    await as('n-4');
    expect(await outcome(world.withLog((log) => log.append('acme', note('n-4'))))).toBe('log_broken');
    await as('n-1');
    expect(await world.withLog((log) => log.append('acme', note('n-4')))).toMatchObject({
      seq: 4,
      duplicate: false,
    });
    expect((await world.verify()).status).toBe('valid');
  });
});
