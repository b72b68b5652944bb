import { readFileSync } from 'node:fs';
import {
  inclusionHashes,
  predictedEntryProof,
  predictedHistoryProof,
  rangeHashes,
  readUnitFile,
  simulate,
  withTables,
} from '@sealtrail/bench/scaling';
import { inclusionProof, leafHash, rangeProof } from '@sealtrail/format';
import { anchorTenant, Log, openStore, proveEntry, proveHistory, sealTenants } from '@sealtrail/store';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { draft, drafts } from '../support/drafts.ts';
import { newSqlitePlace } from '../support/places.ts';
import { expectIntact } from '../support/verified.ts';

const LEAVES = Array.from({ length: 70 }, (_, i) => leafHash(String(i)));
const file = (path: string) => new URL(`../../${path}`, import.meta.url).pathname;

describe('the model of what proofs weigh', () => {
  it('counts the hashes of every inclusion proof of small trees', () => {
    for (let size = 1; size <= LEAVES.length; size++) {
      const leaves = LEAVES.slice(0, size);
      const counted = leaves.map((_, index) => inclusionHashes(index, size));
      expect(counted).toEqual(leaves.map((_, index) => inclusionProof(leaves, index).length));
    }
  });

  it('counts the hashes of every range proof of small trees', () => {
    const run = fc
      .tuple(fc.integer({ min: 1, max: LEAVES.length }), fc.nat(), fc.nat())
      .map(([size, from, count]) => ({
        size,
        from: from % size,
        count: 1 + (count % (size - (from % size))),
      }));
    fc.assert(
      fc.property(run, ({ size, from, count }) => {
        const real = rangeProof(LEAVES.slice(0, size), from, count);
        expect(rangeHashes(from, count, size)).toBe(real.length);
      }),
    );
  });

  it('gives the exact length of entry and history proofs', async () => {
    const place = await newSqlitePlace();
    const store = await openStore(place.location);
    onTestFinished(() => store.close());
    const log = new Log(store);
    await log.appendAll('acme', drafts('a', 50));
    await log.append('acme', draft('elsewhere', { targets: [{ type: 'deal', id: 'd-1' }] }));
    await log.appendAll('acme', drafts('b', 30));
    for (let i = 0; i < 5; i++) await log.append(`other-${i}`, draft('one'));
    await log.close();
    await anchorTenant(store, 'acme', { maxSegment: 7 });
    await sealTenants(store);
    for (let seq = 0; seq <= 81; seq++) {
      const proof = await proveEntry(store, 'acme', seq);
      expect(predictedEntryProof(proof)).toBe(JSON.stringify(proof).length);
    }
    for (const record of [
      { type: 'deal', id: 'd-1' },
      { type: 'deal', id: 'd-77' },
      { type: 'deal', id: 'never' },
    ]) {
      const proof = await proveHistory(store, 'acme', record);
      expect(predictedHistoryProof(proof)).toBe(JSON.stringify(proof).length);
    }
    const others = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`other-${i}`, 1]));
    await expectIntact(place.location, { acme: 81, ...others, '~seals': 1 });
  });
});

describe('the simulated fleet', () => {
  it('gives each job to whoever is free first, in the order of the queue', () => {
    // By hand: 5 and 3 begin; 4 follows 3 until 7, 2 follows 5 until 7, 1 follows either until 8.
    expect(simulate([5, 3, 4, 2, 1], 2)).toMatchObject({ makespanMs: 8, waitedMs: [0, 0, 3, 5, 7] });
    expect(simulate([5, 3, 4, 2, 1], 1)).toEqual({
      makespanMs: 15,
      waitedMs: [0, 5, 8, 12, 14],
      utilisation: 1,
    });
  });
});

describe('docs/scaling.md', () => {
  it('has the tables that the model makes of the committed unit costs', () => {
    const text = readFileSync(file('docs/scaling.md'), 'utf8');
    expect(withTables(text, readUnitFile(file('bench/scaling.json')))).toBe(text);
  });
});
