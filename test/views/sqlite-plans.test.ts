import { Log } from '@sealtrail/store';
import Database from 'libsql';
import { expect, it, onTestFinished } from 'vitest';
import { newSqlitePlace } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';
import { viewsOf } from './helpers.ts';
import { BULK, LIFE } from './story.ts';

// The statements that queries rest on, as the adapter words them. What matters is that none of them looks at rows that it
// does not give.
const QUERIES: readonly [string, string][] = [
  [
    'SELECT 1 FROM facets WHERE build = 1 AND facet = ? AND seq BETWEEN 1 AND 9 LIMIT 10',
    'PRIMARY KEY (build=? AND facet=? AND seq>? AND seq<?)',
  ],
  [
    `SELECT d.seq, EXISTS (SELECT 1 FROM facets o WHERE o.build = 1 AND o.facet = ? AND o.seq = d.seq) FROM facets d
     WHERE d.build = 1 AND d.facet = ? AND d.seq BETWEEN 1 AND 9 ORDER BY d.seq DESC LIMIT 9`,
    'PRIMARY KEY (build=? AND facet=? AND seq=?)',
  ],
  [
    'SELECT row FROM proposals WHERE build = ? AND created_seq BETWEEN ? AND ? ORDER BY created_seq LIMIT ?',
    'proposals_created (build=? AND created_seq>? AND created_seq<?)',
  ],
  [
    `SELECT row FROM proposals WHERE build = ? AND due_at < ? AND (due_at, proposal) > (?, ?)
     ORDER BY due_at, proposal LIMIT ?`,
    'proposals_due (build=? AND (due_at,proposal)>(?,?) AND due_at<?)',
  ],
];

it('serves every query of SQLite by an index, without sorting', async () => {
  const place = await newSqlitePlace();
  const log = new Log(await place.open());
  await log.appendAll('acme', [...LIFE, ...BULK]);
  await log.close();
  await (await viewsOf(place)).entries('acme');
  const db = new Database(`${place.location}.views`);
  onTestFinished(() => void db.close());
  for (const [sql, want] of QUERIES) {
    const plan = (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(
      ({ detail }) => detail,
    );
    expect(plan.join('\n')).toContain(want);
    expect(plan.filter((step) => step.startsWith('SCAN') || step.includes('TEMP B-TREE'))).toEqual([]);
  }
  await expectIntact(place.location, { acme: 15 });
});
