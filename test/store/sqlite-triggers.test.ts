import { erase, Log } from '@sealtrail/store';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BY, World } from '../retention/world.ts';
import { draft } from '../support/drafts.ts';
import { outcome } from '../support/errors.ts';
import { newSqlitePlace } from '../support/places.ts';

const ERASE = {
  about: 'record',
  target: { type: 'contact', id: 'c-1' },
  basis: 'gdpr_art_17',
  by: BY,
} as const;

const UNWRITTEN = `CREATE TRIGGER a BEFORE INSERT ON entries BEGIN SELECT RAISE(IGNORE); END;
  CREATE TRIGGER b BEFORE UPDATE ON heads BEGIN SELECT RAISE(IGNORE); END`;
const TAKEN_BACK = `CREATE TRIGGER a AFTER INSERT ON entries BEGIN DELETE FROM entries WHERE seq = new.seq; END;
  CREATE TRIGGER b AFTER UPDATE ON heads BEGIN UPDATE heads SET seq = old.seq, hash = old.hash, time = old.time; END`;
const KEPT = 'CREATE TRIGGER a BEFORE UPDATE ON entries BEGIN SELECT RAISE(IGNORE); END';
const COPIED = 'CREATE TRIGGER a AFTER UPDATE ON entries BEGIN INSERT INTO more VALUES (old.openings); END';

// A store is not opened over triggers. One that is made while it is open would have entries acknowledged that are not there.
describe('a trigger that somebody makes on the tables of an open SQLite store', () => {
  it.each([
    ['lets nothing be written', UNWRITTEN, 1],
    ['lets nothing be written', UNWRITTEN, 20],
    ['takes back what was written', TAKEN_BACK, 1],
    ['takes back what was written', TAKEN_BACK, 20],
  ])('and that %s has nothing acknowledged: %#', async (_, triggers, entries) => {
    const { world, hand } = await opened();
    hand.exec(triggers);
    const drafts = Array.from({ length: entries }, (_one, i) => draft(`late-${i}`));
    const log = new Log(world.store);
    expect(await outcome(log.appendAll('acme', drafts))).toBe('store_layout');
    hand.exec('DROP TRIGGER a; DROP TRIGGER b');
    expect((await log.appendAll('acme', drafts))[0]).toMatchObject({ seq: 5, duplicate: false });
    await log.close();
    expect(await world.verify()).toMatchObject({ status: 'valid', range: { to: 4 + entries } });
  });

  it.each([
    ['keeps', KEPT],
    ['copies', COPIED],
  ])('and that %s values does not have them erased', async (_, trigger) => {
    const { world, hand } = await opened();
    hand.exec(`CREATE TABLE more (openings); ${trigger}`);
    expect(await outcome(erase(world.store, 'acme', ERASE))).toBe('store_layout');
    expect(hand.prepare('SELECT count(*) AS n FROM more').get()).toMatchObject({ n: 0 });
    hand.exec('DROP TRIGGER a');
    expect(await outcome(erase(world.store, 'acme', ERASE))).toBe('done');
    expect(await world.verify()).toMatchObject({ status: 'valid', openings: { erased: 2 } });
  });
});

async function opened() {
  const world = await World.open(newSqlitePlace);
  await world.append(4);
  const hand = new Database(world.place.location);
  onTestFinished(() => void hand.close());
  return { world, hand };
}
