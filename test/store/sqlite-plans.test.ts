import { openSource } from '@sealtrail/verifier';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askEverything } from '../support/every-question.ts';
import { newSqlitePlace } from '../support/places.ts';
import { reports } from '../support/verified.ts';

/** Every statement that anybody prepared. */
const asked = new Set<string>();

beforeEach(() => {
  asked.clear();
  const { prepare } = Database.prototype;
  vi.spyOn(Database.prototype, 'prepare').mockImplementation(function (this: Database.Database, sql: string) {
    asked.add(sql);
    return prepare.call(this, sql);
  });
});
afterEach(() => void vi.restoreAllMocks());

/** What has a row for each tenant may be looked at as a whole, when all tenants are asked for; and what is already a part. */
const MAY_SCAN =
  /^SCAN (tenants|heads|h|s|t|r|directory_changes|sqlite_master|sqlite_schema)\b|^SCAN \(subquery|^SCAN CONSTANT ROW|^SCAN pragma_/;
/** Rows of nobody: min() reads the first of the index, and the next step begins behind it. */
const SKIPS = /SELECT min\(tenant\) FROM (entries|anchors)/;

/** How many rows an index has, and whether its keys stand in their order, when all of a file is verified. */
const COUNTS =
  /^SELECT count\(\*\) AS n(, sum\(later\).*)? FROM \( ?SELECT \S+( number)? FROM (entries|anchors) INDEXED BY \w+ LIMIT :room\)+$/;

/** Rows that a store's schema does not have: SQLite goes through nothing for them, where nobody changed the schema under the rows. */
const OF_NOBODY = /^SELECT sum\(1\) AS n FROM entries INDEXED BY \w+ WHERE tenant IS NULL$/;

describe('what the store and the verifier ask a SQLite file', () => {
  it('is found by an index, and sorted by nothing but it', async () => {
    const place = await newSqlitePlace();
    const store = await place.open();
    await askEverything(store, () => openSource(place.location), { entries: 30, folder: place.folder });
    vi.restoreAllMocks();

    const db = new Database(place.location, { readonly: true });
    const bad: string[] = [];
    const plans = new Map<string, string[]>();
    for (const sql of asked) {
      if (!/^\s*(SELECT|WITH|UPDATE|DELETE)/i.test(sql)) continue;
      const steps = (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(
        ({ detail }) => detail,
      );
      const said = sql.replace(/\s+/g, ' ').trim();
      for (const step of steps) {
        const may = [SKIPS, COUNTS, OF_NOBODY].some((one) => one.test(said));
        const scans = step.startsWith('SCAN ') && !MAY_SCAN.test(step) && !may;
        if (scans || step.includes('USE TEMP B-TREE')) bad.push(`${step}: ${said}`);
      }
      // SQLite begins at one of the two, and passes over what lies between it and the other, for each page anew.
      if ((said.match(/\bseq >/g) ?? []).length > 1) bad.push(`two lower bounds: ${said}`);
      if (/\b(entries|anchors|heads)\b/.test(said)) plans.set(said, steps);
    }
    db.close();
    expect(bad).toEqual([]);
    await expect(page(plans)).toMatchFileSnapshot('../../docs/query-plans.md');
    // Those that matter were among them.
    expect(asked.size).toBeGreaterThan(25);
    expect([...(await reports(place.location)).values()].every(({ status }) => status === 'valid')).toBe(
      true,
    );
  });
});

/** For people: what is asked, and how SQLite finds it. */
function page(plans: ReadonlyMap<string, readonly string[]>): string {
  const sections = [...plans]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sql, steps]) => `\`\`\`sql\n${sql}\n\`\`\`\n\n${steps.map((step) => `- ${step}`).join('\n')}\n`);
  return `# Query plans

What the store and the verifier ask a SQLite file about entries, anchors and heads, and how SQLite finds it (EXPLAIN QUERY PLAN). A test
writes this page and holds it to the code; it fails when anything looks at all of a table that has a row for each entry or anchor, or
sorts by itself. The views have a test of their own. What MongoDB is asked is in [query plans of MongoDB](query-plans-mongodb.md), and how its
indexes begin with the shard key in [scaling](scaling.md).

${sections.join('\n')}`;
}
