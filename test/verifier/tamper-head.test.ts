import { encodeEntry, entryHash, genesisEntry } from '@sealtrail/format';
import { type TenantReport, verifyAll } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { buildLog, type StoredLog, setHead, timeAt } from '../support/memory-log.ts';
import { MemorySource, type Tables, tablesOf } from '../support/memory-source.ts';
import { otherHash, removeEntries, rowAt } from '../support/tamper.ts';
import { expectBroken, type TamperCase, verify } from '../support/verdict.ts';

const head = (column: string, value: unknown) => (log: StoredLog) => {
  log.head[column] = value;
};
const registry = (column: string, value: unknown) => (log: StoredLog) => {
  log.registry[column] = value;
};

describe('the head', () => {
  it.each<TamperCase>([
    {
      name: 'names another hash',
      tamper: (log) => head('hash', otherHash(log.head['hash']))(log),
      wantCode: 'head_mismatch',
      wantPosition: 9,
    },
    {
      name: 'names another time',
      tamper: head('time', timeAt(8)),
      wantCode: 'head_mismatch',
      wantPosition: 9,
    },
    {
      name: 'names an entry that is not there',
      tamper: head('seq', 10),
      wantCode: 'truncated',
      wantPosition: 10,
    },
    {
      name: 'names an entry far behind the end',
      tamper: head('seq', Number.MAX_SAFE_INTEGER),
      wantCode: 'truncated',
      wantPosition: 10,
    },
    {
      name: 'names an earlier position with the hash of the last',
      tamper: head('seq', 8),
      wantCode: 'head_mismatch',
      wantPosition: 8,
    },
    {
      name: 'names an anchor that is not there',
      tamper: head('anchor_number', 2),
      wantCode: 'anchor_missing',
      wantPosition: 7,
    },
    {
      name: 'names another hash of the anchor',
      tamper: head('anchor_hash', 'ab'.repeat(32)),
      wantCode: 'head_mismatch',
      wantPosition: null,
    },
    {
      name: 'names an earlier anchor with the hash of the newest',
      tamper: head('anchor_number', 0),
      wantCode: 'head_mismatch',
      wantPosition: null,
    },
    {
      name: 'names an anchor without its hash',
      tamper: head('anchor_hash', null),
      wantCode: 'head_malformed',
      wantPosition: null,
    },
    { name: 'has a column more', tamper: head('fence', 1), wantCode: 'head_malformed', wantPosition: null },
    {
      name: 'has a position as text',
      tamper: head('seq', '9'),
      wantCode: 'head_malformed',
      wantPosition: null,
    },
    {
      name: 'has a negative position',
      tamper: head('seq', -1),
      wantCode: 'head_malformed',
      wantPosition: null,
    },
    { name: 'has half a position', tamper: head('seq', 8.5), wantCode: 'head_malformed', wantPosition: null },
    { name: 'has no time', tamper: head('time', undefined), wantCode: 'head_malformed', wantPosition: null },
    {
      name: 'has a time that is none',
      tamper: head('time', '2026-02-30T00:00:00.000Z'),
      wantCode: 'head_malformed',
      wantPosition: null,
    },
    {
      name: 'has a hash in capitals',
      tamper: (log) => head('hash', String(log.head['hash']).toUpperCase())(log),
      wantCode: 'head_malformed',
      wantPosition: null,
    },
    {
      name: 'belongs to another tenant',
      tamper: head('tenant', 'other'),
      wantCode: 'head_missing',
      wantPosition: null,
    },
    {
      name: 'lacks a column',
      tamper: (log) => {
        delete log.head['anchor_number'];
      },
      wantCode: 'head_malformed',
      wantPosition: null,
    },
    {
      name: 'lags, and names another hash',
      shape: { entries: 10, segments: [4, 3], headSeq: 5, headAnchor: 0 },
      tamper: (log) => head('hash', otherHash(log.head['hash']))(log),
      wantCode: 'head_mismatch',
      wantPosition: 5,
    },
  ])('$name', expectBroken);

  it('that lags is not broken: entries and anchors after it are good if they chain', async () => {
    for (let seq = 0; seq < 10; seq++) {
      const log = buildLog();
      setHead(log, seq, seq < 4 ? null : 0);
      if (seq < 4) head('anchor_number', null)(log);
      if (seq < 4) head('anchor_hash', null)(log);
      expect(await verify(log)).toMatchObject({ status: 'valid', walked: 10, anchors: { through: 6 } });
    }
  });

  it('tells a log that was cut, however many findings there are', async () => {
    const log = buildLog({ entries: 40 });
    removeEntries(log, 39);
    for (const row of log.entries) row['id'] = 'same';
    const report = await verify(log, { maxFindings: 1 });
    expect(report).toMatchObject({ status: 'broken', position: 0, findingCount: 40 });
    expect(report.findings).toHaveLength(1);
    expect(report.findingCodes).toEqual({ column_mismatch: 39, truncated: 1 });
  });
});

describe('the registry', () => {
  it.each<TamperCase>([
    {
      name: 'has another genesis hash',
      tamper: registry('genesis', 'ab'.repeat(32)),
      wantCode: 'registry_malformed',
      wantPosition: null,
    },
    {
      name: 'has another time',
      tamper: registry('time', timeAt(1)),
      wantCode: 'registry_malformed',
      wantPosition: null,
    },
    {
      name: 'has a time that is none',
      tamper: registry('time', ''),
      wantCode: 'registry_malformed',
      wantPosition: null,
    },
    {
      name: 'has a column more',
      tamper: registry('deleted', false),
      wantCode: 'registry_malformed',
      wantPosition: null,
    },
    {
      name: 'has a genesis that is no text',
      tamper: registry('genesis', null),
      wantCode: 'registry_malformed',
      wantPosition: null,
    },
    {
      name: 'has another time, and the genesis that follows from it',
      tamper: (log) => {
        registry('time', timeAt(1))(log);
        registry('genesis', entryHash(encodeEntry(genesisEntry('acme', timeAt(1)))))(log);
      },
      wantCode: 'genesis_invalid',
      wantPosition: 0,
    },
    {
      name: 'does not know the tenant',
      tamper: registry('tenant', 'other'),
      wantCode: 'tenant_unregistered',
      wantPosition: null,
    },
  ])('$name', expectBroken);
});

async function verifyEvery(tables: Tables) {
  const logs: TenantReport[] = [];
  const report = await verifyAll(new MemorySource(tables), { onTenant: (log) => void logs.push(log) });
  return {
    report,
    verdicts: logs.map(({ tenant, status, findingCodes }) => ({ tenant, status, findingCodes })),
  };
}

describe('a tenant that was', () => {
  const three = () =>
    ['acme', 'beta', 'gamma'].map((tenant) => buildLog({ tenant, entries: 5, segments: [2] }));

  it('deleted whole is missed, for the registry knows it', async () => {
    const [acme, beta, gamma] = three() as [StoredLog, StoredLog, StoredLog];
    const tables = { ...tablesOf(acme, gamma), tenants: [acme, beta, gamma].map((log) => log.registry) };
    const { report, verdicts } = await verifyEvery(tables);
    expect(report).toMatchObject({ status: 'broken', tenants: 3, valid: 2, broken: 1, walked: 10 });
    expect(verdicts[1]).toEqual({
      tenant: 'beta',
      status: 'broken',
      findingCodes: { tenant_missing: 1, head_missing: 1 },
    });
  });

  it('struck from the registry is found by its rows, whichever are left', async () => {
    for (const left of ['entries', 'heads', 'anchors'] as const) {
      const [acme, beta, gamma] = three() as [StoredLog, StoredLog, StoredLog];
      const tables = tablesOf(acme, gamma);
      tables[left].push(...tablesOf(beta)[left]);
      const { report, verdicts } = await verifyEvery(tables);
      expect(report).toMatchObject({ status: 'broken', tenants: 3, valid: 2, broken: 1 });
      // Registered tenants come first.
      expect(verdicts[2]).toMatchObject({ tenant: 'beta', findingCodes: { tenant_unregistered: 1 } });
    }
  });

  it('renamed in every column is not the one that its texts name', async () => {
    const log = buildLog({ tenant: 'acme', entries: 5, segments: [2] });
    for (const row of [log.registry, log.head, ...log.entries, ...log.anchors]) row['tenant'] = 'beta';
    const { report, verdicts } = await verifyEvery(tablesOf(log));
    expect(report.status).toBe('broken');
    expect(verdicts[0]?.findingCodes).toMatchObject({ registry_malformed: 1, genesis_invalid: 1 });
  });

  it('named so that no log can have the name is reported, not a failure of the verifier', async () => {
    for (const name of ['', ' ', 'a b', 'ä', 'x'.repeat(129), 'null', '__proto__', '\u0000']) {
      const log = buildLog({ entries: 3, segments: [2] });
      const tables = tablesOf(log);
      tables.entries.push({ ...rowAt(log, 0), tenant: name }, { ...rowAt(log, 1), tenant: name });
      tables.anchors.push({ ...log.anchors[0], tenant: name });
      const { report } = await verifyEvery(tables);
      expect(report).toMatchObject({ status: 'broken', tenants: 2, valid: 1, broken: 1 });
    }
  });

  it('never there gives no verdict', async () => {
    const report = await verify(buildLog(), {}, 3, 'nobody');
    expect(report).toMatchObject({ status: 'unverifiable', walked: 0, range: null, findingCount: 0 });
    expect((await verifyEvery(tablesOf())).report).toMatchObject({ status: 'unverifiable', tenants: 0 });
  });
});
