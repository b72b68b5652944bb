import { openViews, type Views } from '@sealtrail/views';
import Database from 'libsql';
import { MongoClient } from 'mongodb';
import { onTestFinished } from 'vitest';
import type { Place } from '../support/places.ts';

/** Views of a place, through connections of their own. Closed when the test is over. */
export async function viewsOf(place: Place, index?: string): Promise<Views> {
  const views = await openViews({ store: place.location, index });
  onTestFinished(() => views.close());
  return views;
}

/** Everything that a question gives, page by page. */
export async function allPages<T extends { readonly seq: number }>(
  ask: (cursor: string | undefined) => Promise<{ readonly entries: readonly T[]; readonly next?: string }>,
): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | undefined, pages = 0; ; pages++) {
    const { entries, next } = await ask(cursor);
    found.push(...entries);
    if (next === undefined) return found;
    if (pages > 10_000) throw new Error('the pages do not end');
    cursor = next;
  }
}

export const seqs = (entries: readonly { readonly seq: number }[]) => entries.map(({ seq }) => seq);

/** What somebody with access to the index can do to it. */
export interface RawIndex {
  /** Takes the whole index away, as an operator may do at any time. */
  drop(): Promise<void>;
  setProgress(tenant: string, changes: Record<string, unknown>): Promise<void>;
  progress(tenant: string): Promise<Record<string, unknown> | undefined>;
  /** Changes what the index holds about each proposal, and not where it stands. */
  changeProposals(change: (row: string) => string): Promise<void>;
  /** Number of entries that the index holds, of all tenants and builds. */
  entries(): Promise<number>;
  /** The builds that the progress names. */
  builds(): Promise<unknown[]>;
  /** Everything that the index holds, as text. */
  dump(): Promise<string>;
}

export async function rawIndex(place: Place): Promise<RawIndex> {
  return place.kind === 'sqlite' ? sqliteIndex(`${place.location}.views`) : mongodbIndex(place.location);
}

function sqliteIndex(path: string): RawIndex {
  const db = new Database(path);
  onTestFinished(() => void db.close());
  const all = (sql: string, ...params: unknown[]) =>
    db.prepare(sql).all(...params) as Record<string, unknown>[];
  return {
    drop: async () => {
      db.exec('DELETE FROM facets; DELETE FROM proposals; DELETE FROM progress');
    },
    setProgress: async (tenant, changes) => {
      const names = Object.keys(changes);
      const sql = `UPDATE progress SET ${names.map((name) => `${name} = ?`).join(', ')} WHERE tenant = ?`;
      db.prepare(sql).run(...Object.values(changes), tenant);
    },
    progress: async (tenant) => all('SELECT * FROM progress WHERE tenant = ?', tenant)[0],
    changeProposals: async (change) => {
      const rows = all('SELECT build, proposal, row FROM proposals');
      db.exec('BEGIN IMMEDIATE');
      for (const { build, proposal, row } of rows) {
        const set = 'UPDATE proposals SET row = ? WHERE build = ? AND proposal = ?';
        db.prepare(set).run(change(String(row)), build, proposal);
      }
      db.exec('COMMIT');
    },
    entries: async () =>
      all('SELECT count(*) AS n FROM (SELECT DISTINCT build, seq FROM facets)')[0]?.['n'] as number,
    builds: async () => all('SELECT build FROM progress').map(({ build }) => build),
    dump: async () =>
      JSON.stringify([
        all('SELECT * FROM facets'),
        all('SELECT * FROM proposals'),
        all('SELECT * FROM progress'),
      ]),
  };
}

async function mongodbIndex(url: string): Promise<RawIndex> {
  const client = await new MongoClient(url).connect();
  onTestFinished(() => client.close());
  const db = client.db();
  const progress = db.collection<{ _id: string }>('views_progress');
  return {
    drop: async () => {
      for (const name of ['views_entries', 'views_proposals', 'views_progress'])
        await db.dropCollection(name);
    },
    setProgress: async (tenant, changes) =>
      void (await progress.updateOne({ _id: tenant }, { $set: changes })),
    progress: async (tenant) => (await progress.findOne({ _id: tenant })) ?? undefined,
    changeProposals: async (change) => {
      const proposals = db.collection<{ _id: string; row: string }>('views_proposals');
      const rows = await proposals.find({}).toArray();
      await proposals.bulkWrite(
        rows.map(({ _id, row }) => ({
          updateOne: { filter: { _id }, update: { $set: { row: change(row) } } },
        })),
      );
    },
    entries: () => db.collection('views_entries').countDocuments(),
    builds: () => progress.distinct('build'),
    dump: async () => {
      const names = ['views_entries', 'views_proposals', 'views_progress'];
      return JSON.stringify(await Promise.all(names.map((name) => db.collection(name).find({}).toArray())));
    },
  };
}
