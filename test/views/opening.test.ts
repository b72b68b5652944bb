import { existsSync } from 'node:fs';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Log, openStore } from '@sealtrail/store';
import { openViews, type ViewsOptions } from '@sealtrail/views';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { outcome } from '../support/errors.ts';
import { newSqlitePlace, type Place } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';
import { seqs, viewsOf } from './helpers.ts';
import { proposed } from './story.ts';

async function written(): Promise<Place> {
  const place = await newSqlitePlace();
  const log = new Log(await place.open());
  await log.appendAll('acme', [proposed('p-1'), proposed('p-2')]);
  await log.close();
  return place;
}

const opening = async (options: ViewsOptions) => {
  const views = await openViews(options);
  await views.close();
};

async function found(options: ViewsOptions): Promise<number[]> {
  const views = await openViews(options);
  try {
    return seqs((await views.entries('acme', { type: 'proposal.created' })).entries);
  } finally {
    await views.close();
  }
}

describe('opening views', () => {
  it.skipIf(process.platform === 'win32')(
    'makes an index for those whom the store is for, and elsewhere for its owner alone',
    async () => {
      const mode = async (path: string) => (await stat(path)).mode & 0o777;
      for (const wanted of [0o600, 0o660]) {
        const { location, folder } = await written();
        await chmod(location, wanted);
        await found({ store: location });
        expect(await mode(`${location}.views`)).toBe(wanted);
        const elsewhere = join(folder, 'elsewhere.db');
        await found({ store: location, index: elsewhere });
        expect(await mode(elsewhere)).toBe(0o600);
        await expectIntact(location, { acme: 2 });
      }
    },
  );

  it('keeps the index beside a SQLite store, elsewhere, or in memory', async () => {
    const place = await written();
    const { location, folder } = place;
    const elsewhere = join(folder, 'elsewhere.db');
    expect(await found({ store: location, index: ':memory:' })).toEqual([2, 1]);
    expect(await found({ store: location, index: elsewhere })).toEqual([2, 1]);
    expect(existsSync(`${location}.views`)).toBe(false);
    expect(await found({ store: `sqlite:${location}` })).toEqual([2, 1]);
    expect(existsSync(`${location}.views`)).toBe(true);
    expect(existsSync(elsewhere)).toBe(true);
    await expectIntact(location, { acme: 2 });
  });

  it('a first question about a log does not wait until earlier builds of others are dropped', async () => {
    const { location } = await written();
    const views = await openViews({ store: location });
    onTestFinished(() => views.close());
    await views.entries('acme');
    const index = new Database(`${location}.views`);
    onTestFinished(() => void index.close());
    // What a process leaves behind that dies of dropping it.
    index.exec("UPDATE progress SET tenant = '/' || build");
    const builds = () => index.prepare('SELECT DISTINCT build FROM facets').all().length;
    expect(seqs((await views.entries('acme', { type: 'proposal.created' })).entries)).toEqual([2, 1]);
    expect(builds()).toBe(2);
    await opening({ store: location });
    expect(builds()).toBe(1);
    await expectIntact(location, { acme: 2 });
  });

  it('works over a store that is open already, and leaves it open', async () => {
    const { location, folder } = await written();
    const store = await openStore(location);
    onTestFinished(() => store.close());
    expect(await found({ store, index: join(folder, 'v.db') })).toEqual([2, 1]);
    expect(await store.head('acme')).toMatchObject({ seq: 2 });
    expect(await outcome(opening({ store } as unknown as ViewsOptions))).toBe('config_invalid');
    await expectIntact(location, { acme: 2 });
  });

  it('is refused with options that are none, whatever plain JavaScript gives it', async () => {
    const { location } = await written();
    for (const [options, named] of [
      [undefined, 'openViews: Invalid input'],
      [{}, 'store: must be a mongodb:// URL'],
      [location, 'openViews: Invalid input'],
      [{ store: 7 }, 'store'],
      [{ store: { path: location } }, 'store'],
      [{ store: location, index: 7 }, 'index'],
      [{ store: location, indx: ':memory:' }, '"indx"'],
    ] as const)
      await expect(openViews(options as never), JSON.stringify(options)).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining(named),
      });
    expect(existsSync(`${location}.views`)).toBe(false);
    await expectIntact(location, { acme: 2 });
  });

  it('is refused where the index cannot be written, and where there is no store', async () => {
    const { location, folder } = await written();
    const nowhere = join(folder, 'no', 'such', 'folder.db');
    await expect(openViews({ store: location, index: nowhere })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('name another place'),
      detail: { path: nowhere },
    });
    expect(await outcome(opening({ store: location, index: folder }))).toBe('config_invalid');
    expect(await outcome(opening({ store: join(folder, 'none.db') }))).toBe('source_invalid');
    for (const index of ['mongodb://', 'redis://here', '', 'sqlite:'])
      expect([index, await outcome(opening({ store: location, index }))]).toEqual([index, 'config_invalid']);
    await expectIntact(location, { acme: 2 });
  });

  it('never overwrites a file that is something else', async () => {
    const { location, folder } = await written();
    expect(await outcome(opening({ store: location, index: location }))).toBe('store_layout');
    const other = join(folder, 'other.db');
    const db = new Database(other);
    db.exec('CREATE TABLE progress (x)');
    db.close();
    expect(await outcome(opening({ store: location, index: other }))).toBe('store_layout');
    const text = join(folder, 'notes.txt');
    await writeFile(text, 'these are notes, and no database at all\n'.repeat(50));
    expect(await outcome(opening({ store: location, index: text }))).toBe('store_layout');
    expect(await readFile(text, 'utf8')).toMatch(/^these are notes/);
    await expectIntact(location, { acme: 2 });
  });

  it('makes a file of another layout anew, and one that was deleted', async () => {
    const { location } = await written();
    expect(await found({ store: location })).toEqual([2, 1]);
    const db = new Database(`${location}.views`);
    db.exec(
      'PRAGMA user_version = 77; DROP TABLE proposals; ALTER TABLE facets RENAME COLUMN facet TO other',
    );
    db.close();
    expect(await found({ store: location })).toEqual([2, 1]);
    for (const end of ['', '-wal', '-shm']) await rm(`${location}.views${end}`, { force: true });
    expect(await found({ store: location })).toEqual([2, 1]);
    await expectIntact(location, { acme: 2 });
  });

  it('answers nothing once it is closed', async () => {
    const place = await written();
    const views = await viewsOf(place);
    await views.entries('acme');
    await views.close();
    await views.close();
    expect(await outcome(views.entries('acme'))).toBe('store_closed');
    expect(await outcome(views.coaching('acme'))).toBe('store_closed');
    await expectIntact(place.location, { acme: 2 });
  });

  it('drops what was built before and not dropped, because its process died; one at a time or several', async () => {
    const { location } = await written();
    await found({ store: location });
    const db = new Database(`${location}.views`);
    onTestFinished(() => void db.close());
    const builds = () =>
      ['progress', 'facets', 'proposals'].map(
        (table) =>
          (db.prepare(`SELECT count(DISTINCT build) AS n FROM ${table}`).all()[0] as { n: number }).n,
      );
    const before = builds();
    const die = async () => {
      db.exec("CREATE TRIGGER dies BEFORE DELETE ON facets BEGIN SELECT RAISE(ABORT, 'dies'); END");
      db.exec("UPDATE progress SET hash = 'other' WHERE tenant = 'acme'");
      expect(await outcome(found({ store: location }))).toBe('store_unavailable');
      db.exec('DROP TRIGGER dies');
    };
    await die();
    // The next one that opens it.
    expect(await found({ store: location })).toEqual([2, 1]);
    expect(builds()).toEqual(before);
    // The next one that begins, of several.
    await die();
    db.exec("UPDATE progress SET hash = 'other' WHERE tenant = 'acme'");
    await Promise.all([1, 2, 3].map(() => found({ store: location })));
    expect(await found({ store: location })).toEqual([2, 1]);
    expect(builds()).toEqual(before);
    await expectIntact(location, { acme: 2 });
  });
});
