import { SealtrailError } from '@sealtrail/format';
import {
  anchorTenant,
  Directory,
  erase,
  Log,
  openStore,
  proveEntry,
  proveHistory,
  type Store,
  sealTenants,
} from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { openViews } from '@sealtrail/views';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';

// The driver's native part ends a process that asks for such a text as a text, and nothing could catch it: these tests would then not
// fail but be gone, and the run with them.

/** Bytes that are no text, though the column says that it is one: half a character between two that are whole. */
const HALF = "CAST(x'61c362' AS TEXT)";
const RECORD = { type: 'deal', id: 'd-77' };
const BY = { type: 'user', id: 'u-1', auth_method: 'sso' } as const;

/** Text columns of each table of a store (SPEC 8.1). */
const COLUMNS = {
  tenants: ['tenant', 'time', 'genesis'],
  heads: ['tenant', 'hash', 'time', 'anchor_hash'],
  entries: ['tenant', 'id', 'type', 'time', 'hash', 'entry', 'openings'],
  anchors: ['tenant', 'hash', 'anchor'],
  directory_changes: ['directory', 'tenant', 'last'],
};
const PLACES = Object.entries(COLUMNS).flatMap(([table, columns]) =>
  columns.map((column) => ({ table, column })),
);

/** All that a store is asked for, by whoever asks it. */
const QUESTIONS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  findById: (store) => store.findById('acme', 'd-11'),
  findLast: (store) => store.findLast('acme', 'd-11', 'd-12'),
  findByIds: (store) => store.findByIds('acme', ['d-11', 'd-12']),
  readFrom: (store) => store.readFrom('acme', 0, 100),
  readAt: (store) => store.readAt('acme', [0, 11, 12, 13, 24]),
  head: (store) => store.head('acme'),
  heads: (store) => listed(store.heads()),
  unanchored: (store) => listed(store.unanchored()),
  lastAnchor: (store) => store.lastAnchor('acme'),
  directoryChanges: (store) => listed(store.directoryChanges(0)),
  directory: (store) => Directory.at(store, undefined),
  proveEntry: (store) => proveEntry(store, 'acme', 11),
  proveHistory: (store) => proveHistory(store, 'acme', RECORD),
  append: (store) => new Log(store).append('acme', draft('one-more')),
  register: (store) => store.register('gamma'),
  anchor: (store) => anchorTenant(store, 'acme'),
  seal: (store) => sealTenants(store),
  erase: (store) => erase(store, 'acme', { about: 'record', target: RECORD, basis: 'other', by: BY }),
};

describe('a store in which somebody put bytes that are no text', () => {
  it.each(PLACES)('into $column of $table goes on, and they are found', async ({ table, column }) => {
    const place = await newSqlitePlace();
    const first = await place.open();
    const log = new Log(first);
    await log.appendAll('acme', drafts('d', 24));
    await log.appendAll('beta', [draft('d')]);
    await anchorTenant(first, 'acme', { maxSegment: 8 });
    await sealTenants(first);
    await log.append('acme', draft('not-anchored'));
    await log.close();
    await first.close();

    const db = new Database(place.location);
    const where = table === 'entries' ? "tenant = 'acme' AND seq = 12" : "tenant = 'acme'";
    const changed = db.prepare(`UPDATE ${table} SET ${column} = ${HALF} WHERE ${where}`).run().changes;
    expect(changed).toBeGreaterThan(0);
    db.close();

    const store = await openStore(place.location);
    for (const [name, ask] of Object.entries(QUESTIONS)) {
      const outcome = await ask(store).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome, name).toBeInstanceOf(SealtrailError);
    }
    const views = await openViews({ store, index: ':memory:' });
    const seen = await views.entries('acme', {}).catch((error: unknown) => error);
    if (seen instanceof Error) expect(seen).toBeInstanceOf(SealtrailError);
    await views.close();
    await store.close();
    const source = await openSource(place.location);
    expect((await verifyAll(source)).status).toBe('broken');
    await source.close();
  });

  it('is read page by page to its end, whatever a page ends with', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    const db = new Database(place.location);
    // More than two pages, ordered by their bytes; half a character is one byte here, and three when it is written as a text.
    const insert = db.prepare(
      `INSERT INTO heads SELECT CAST(x'c3' || CAST(printf('%04d', value) AS BLOB) AS TEXT), 0, 'h', 't', NULL, NULL
       FROM json_each(?)`,
    );
    insert.run(JSON.stringify(Array.from({ length: 1_200 }, (_, i) => i)));
    db.close();
    const tenants = (await listed(store.heads())).map(({ tenant }) => tenant);
    expect(tenants).toHaveLength(1_200);
    expect(tenants.at(-1)).toBe('\ufffd1199');
    expect(await listed(store.unanchored())).toHaveLength(1_200);
  });
});

async function listed<T>(all: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const one of all) list.push(one);
  return list;
}
