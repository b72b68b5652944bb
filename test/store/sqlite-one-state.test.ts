import { Log } from '@sealtrail/store';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';

describe('entries that are asked for together', () => {
  it('are of one state of the file: what another process commits or prunes meanwhile is there as a whole or not at all', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const log = new Log(store);
    await log.appendAll('acme', drafts('e', 2));
    await log.close();
    const rows = await store.readFrom('acme', 1, 2);
    const another = new Database(place.location);
    onTestFinished(() => {
      another.close();
    });
    another.exec('CREATE TEMP TABLE kept AS SELECT * FROM entries WHERE seq > 0');
    const remove = () => another.exec('DELETE FROM entries WHERE seq > 0');
    const add = () => another.exec('INSERT INTO entries SELECT * FROM kept');

    const ids = rows.map(({ id }) => id);
    const seqs = rows.map(({ seq }) => seq);
    for (const [before, meanwhile, there] of [
      [remove, add, 0],
      [() => {}, remove, 2],
    ] as const) {
      before();
      expect((await store.findByIds('acme', changedAfterFirst(ids, meanwhile))).size).toBe(there);
      remove();
      add();
    }
    expect(await store.readAt('acme', changedAfterFirst(seqs, remove))).toHaveLength(2);
  });
});

/** A list during whose reading something happens. */
function changedAfterFirst<T>([first, second]: readonly T[], happens: () => unknown): T[] {
  let happened = false;
  return Object.defineProperty([first as T], 1, {
    enumerable: true,
    get: () => {
      if (!happened) happens();
      happened = true;
      return second;
    },
  });
}
