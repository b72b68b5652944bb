import { openSource, type TenantReport, verifyAll, verifyTenant } from '@sealtrail/verifier';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildLog, type LogShape } from '../support/memory-log.ts';
import { sqliteFile } from '../support/sqlite-file.ts';

const SHAPE: LogShape = { entries: 10, segments: [4, 3] };
const logs = () => [
  buildLog(SHAPE),
  buildLog({ tenant: 'beta', entries: 3 }),
  buildLog({ tenant: 'null', entries: 2 }),
];

async function verifyFile(path: string) {
  const reports: TenantReport[] = [];
  const source = await openSource(path);
  onTestFinished(() => source.close());
  const report = await verifyAll(source, { onTenant: (log) => void reports.push(log) });
  return { source, report, verdicts: Object.fromEntries(reports.map((one) => [one.tenant, one])) };
}

describe('a SQLite file', () => {
  it('is read by its first bytes, and gives the same verdicts as the rows themselves', async () => {
    const { report, verdicts, source } = await verifyFile(sqliteFile(logs()));
    expect(report).toMatchObject({ status: 'valid', tenants: 3, walked: 15 });
    expect(verdicts['acme']).toMatchObject({ walked: 10, anchors: { checked: 2, through: 6 } });
    expect(await verifyTenant(source, 'acme', { from: 5, to: 8 })).toMatchObject({
      status: 'valid',
      walked: 4,
    });
    expect(await verifyTenant(source, 'acme', { segments: [1] })).toMatchObject({
      status: 'valid',
      walked: 3,
    });
    expect(await verifyTenant(source, 'nobody')).toMatchObject({ status: 'unverifiable' });
  });

  it.each<[string, string, string, number | null]>([
    ['a column that nobody knows', 'ALTER TABLE entries ADD COLUMN note', 'row_malformed', 0],
    ['a column of anchors that nobody knows', 'ALTER TABLE anchors ADD COLUMN note', 'anchor_malformed', 0],
    ['a column of heads that nobody knows', 'ALTER TABLE heads ADD COLUMN note', 'head_malformed', null],
    [
      'a column of the registry that nobody knows',
      'ALTER TABLE tenants ADD COLUMN note',
      'registry_malformed',
      null,
    ],
    [
      'a text as bytes',
      "UPDATE entries SET entry = CAST(entry AS BLOB) WHERE tenant = 'acme' AND seq = 5",
      'row_malformed',
      5,
    ],
    [
      'a position as text',
      "UPDATE entries SET seq = CAST(seq AS TEXT) WHERE tenant = 'acme' AND seq = 5",
      'row_malformed',
      5,
    ],
    [
      'a position that is nothing',
      "UPDATE entries SET seq = NULL WHERE tenant = 'acme' AND seq = 5",
      'row_malformed',
      5,
    ],
    [
      'a position too large to be exact',
      "UPDATE entries SET seq = 9223372036854775807 WHERE tenant = 'acme' AND seq = 5",
      'row_malformed',
      5,
    ],
    [
      'a position without end',
      "UPDATE entries SET seq = 9e999 WHERE tenant = 'acme' AND seq = 5",
      'row_malformed',
      5,
    ],
    [
      'a tenant as bytes',
      "UPDATE entries SET tenant = CAST(tenant AS BLOB) WHERE tenant = 'acme' AND seq = 5",
      'gap',
      5,
    ],
    ['no tenant', "UPDATE entries SET tenant = NULL WHERE tenant = 'acme' AND seq = 5", 'gap', 5],
    ['an anchor number as text', "UPDATE anchors SET number = 'x' WHERE number = 1", 'anchor_malformed', 4],
    [
      'an anchor as bytes',
      'UPDATE anchors SET anchor = CAST(anchor AS BLOB) WHERE number = 1',
      'anchor_malformed',
      4,
    ],
    ['a head position as text', 'UPDATE heads SET seq = CAST(seq AS TEXT)', 'head_malformed', null],
  ])('with %s is broken where it is', async (_, sql, code, position) => {
    const { report, verdicts } = await verifyFile(sqliteFile(logs(), (db) => void db.exec(sql)));
    expect(report.status).toBe('broken');
    expect(verdicts['acme']).toMatchObject({ status: 'broken', position });
    expect(verdicts['acme']?.findingCodes).toHaveProperty(code);
  });

  it.each([
    ['tenants', 'registry_malformed'],
    ['heads', 'head_malformed'],
  ])('with two rows of one tenant in %s has none', async (table, code) => {
    const { verdicts } = await verifyFile(
      sqliteFile(logs(), (db) => {
        db.exec(`INSERT INTO ${table} SELECT * FROM ${table} WHERE tenant = 'acme'`);
      }),
    );
    expect(verdicts['acme']?.findingCodes).toHaveProperty(code);
    expect(verdicts['beta']).toMatchObject({ status: 'valid' });
  });

  it.each([
    ['bytes', "CAST('acme' AS BLOB)"],
    ['nothing', 'NULL'],
    ['a number', '7'],
    ['an empty text', "''"],
  ])('whose registry holds %s instead of a name is broken, and hides no other log', async (_, value) => {
    const path = sqliteFile(logs(), (db) => {
      db.exec(`UPDATE tenants SET tenant = ${value} WHERE tenant = 'acme'`);
    });
    const { report, verdicts } = await verifyFile(path);
    expect(report).toMatchObject({ status: 'broken', valid: expect.any(Number) });
    expect(verdicts['acme']?.findingCodes).toEqual({ tenant_unregistered: 1 });
    expect(verdicts['beta']).toMatchObject({ status: 'valid' });
  });

  it.each([
    ['bytes', "CAST('acme' AS BLOB)"],
    ['nothing', 'NULL'],
    ['a number', '7'],
    ['an empty text', "''"],
  ])('whose rows hold %s instead of a name has rows of nobody', async (_, value) => {
    for (const table of ['entries', 'heads', 'anchors']) {
      const path = sqliteFile([...logs(), buildLog({ tenant: 'more', entries: 4, segments: [2] })], (db) => {
        db.exec(`UPDATE ${table} SET tenant = ${value} WHERE tenant = 'more'`);
        db.exec("DELETE FROM tenants WHERE tenant = 'more'");
        for (const other of ['entries', 'heads', 'anchors'])
          db.exec(`DELETE FROM ${other} WHERE tenant = 'more'`);
      });
      const { report, verdicts } = await verifyFile(path);
      expect(report.status).toBe('broken');
      expect(verdicts['acme']).toMatchObject({ status: 'valid' });
      expect(Object.values(verdicts).filter(({ status }) => status === 'broken')).toHaveLength(1);
    }
  });

  it('whose rows hold no text for a name are of nobody who may be called like it', async () => {
    const path = sqliteFile(logs(), (db) => {
      for (const [seq, value] of [
        [70, 'NULL'],
        [72, '7'],
        [73, "'7'"],
        [74, "'7 (not a text)'"],
        [75, "x'07'"],
        [76, "'07'"],
        [77, "CAST(x'ff' AS TEXT)"],
        [78, "'ff'"],
      ] as const) {
        db.exec(`CREATE TEMP TABLE copy AS SELECT * FROM entries WHERE tenant = 'acme' AND seq = 1;
          UPDATE copy SET tenant = ${value}, seq = ${seq}, id = 'x-${seq}'; INSERT INTO entries SELECT * FROM copy; DROP TABLE copy`);
      }
    });
    const source = await openSource(path);
    onTestFinished(() => source.close());
    const named: string[] = [];
    for await (const { tenant, registry } of source.logs()) if (registry === undefined) named.push(tenant);
    expect(named).toEqual([
      '07',
      '07 (not a text)',
      '7',
      '7 (not a text)',
      '7 (not a text)',
      'ff',
      'ff (not a text)',
      'null (not a text)',
    ]);
  });

  it('that lacks a table cannot be read, and says so', async () => {
    for (const table of ['tenants', 'heads', 'entries', 'anchors']) {
      const path = sqliteFile(logs(), (db) => void db.exec(`DROP TABLE ${table}`));
      await expect(verifyFile(path)).rejects.toMatchObject({ code: 'source_invalid' });
    }
  });
});
