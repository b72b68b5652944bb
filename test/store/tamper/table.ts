import { openSource, type TenantReport, verifyAll, verifyTenant } from '@sealtrail/verifier';
import { describe, expect, it } from 'vitest';
import { reportsInParts } from '../../support/in-parts.ts';
import { type Raw, raw } from '../../support/raw.ts';
import { rehash } from '../../support/rehash.ts';
import { anchorCases } from './anchors.ts';
import { HEAD, LAST, OTHER, type TamperCase, TENANT } from './case.ts';
import { columnCases } from './columns.ts';
import type { Evidence } from './evidence.ts';
import { headCases } from './heads.ts';
import { rowCases } from './rows.ts';
import { textCases } from './texts.ts';

const CASES: readonly TamperCase[] = [
  ...columnCases,
  ...textCases,
  ...rowCases,
  ...headCases,
  ...anchorCases,
];

async function verdict(location: string): Promise<Map<string, TenantReport>> {
  const found = new Map<string, TenantReport>();
  const source = await openSource(location);
  const report = await verifyAll(source, { onTenant: (one) => void found.set(one.tenant, one) });
  await source.close();
  expect(report.status).toBe('broken');
  const inParts = await reportsInParts(location, 3);
  expect(inParts).toMatchObject({ report, reports: found });
  return found;
}

/** Each way to tamper with stored data is found, by its code and at its position. */
export function tamperTable(kind: Evidence['kind'], evidence: () => Promise<Evidence>): void {
  describe('a stored log that was tampered with', () => {
    it.each(CASES.filter(({ only = kind }) => only === kind))('$what', async (one) => {
      const { location } = await evidence();
      await one.change(await raw({ kind, location }), kind);
      const found = await verdict(location);
      const { status, position, findingCodes } = found.get(TENANT) as TenantReport;
      expect({ status, position, codes: Object.keys(findingCodes) }).toEqual({
        status: 'broken',
        position: one.position,
        codes: expect.arrayContaining([one.code]),
      });
      const others = [...found.values()].filter(
        ({ tenant, status }) => tenant !== TENANT && status !== 'valid',
      );
      expect(others.map(({ tenant }) => tenant)).toEqual(Object.keys(one.others ?? {}));
      for (const { tenant, findingCodes } of others)
        expect(findingCodes).toHaveProperty(one.others?.[tenant] ?? '');
    });
  });

  // What agrees with itself is called valid, and says what it was not compared with.
  const CONSISTENT: readonly [string, (raw: Raw) => Promise<void>][] = [
    [
      'the newest entry changed, with its columns and the head',
      (raw) => rehash(raw, TENANT, LAST, { data: {} }, { head: true }),
    ],
    [
      'the newest entry deleted, and the head set back',
      async (raw) => {
        const [before] = (await raw.rows('entries', TENANT)).slice(-2);
        await raw.remove('entries', { tenant: TENANT, seq: LAST });
        await raw.set('heads', HEAD, {
          seq: before?.['seq'],
          hash: before?.['hash'],
          time: before?.['time'],
        });
      },
    ],
  ];

  describe('a stored log that was rewritten so that it agrees with itself', () => {
    it.each(CONSISTENT)('is found by a position that was noted elsewhere: %s', async (_, change) => {
      const { location, last } = await evidence();
      await change(await raw({ kind, location }));
      const source = await openSource(location);
      const without = await verifyTenant(source, TENANT);
      expect(without.status).toBe('valid');
      expect(without.notChecked.map(({ code }) => code)).toContain('outside_witness');
      const report = await verifyTenant(source, TENANT, { trusted: last });
      expect(report).toMatchObject({
        status: 'broken',
        position: LAST,
        findingCodes: { trusted_mismatch: 1 },
      });
      expect((await verifyTenant(source, OTHER)).status).toBe('valid');
      await source.close();
    });

    it('is not taken for a log when everything of it is gone', async () => {
      const { location } = await evidence();
      const hand = await raw({ kind, location });
      for (const table of ['tenants', 'heads', 'anchors', 'entries'] as const) {
        await hand.remove(table, { tenant: TENANT });
      }
      const source = await openSource(location);
      expect((await verifyTenant(source, TENANT)).status).toBe('unverifiable');
      await source.close();
    });
  });
}
