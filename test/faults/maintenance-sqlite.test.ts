import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { ended, FaultWorld, WORK } from './world.ts';

/** Each write, and of those that are several, the second. */
const WRITES: readonly (readonly [what: string, work: keyof typeof WORK, when: string])[] = [
  ['a seal’s directory changes', 'sealing', 'INSERT ON directory_changes'],
  ['a seal', 'sealing', "INSERT ON entries WHEN new.type = 'log.sealed'"],
  ['the account of an erasure', 'erasing', "INSERT ON entries WHEN new.type = 'log.erased'"],
  ['destroying values', 'erasing', 'UPDATE OF openings ON entries'],
  ['destroying values, in part', 'erasing', 'UPDATE OF openings ON entries WHEN old.seq > 3'],
  ['the account of a pruning', 'pruning', "INSERT ON entries WHEN new.type = 'retention.pruned'"],
  ['removing segments', 'pruning', 'DELETE ON entries'],
  ['removing segments, in part', 'pruning', 'DELETE ON entries WHEN old.seq = 5'],
];
const WAYS = ['ABORT', 'FAIL', 'ROLLBACK'];

describe('a write of the work beside appending', () => {
  it.each(WRITES)('%s (%s): that fails is finished by doing it again', async (_, name, when) => {
    const place = await newSqlitePlace();
    const world = await FaultWorld.open(place);
    const hand = new Database(place.location);
    onTestFinished(() => void hand.close());
    const work = WORK[name];
    for (const [round, way] of WAYS.entries()) {
      await work.prepare(world, round);
      hand.exec(`CREATE TRIGGER fault BEFORE ${when} BEGIN SELECT RAISE(${way}, 'out of order'); END`);
      expect(await ended(work.run(world, world.store, round)), way).toBe('store_unavailable');
      await world.valid();
      hand.exec('DROP TRIGGER fault');
      expect(await ended(work.run(world, world.store, round)), way).toBe('done');
      await work.expectDone(world, round);
    }
    await world.valid();
  });

  it.each(Object.entries(WORK))('%s waits for somebody else who writes', async (_, work) => {
    const world = await FaultWorld.open(await newSqlitePlace());
    await work.prepare(world, 0);
    const hand = new Database(world.place.location);
    onTestFinished(() => void hand.close());
    hand.exec('BEGIN IMMEDIATE');
    let isDone = false;
    const running = work.run(world, world.store, 0).then(() => {
      isDone = true;
    });
    await new Promise((resume) => setTimeout(resume, 50));
    expect(isDone).toBe(false);
    hand.exec('COMMIT');
    await running;
    await work.expectDone(world, 0);
    await world.valid();
  });
});
