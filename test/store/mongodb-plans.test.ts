import { openMongodbStore } from '@sealtrail/store/mongodb';
import { MongoClient } from 'mongodb';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { askEverything } from '../support/every-question.ts';
import { collectQuestions, type MongodbPlan, plansOf } from '../support/mongodb-plans.ts';
import { newMongodbPlace } from '../support/places.ts';
import { reports } from '../support/verified.ts';

const url = inject('mongodbUrl');
const newPlace = newMongodbPlace(url ?? '');
/** As many that no planner takes looking at all of them for the shorter way. */
const ENTRIES = 2_000;

/**
 * They have a document for each tenant or change, and are looked at as a whole when all tenants are asked for. So may the anchors be for
 * their tenants' names, of which an index tells each once, while an engine holds that they are too few for that.
 */
const MAY_SCAN =
  /^(tenants|heads|directory_changes)\.|^anchors\.aggregate \[\{\$group: \{_id: \$tenant\}\}\]$/;
/** An engine notices only after a while how much there is, and then goes by the order of an index. */
const PATIENCE_MS = 30_000;

describe.skipIf(url === undefined)('what the store and the verifier ask a MongoDB database', () => {
  it('is found by an index, and sorted by nothing but it', async () => {
    const place = await newPlace();
    const client = await new MongoClient(place.location, { monitorCommands: true }).connect();
    onTestFinished(() => client.close());
    const store = await openMongodbStore(client, { database: client.db().databaseName });
    onTestFinished(() => store.close());
    const asked = collectQuestions(client);
    await askEverything(store, async () => store.source(), { entries: ENTRIES, folder: place.folder });

    const { sysInfo } = await client.db().command({ buildInfo: 1 });
    const plans = await settled(() => plansOf(client.db(), asked));
    expect(plans.filter(isBad)).toEqual([]);
    // Those that matter were among them.
    expect(plans.length).toBeGreaterThan(25);
    const byTenant = plans.filter(({ collection }) => /^(heads|tenants)$/.test(collection));
    expect(byTenant.flatMap(({ indexes }) => indexes).filter((name) => name !== '_id_')).toEqual([]);
    // Other engines name what they do in other words.
    if (String(sysInfo).startsWith('DocumentDB'))
      await expect(page(plans)).toMatchFileSnapshot('../../docs/query-plans-mongodb.md');
    expect([...(await reports(place.location)).values()].every(({ status }) => status === 'valid')).toBe(
      true,
    );
  });
});

/** What takes longer with every entry. Of a tenant's anchors an engine may hold that sorting a few is faster. */
function isBad({ collection, question, scans, sorts }: MongodbPlan): boolean {
  return (scans && !MAY_SCAN.test(question)) || (sorts && collection === 'entries');
}

async function settled(plans: () => Promise<MongodbPlan[]>): Promise<MongodbPlan[]> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    const found = await plans();
    if (!found.some(isBad) || Date.now() > end) return found;
    await new Promise((resume) => setTimeout(resume, 1_000));
  }
}

/** For people: what is asked, and how the server finds it. */
function page(plans: readonly MongodbPlan[]): string {
  // What takes a lock once more is asked on a slow machine only.
  const lines = plans
    .filter(({ collection, scans }) => /^(entries|anchors)$/.test(collection) && !scans)
    .map(({ question, indexes }) => {
      const found = indexes.map((name) => `\`${name}\``).join(', ');
      return `- \`${question}\`: ${found || 'nothing to look for'}`;
    });
  return `# Query plans of MongoDB

What the store and the verifier ask a MongoDB database about entries and anchors, values left out, and by which index the server finds it
(\`explain\`). A test writes this page and holds it to the code; it fails when anything looks at all entries or anchors, or has to sort
entries. \`heads\` and \`tenants\`, whose \`_id\` is the tenant, are found by it, or read as a whole where all tenants are asked for, as are the
changes of the seals' directories. The engine was DocumentDB. A file's plans are in [query plans](query-plans.md), those of the views in
[views](views.md).

${lines.join('\n')}
`;
}
