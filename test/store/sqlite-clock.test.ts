import { join } from 'node:path';
import { Log, type Store } from '@sealtrail/store';
import { openSqliteStore } from '@sealtrail/store/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { draft } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';
import { expectIntact, storedRows } from '../support/verified.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');
const HOUR = 3_600_000;

/** A store whose clock the test sets. */
async function clocked(): Promise<{ location: string; store: Store; set: (ms: number) => void }> {
  const { folder } = await newSqlitePlace();
  const location = join(folder, 'clocked.db');
  let now = START;
  const store = await openSqliteStore(location, { now: () => now });
  onTestFinished(() => store.close());
  return {
    location,
    store,
    set: (ms) => {
      now = ms;
    },
  };
}

describe('a clock that jumps', () => {
  it('never makes a log go back in time', async () => {
    const { location, store, set } = await clocked();
    const log = new Log(store);
    const clock = [START, START + HOUR, START - HOUR, 0, START + HOUR, START + 2 * HOUR, START + 1];
    const times = [];
    for (const [i, now] of clock.entries()) {
      set(now);
      times.push((await log.append('acme', draft(`e-${i}`))).time);
    }
    const hour = (n: number) => new Date(START + n * HOUR).toISOString();
    expect(times).toEqual([hour(0), hour(1), hour(1), hour(1), hour(1), hour(2), hour(2)]);
    await log.close();
    await expectIntact(location, { acme: clock.length });
  });

  it('backward between registration and the first entry changes nothing either', async () => {
    const { location, store, set } = await clocked();
    await store.register('acme');
    set(START - HOUR);
    const log = new Log(store);
    await log.append('acme', draft('e-1'));
    await log.close();
    expect((await storedRows(location, 'acme')).map((row) => row['time'])).toEqual([
      new Date(START).toISOString(),
      new Date(START).toISOString(),
    ]);
    await expectIntact(location, { acme: 1 });
  });

  it('is each process’s own: a slower one repeats the time of a faster one', async () => {
    const { location, store } = await clocked();
    const slower = await openSqliteStore(location, { now: () => START - HOUR });
    onTestFinished(() => slower.close());
    const logs = [new Log(store), new Log(slower)];
    for (let i = 0; i < 10; i++) await logs[i % 2]?.append('acme', draft(`e-${i}`));
    for (const log of logs) await log.close();
    await expectIntact(location, { acme: 10 });
  });

  it('beyond what a time can say stops the clock, not the log', async () => {
    const { location, store, set } = await clocked();
    const log = new Log(store);
    for (const [i, now] of [START, 8.64e15, -1, START].entries()) {
      set(now);
      await log.append('acme', draft(`e-${i}`));
    }
    await log.close();
    await expectIntact(location, { acme: 4 });
  });
});
