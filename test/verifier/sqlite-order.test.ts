import { readFileSync, writeFileSync } from 'node:fs';
import { anchorTenant, Log, openStore } from '@sealtrail/store';
import { openSource, type SourceReport, verifyAll } from '@sealtrail/verifier';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drafts } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';
import { reorderLeaf } from '../support/sqlite-leaf.ts';

/** A store with logs of these lengths, their genesis included. */
async function newFile(lengths: Readonly<Record<string, number>>): Promise<string> {
  const { location, open } = await newSqlitePlace();
  const store = await open();
  const log = new Log(store);
  for (const [tenant, length] of Object.entries(lengths)) {
    await log.appendAll(tenant, drafts('d', length - 1));
    await anchorTenant(store, tenant, { maxSegment: 4 });
  }
  await log.close();
  await store.close();
  return location;
}

async function verify(path: string, threads = 1): Promise<{ report: SourceReport; logs: string[] }> {
  const source = await openSource(path);
  onTestFinished(() => source.close());
  const logs: string[] = [];
  const report = await verifyAll(source, {
    threads,
    partEntries: 4,
    onTenant: ({ tenant, status }) => void logs.push(`${tenant} ${status}`),
  });
  return { report, logs };
}

const codes = ({ findings }: SourceReport) => findings.map(({ code }) => code);

describe('an index of a SQLite file whose keys do not stand in their order', () => {
  it('hides no tenant, whose log nobody would walk though everybody finds it', async () => {
    const path = await newFile({ aaa: 2, aab: 2, acme: 4, beta: 2, betb: 2, gamma: 2 });
    change(path, `UPDATE entries SET openings = '{}' WHERE tenant = 'acme' AND seq = 2`);
    expect((await verify(path)).logs).toContain('acme broken');
    // A second row of beta, and no log with it.
    for (const table of ['heads', 'entries', 'anchors'])
      change(path, `DELETE FROM ${table} WHERE tenant = 'betb'`);
    const [time, genesis] = ['time', 'genesis'].map(
      (column) => `${column} = (SELECT ${column} FROM tenants WHERE tenant = 'beta')`,
    );
    change(path, `UPDATE tenants SET ${time}, ${genesis} WHERE tenant = 'betb'`);
    // Whoever looks for a name begins with the third. Whoever goes through them comes from aaa to beta, and from there to gamma.
    reorderLeaf(path, 'sqlite_autoindex_tenants_1', (keys) =>
      ['aaa', 'beta', 'aab', 'acme', 'betb', 'gamma'].map((name) => keyOf(keys, name)),
    );
    rename(path, 'betb', 'beta');
    const source = await openSource(path);
    onTestFinished(() => source.close());
    expect((await source.log('acme')).registry).toMatchObject({ tenant: 'acme' });
    const { report, logs } = await verify(path);
    expect(logs).toEqual(['aaa valid', 'beta valid', 'gamma valid']);
    expect([report.status, codes(report)]).toEqual(['broken', ['index_mismatch']]);
  });

  it('is looked for while everybody else in the process has their turn', async () => {
    const { location, open } = await newSqlitePlace();
    const store = await open();
    const log = new Log(store);
    const tenants = Array.from({ length: 450 }, (_, n) => `t-${n}`);
    await Promise.all(tenants.map((tenant) => log.appendAll(tenant, drafts('d', 1))));
    await log.close();
    await store.close();
    const source = await openSource(location);
    onTestFinished(() => source.close());
    let turns = 0;
    let isLooking = true;
    const turn = (): void => {
      if (!isLooking) return;
      turns++;
      setImmediate(turn);
    };
    setImmediate(turn);
    for await (const fault of source.indexFaults?.() ?? []) expect(fault).toBeUndefined();
    isLooking = false;
    expect(turns).toBeGreaterThan(2);
    expect((await verify(location)).report.status).toBe('valid');
  });

  it.each(['heads', 'anchors'])('is found of %s', async (table) => {
    const path = await newFile({ acme: 4, beta: 4, gamma: 4 });
    expect((await verify(path)).report.status).toBe('valid');
    reorderLeaf(path, `sqlite_autoindex_${table}_1`, (keys) => keys.toReversed());
    expect(codes((await verify(path)).report)).toContain('index_mismatch');
  });

  it.each([1, 2])('hides no entry that its id leads to, with %i threads', async (threads) => {
    // As many keys on both sides of the first that SQLite looks at.
    const path = await newFile({ acme: 10, zeta: 11 });
    for (const tenant of ['acme', 'acmf'])
      change(
        path,
        `INSERT INTO entries SELECT '${tenant}', 1000, 'p1:decision', type, time, hash, entry, openings
         FROM entries WHERE tenant = 'acme' AND seq = 2`,
      );
    for (const index of ['sqlite_autoindex_entries_1', 'entries_id']) reorderLeaf(path, index, hidden);
    const store = await openStore(path);
    onTestFinished(() => store.close());
    expect(await store.findById('acme', 'p1:decision')).toMatchObject({ seq: 1000 });
    const { report, logs } = await verify(path, threads);
    expect(logs).toEqual(['acme valid', 'zeta valid']);
    expect([report.status, codes(report)]).toEqual(['broken', ['index_mismatch', 'index_mismatch']]);
  });
});

function change(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

/** Writes another name of the same length over one, wherever it stands in the file. */
function rename(path: string, from: string, to: string): void {
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at)) bytes.write(to, at, 'latin1');
  writeFileSync(path, bytes);
}

function keyOf(keys: readonly string[], name: string): string {
  return keys.find((key) => key.includes(name)) as string;
}

/** Whoever walks a log stops before the two that were added, and whoever looks for one of them looks there first. */
function hidden(keys: readonly string[]): string[] {
  const place = String.fromCharCode(1_000 >> 8, 1_000 & 255);
  const isAdded = (key: string) =>
    key.includes('p1:decision') || key.includes(`acme${place}`) || key.includes(`acmf${place}`);
  const added = ['acmf', 'acme'].map((name) => keyOf(keys.filter(isAdded), name));
  const others = keys.filter((key) => !isAdded(key));
  const first = ((keys.length - 1) >> 1) - 1;
  return [...others.slice(0, first), ...added, ...others.slice(first)];
}
