import { readFile } from 'node:fs/promises';
import { describe, expect, inject, it } from 'vitest';
import { tamper } from './lib/tamper/run.mjs';

const mongodb = inject('mongodbUrl');
// Each way that needs something noted elsewhere occurs among its thousand cases.
const SEED = 108;

/** Numbers of cases by what came of them, whatever was changed. */
const sum = (counts: Readonly<Record<string, number>>, part: string): number =>
  Object.entries(counts).reduce((total, [outcome, n]) => (outcome.startsWith(part) ? total + n : total), 0);

describe('whatever is changed', () => {
  it('in a file or in what was made of it is found, and named by its position', async () => {
    const { counts, needs, problems } = await tamper({ store: 'sqlite', cases: 1_000, seed: SEED });
    expect(problems).toEqual([]);
    expect(sum(counts, 'caught at its position')).toBeGreaterThan(200);
    expect(sum(counts, 'caught')).toBeGreaterThan(700);
    expect(sum(counts, 'valid')).toBeGreaterThan(40);
    // What the log alone does not show is what the threat model says.
    expect(needs).toEqual(await listed());
  });

  it.skipIf(mongodb === undefined)('in MongoDB is found, and named by its position', async () => {
    process.env['MONGODB_URL'] = mongodb;
    const { counts, problems } = await tamper({ store: 'mongodb', cases: 300, seed: SEED });
    expect(problems).toEqual([]);
    expect(sum(counts, 'caught at its position')).toBeGreaterThan(50);
    expect(sum(counts, 'caught')).toBeGreaterThan(200);
  });
});

async function listed(): Promise<string[]> {
  const text = await readFile(new URL('../../docs/design.md', import.meta.url), 'utf8');
  const [, table = ''] = text.split('<!-- noted elsewhere -->');
  const rows = [...table.matchAll(/^\| ([^|]+?) +\| (a position|a seal|a checkpoint) noted elsewhere/gm)];
  return rows.map(([, how, noted]) => `${how}: ${noted} noted elsewhere`).sort();
}
