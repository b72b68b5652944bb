import {
  type DirectoryLine,
  DirectoryTree,
  directoryLeaf,
  type Entry,
  entryHash,
  type Finding,
  readEntry,
  readSeal,
  SEALS_TENANT,
  tenantKey,
  toEntryRow,
} from '@sealtrail/format';
import { type LogSource, verifyAll } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/errors.ts';
import type { Row } from '../support/memory-log.ts';
import { MemorySource } from '../support/memory-source.ts';
import { vectors } from './load.ts';

interface Line {
  tenant: string;
  anchors: number;
  entries: number;
  last: string;
}
interface Change extends Line {
  directory: string;
  seal: number;
}

const given = vectors<{
  keys: { tenant: string; key: string }[];
  leaves: (Line & { leaf: string })[];
  log: { seq: number; entry: string; hash: string }[];
  seals: { number: number; directory: string; root: string; size: number; lines: Line[] }[];
  invalid: { name: string; text: string; wantCode: string }[];
  directories: { name: string; log: string[]; changes: Change[]; wantSeals: number[] }[];
}>('seals.json');

function lineOf({ tenant, anchors, entries, last }: Line): DirectoryLine {
  return { key: tenantKey(tenant), anchors, entries, last };
}

describe('directories', () => {
  it('have the keys and leaves of the independent implementation', () => {
    for (const { tenant, key } of given.keys) expect(tenantKey(tenant)).toBe(key);
    for (const line of given.leaves) expect(directoryLeaf(lineOf(line))).toBe(line.leaf);
  });

  it('have its root after each seal, built at once and out of what changed', () => {
    const tree = new DirectoryTree();
    for (const { root, size, lines } of given.seals) {
      const alone = new DirectoryTree();
      for (const line of lines) {
        tree.set(lineOf(line));
        alone.set(lineOf(line));
      }
      expect([tree.root(), tree.size]).toEqual([root, size]);
      expect([alone.root(), alone.size]).toEqual([root, size]);
      const keys = lines.map(({ tenant }) => tenantKey(tenant));
      expect(keys).toEqual(keys.toSorted());
    }
    expect(given.seals.length).toBeGreaterThan(3);
  });
});

describe('seals', () => {
  it('are read from the operator’s log', () => {
    for (const { number, directory, root, size } of given.seals) {
      const { entry, hash } = given.log[number] as (typeof given.log)[0];
      const seal = { number, directory, directory_root: root, directory_size: size, hash };
      expect(readSeal(entry)).toMatchObject(seal);
    }
  });

  it.each(given.invalid)('are refused: $name', async ({ text, wantCode }) => {
    expect(await codeOf(() => readSeal(text))).toBe(wantCode);
  });
});

/** A store in which only the operator's log and the stored changes lie: what it says of other tenants is missing. */
function storeOf(log: readonly string[], changes: readonly Change[]): LogSource {
  const entries: Row[] = log.map((text) => {
    const entry = readEntry(text) as Entry;
    return { ...toEntryRow(entry, text, entryHash(text), '{}') };
  });
  const [first, last] = [entries[0] as Row, entries.at(-1) as Row];
  const { tenant, time, seq, hash } = { ...last, tenant: SEALS_TENANT } as Row;
  const heads = [{ tenant, seq, hash, time, anchor_number: null, anchor_hash: null }];
  const source = new MemorySource({
    tenants: [{ tenant, time: first['time'], genesis: first['hash'] }],
    heads,
    entries,
    anchors: [],
  });
  const ordered = changes.toSorted((a, b) => a.seal - b.seal);
  return Object.assign(source, {
    async *directoryChanges() {
      yield ordered as unknown as Row[];
    },
  });
}

describe('stored changes', () => {
  it.each(given.directories)('$name', async ({ log, changes, wantSeals }) => {
    const report = await verifyAll(storeOf(log, changes));
    const found = report.findings.filter(({ code }: Finding) => code === 'directory_mismatch');
    const others = report.findings.filter(({ code }: Finding) => code !== 'directory_mismatch');
    expect([...new Set(others.map(({ code }) => code))]).toEqual(['sealed_tenant_missing']);
    if (wantSeals.length === 0) expect(found).toEqual([]);
    else expect(found.map(({ message }) => message).join('\n')).toContain(`seal ${wantSeals[0]}`);
  });
});
