import { randomUUID } from 'node:crypto';
import {
  directoryLeaf,
  entryProofSchema,
  historyProofSchema,
  merkleRoot,
  SEALS_TENANT,
  tenantKey,
  verifyEntryProof,
  verifyHistoryProof,
} from '@sealtrail/format';
import {
  anchorTenant,
  Directory,
  Log,
  proveEntry,
  proveHistory,
  Sealer,
  type Store,
  sealTenants,
  type TenantLine,
} from '@sealtrail/store';
import { describe, expect, it } from 'vitest';
import { draft } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace } from '../../support/places.ts';
import { type Row, raw } from '../../support/raw.ts';
import { reports } from '../../support/verified.ts';

const record = (id: string) => ({ type: 'deal', id });

async function fill(store: Store, tenant: string, entries: number, segment = 4): Promise<void> {
  const log = new Log(store);
  for (let i = 0; i < entries; i++) {
    await log.append(tenant, { ...draft(randomUUID()), targets: [record(`d-${i % 3}`)] });
  }
  await log.close();
  await anchorTenant(store, tenant, { maxSegment: segment });
}

async function expectSound(location: string): Promise<void> {
  const found = [...(await reports(location)).values()];
  expect(found.filter(({ status }) => status !== 'valid').map(({ summary }) => summary)).toEqual([]);
}

export function sealing(newPlace: NewPlace): void {
  describe('a seal', () => {
    it('has one leaf for each tenant with its newest anchor, in the order of their keys', async () => {
      const place = await newPlace();
      const store = await place.open();
      for (const [i, tenant] of ['acme', 'beta', 'gamma'].entries()) await fill(store, tenant, 3 + i);
      await store.register('empty');
      const { seal, made, tenants, changed, refused } = await sealTenants(store);
      expect({ made, tenants, changed, refused }).toEqual({
        made: true,
        tenants: 4,
        changed: 4,
        refused: [],
      });
      const lines = (await Directory.at(store)).sorted();
      expect(lines.map(({ tenant }) => tenant).sort()).toEqual(['acme', 'beta', 'empty', 'gamma']);
      expect(lines.map(({ key }) => key)).toEqual(lines.map(({ tenant }) => tenantKey(tenant)).sort());
      expect(seal?.seal.directory_root).toBe(merkleRoot(lines.map(directoryLeaf)));
      for (const { tenant, anchors, entries, last } of lines) {
        const newest = await store.lastAnchor(tenant);
        expect([anchors, entries, last]).toEqual(
          newest === undefined ? [0, 0, '0'.repeat(64)] : [newest.number + 1, newest.to_seq + 1, newest.hash],
        );
      }
      await expectSound(place.location);
    });

    it('is made when something changed, or when the last is old', async () => {
      const place = await newPlace();
      const store = await place.open();
      const sealer = new Sealer(store);
      expect(await sealer.seal()).toMatchObject({ made: false, seal: undefined });
      await fill(store, 'acme', 3);
      const first = await sealer.seal();
      expect(await sealer.seal()).toMatchObject({ made: false, seal: first.seal });
      const later = Date.parse(first.seal?.seal.time as string) + 3_600_000;
      expect(await sealer.seal({ now: () => later })).toMatchObject({ made: true, changed: 0 });
      await fill(store, 'acme', 1);
      expect(await sealer.seal()).toMatchObject({ made: true, changed: 1 });
      // One that knows nothing of the others reads the same directory.
      expect(await sealTenants(store)).toMatchObject({ made: false, tenants: 1 });
      await expectSound(place.location);
    });

    it('is made once when several seal at the same moment, and the log of seals has no gap', async () => {
      const place = await newPlace();
      const stores = await Promise.all([place.open(), place.open(), place.open()]);
      for (let round = 0; round < 4; round++) {
        await fill(stores[0] as Store, `t-${round}`, 3);
        const results = await Promise.all(stores.map((store) => sealTenants(store)));
        expect(results.filter(({ made }) => made)).toHaveLength(1);
        expect(new Set(results.map(({ seal }) => seal?.seal.hash)).size).toBe(1);
      }
      expect((await (stores[0] as Store).head(SEALS_TENANT))?.seq).toBe(4);
      expect((await Directory.at(stores[1] as Store)).sorted()).toHaveLength(4);
      await expectSound(place.location);
    });

    it('keeps the line of a tenant that disappeared, went back or forked, and says so', async () => {
      const place = await newPlace();
      const store = await place.open();
      for (const tenant of ['gone', 'back', 'fork', 'torn', 'past', 'fine']) await fill(store, tenant, 8);
      await sealTenants(store);
      const before = (await Directory.at(store)).sorted();
      const hand = await raw(place);
      for (const table of ['tenants', 'heads', 'anchors', 'entries'] as const)
        await hand.remove(table, { tenant: 'gone' });
      await hand.set(
        'heads',
        { tenant: 'back' },
        { anchor_number: 0, anchor_hash: (await store.anchorAt('back', 0))?.hash },
      );
      await hand.set('heads', { tenant: 'fork' }, { anchor_hash: 'f'.repeat(64) });
      for (const tenant of ['torn', 'past', 'fine']) await fill(store, tenant, 8);
      const newest = { tenant: 'torn', number: (await store.head('torn'))?.anchor_number as number };
      await hand.set('anchors', newest, { anchor: '{}' });
      const sealed = (before.find(({ tenant }) => tenant === 'past') as TenantLine).anchors - 1;
      await hand.remove('anchors', { tenant: 'past', number: sealed });
      const { refused, changed } = await sealTenants(store);
      expect(changed).toBe(1);
      expect([...refused].sort((a, b) => (a.tenant < b.tenant ? -1 : 1))).toEqual([
        { tenant: 'back', reason: 'rolled_back' },
        { tenant: 'fork', reason: 'forked' },
        { tenant: 'gone', reason: 'missing' },
        { tenant: 'past', reason: 'forked' },
        { tenant: 'torn', reason: 'malformed' },
      ]);
      const after = (await Directory.at(store)).sorted();
      const others = (lines: typeof before) => lines.filter(({ tenant }) => tenant !== 'fine');
      expect(others(after)).toEqual(others(before));
      const found = await reports(place.location);
      expect([found.get('fine')?.status, found.get(SEALS_TENANT)?.status]).toEqual(['valid', 'valid']);
    });

    it('leaves no trace of an attempt that was killed before its entry was appended', async () => {
      const place = await newPlace();
      const store = await place.open();
      await fill(store, 'acme', 3);
      await store.register(SEALS_TENANT);
      const lost = {
        directory: 'lost',
        seal: 1,
        tenant: 'ghost',
        anchors: 1,
        entries: 1,
        last: 'e'.repeat(64),
      };
      await store.addDirectoryChanges([lost]);
      await sealTenants(store);
      expect((await Directory.at(store)).sorted().map(({ tenant }) => tenant)).toEqual(['acme']);
      await expectSound(place.location);
    });
  });

  describe('a proof', () => {
    it('of an entry leads to the first seal that covers it, or to the one that is asked for', async () => {
      const place = await newPlace();
      const store = await place.open();
      for (let round = 0; round < 3; round++) {
        await fill(store, 'acme', 6);
        await fill(store, 'beta', 2);
        await sealTenants(store);
      }
      for (const seq of [0, 3, 5, 6, 11, 17]) {
        const proof = entryProofSchema.parse(
          JSON.parse(JSON.stringify(await proveEntry(store, 'acme', seq))),
        );
        const { entry, seal } = verifyEntryProof(proof);
        expect(entry.seq).toBe(seq);
        const newest = verifyEntryProof(await proveEntry(store, 'acme', seq, { seal: 3 }));
        expect([newest.seal.number, newest.hash]).toEqual([3, verifyEntryProof(proof).hash]);
        expect(seal.number).toBeLessThanOrEqual(3);
      }
      expect(verifyEntryProof(await proveEntry(store, 'acme', 0)).seal.number).toBe(1);
      const open = new Log(store);
      const { seq } = await open.append('acme', draft(randomUUID()));
      await open.close();
      await expect(proveEntry(store, 'acme', seq)).rejects.toMatchObject({ code: 'not_sealed' });
      for (const [tenant, none] of [
        ['acme', seq + 1],
        ['nobody', 0],
      ] as const) {
        const message = `there is no entry ${none} in the log of ${tenant}`;
        await expect(proveEntry(store, tenant, none)).rejects.toMatchObject({ code: 'not_found', message });
      }
      await expectSound(place.location);
    });

    it('leads to no other seal than the one that is asked for', async () => {
      const place = await newPlace();
      const store = await place.open();
      await fill(store, 'acme', 6);
      await sealTenants(store);
      const log = new Log(store);
      await log.append(SEALS_TENANT, draft(randomUUID()));
      await log.close();
      for (const seal of [0, 2, 3, 99]) {
        const codes = [
          await outcome(proveEntry(store, 'acme', 2, { seal })),
          await outcome(proveHistory(store, 'acme', record('d-1'), { seal })),
        ];
        expect([seal, ...codes]).toEqual([seal, 'not_sealed', 'not_sealed']);
      }
      expect(verifyEntryProof(await proveEntry(store, 'acme', 2, { seal: 1 })).seal.number).toBe(1);
      const history = await proveHistory(store, 'acme', record('d-1'), { seal: 1 });
      expect(verifyHistoryProof(history).seal.number).toBe(1);
      await expectSound(place.location);
    });

    it('of a record holds all of its entries up to the newest seal, and none of others', async () => {
      const place = await newPlace();
      const store = await place.open();
      await fill(store, 'acme', 20, 5);
      await fill(store, 'beta', 3);
      await sealTenants(store);
      for (const id of ['d-0', 'd-1', 'd-2', 'never']) {
        const proof = historyProofSchema.parse(
          JSON.parse(JSON.stringify(await proveHistory(store, 'acme', record(id)))),
        );
        const { entries, covered } = verifyHistoryProof(proof);
        expect(covered).toBe(21);
        const seqs = Array.from({ length: 20 }, (_, i) => i + 1).filter((seq) => `d-${(seq - 1) % 3}` === id);
        expect(entries.map(({ entry }) => entry.seq)).toEqual(seqs);
      }
      await expect(proveHistory(store, 'nobody', record('x'))).rejects.toMatchObject({ code: 'not_sealed' });
      await expectSound(place.location);
    });

    it.each<[string, (row: Row) => Row]>([
      ['a target', ({ entry }) => ({ entry: String(entry).replace('d-1', 'd-2') })],
      ['a text that is none any more', () => ({ entry: '{"v":1' })],
      ['a text without its targets', () => ({ entry: '{}' })],
      ['a hash', () => ({ hash: 'f'.repeat(64) })],
      ['a hash that is none', () => ({ hash: 'f' })],
    ])('is not made from a log that was changed: %s', async (_, change) => {
      const place = await newPlace();
      const store = await place.open();
      await fill(store, 'acme', 8);
      await sealTenants(store);
      const hand = await raw(place);
      const [, , row] = await hand.rows('entries', 'acme');
      await hand.set('entries', { tenant: 'acme', seq: 2 }, change(row as Row));
      await expect(proveEntry(store, 'acme', 2)).rejects.toMatchObject({ code: 'segment_broken' });
      await expect(proveHistory(store, 'acme', record('d-1'))).rejects.toMatchObject({
        code: 'segment_broken',
      });
      expect((await reports(place.location)).get('acme')).toMatchObject({ status: 'broken', position: 2 });
    });
  });
}
