import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { anchorTenant, type ExportOptions, exportBundle, Log, type Store } from '@sealtrail/store';
import { openSource, verifyAll } from '@sealtrail/verifier';
import { describe, expect, it, onTestFinished } from 'vitest';
import { draft, drafts } from '../../support/drafts.ts';
import { outcome } from '../../support/errors.ts';
import type { NewPlace, Place } from '../../support/places.ts';
import { type Raw, raw } from '../../support/raw.ts';
import { expectIntact, reports } from '../../support/verified.ts';

const TIME = '2026-03-02T08:00:00.000Z';

async function filled(place: Place): Promise<Store> {
  const store = await place.open();
  const log = new Log(store);
  for (const tenant of ['beta', 'acme']) {
    await log.appendAll(tenant, drafts('e', 30));
    await anchorTenant(store, tenant, { maxSegment: 8, minEntries: 8 });
  }
  await log.append('acme', draft('personal', { sealed: { name: 'Jane Roe' } }));
  await log.close();
  return store;
}

async function exported(place: Place, store: Store, options: Partial<ExportOptions> = {}) {
  const file = join(place.folder, 'log.bundle');
  const source = store.source();
  await writeFile(file, '');
  try {
    const result = await exportBundle(source, (chunk) => appendFile(file, chunk), { time: TIME, ...options });
    return { file, result };
  } finally {
    await source.close();
  }
}

const BROKEN: readonly [string, (raw: Raw) => Promise<void>][] = [
  ['an entry changed', (raw) => raw.set('entries', { tenant: 'acme', seq: 20 }, { hash: '0'.repeat(64) })],
  ['an entry deleted', (raw) => raw.remove('entries', { tenant: 'acme', seq: 20 })],
  ['the newest entry deleted', (raw) => raw.remove('entries', { tenant: 'acme', seq: 31 })],
  ['a sealed value gone', (raw) => raw.set('entries', { tenant: 'acme', seq: 31 }, { openings: '{}' })],
  ['an anchor changed', (raw) => raw.set('anchors', { tenant: 'acme', number: 1 }, { to_seq: 16 })],
  ['an anchor deleted', (raw) => raw.remove('anchors', { tenant: 'acme', number: 1 })],
  ['the newest anchor deleted', (raw) => raw.remove('anchors', { tenant: 'acme', number: 2 })],
  ['the head with another time', (raw) => raw.set('heads', { tenant: 'acme' }, { time: TIME })],
  [
    'the head with another anchor',
    (raw) => raw.set('heads', { tenant: 'acme' }, { anchor_hash: '0'.repeat(64) }),
  ],
  ['the head gone', (raw) => raw.remove('heads', { tenant: 'acme' })],
  ['the registration changed', (raw) => raw.set('tenants', { tenant: 'acme' }, { time: TIME })],
  ['the registration gone', (raw) => raw.remove('tenants', { tenant: 'acme' })],
];

/** A bundle carries whole logs, and only good ones. */
export function exporting(newPlace: NewPlace): void {
  describe('an export', () => {
    it('verifies by itself, with the same logs in it', async () => {
      const place = await newPlace();
      const store = await filled(place);
      const { file, result } = await exported(place, store);
      expect(result).toEqual({ tenants: 2, entries: 63, anchors: 6 });
      const [stored, alone] = [await reports(place.location), await reports(file)];
      expect([...alone.keys()]).toEqual(['acme', 'beta']);
      for (const [tenant, { last, anchors, unanchored, openings }] of stored) {
        expect(alone.get(tenant)).toMatchObject({ last, anchors, unanchored, openings });
      }
      await expectIntact(file, { acme: 31, beta: 30 });
      await expectIntact(place.location, { acme: 31, beta: 30 });
    });

    it('without sealed values holds none, and says so', async () => {
      const place = await newPlace();
      const store = await filled(place);
      const { file } = await exported(place, store, { openings: 'withheld' });
      expect(await readFile(file, 'utf8')).not.toContain('Jane');
      const report = (await reports(file)).get('acme');
      expect(report?.notChecked.map(({ code }) => code)).toContain('openings_withheld');
      expect(report?.openings.checked).toBe(0);
      const bundle = await openSource(file);
      onTestFinished(() => bundle.close());
      const again = exportBundle(bundle, () => {}, { time: TIME, openings: 'included' });
      expect(await outcome(again)).toBe('config_invalid');
      await expectIntact(file, { acme: 31, beta: 30 });
    });

    it('made from an export is the same, byte for byte', async () => {
      const place = await newPlace();
      const store = await filled(place);
      const { file } = await exported(place, store);
      const again: string[] = [];
      const bundle = await openSource(file);
      onTestFinished(() => bundle.close());
      await exportBundle(bundle, (chunk) => void again.push(chunk), { time: TIME });
      expect(again.join('')).toBe(await readFile(file, 'utf8'));
      await expectIntact(file, { acme: 31, beta: 30 });
    });

    it('holds only the tenants that were asked for', async () => {
      const place = await newPlace();
      const store = await filled(place);
      const { file, result } = await exported(place, store, { tenants: ['beta', 'beta'] });
      expect(result).toEqual({ tenants: 1, entries: 31, anchors: 3 });
      expect(await outcome(exported(place, store, { tenants: ['beta', 'nobody'] }))).toBe('source_invalid');
      await exported(place, store, { tenants: ['beta'] });
      await expectIntact(file, { beta: 30 });
    });

    it('made while entries are appended and anchored ends where the log did then', async () => {
      const place = await newPlace();
      const store = await filled(place);
      const log = new Log(store);
      const appending = (async () => {
        for (let round = 0; round < 5; round++) {
          await Promise.all(drafts(`r${round}`, 20).map((one) => log.append('acme', one)));
          await anchorTenant(store, 'acme', { maxSegment: 8 });
        }
      })();
      for (let i = 0; i < 5; i++) {
        const { file, result } = await exported(place, store);
        await expectIntact(file, { acme: result.entries - 31 - 1, beta: 30 });
      }
      await appending;
      await log.close();
      await expectIntact(place.location, { acme: 131, beta: 30 });
    });

    it('that is not checked has the log as it is, also with an anchor that is none', async () => {
      const place = await newPlace();
      const store = await filled(place);
      const hand = await raw(place);
      const [, row] = await hand.rows('anchors', 'acme');
      const changed = String(row?.['anchor']).replace(/"records_size":\d+/, '"records_size":"x"');
      await hand.set('anchors', { tenant: 'acme', number: 1 }, { anchor: changed });
      expect(await outcome(exported(place, store))).toBe('segment_broken');
      const { file, result } = await exported(place, store, { checked: false });
      expect(result).toEqual({ tenants: 2, entries: 63, anchors: 6 });
      expect(await readFile(file, 'utf8')).toContain(`{"anchor":${changed}}\n`);
      const [stored, alone] = [await reports(place.location), await reports(file)];
      for (const found of [stored, alone]) {
        expect([found.get('acme')?.status, found.get('beta')?.status]).toEqual(['broken', 'valid']);
      }
      expect(Object.keys(alone.get('acme')?.findingCodes ?? {})).toContain('anchor_malformed');
    });

    it.each(BROKEN)('of a broken log is refused: %s', async (_, change) => {
      const place = await newPlace();
      const store = await filled(place);
      await change(await raw(place));
      expect(await outcome(exported(place, store))).toBe('segment_broken');
      const source = await openSource(place.location);
      expect((await verifyAll(source)).status).toBe('broken');
      await source.close();
    });
  });
}
