import { isDeepStrictEqual } from 'node:util';
import { openSource, type TenantReport, verifyAll } from '@sealtrail/verifier';
import { expect } from 'vitest';
import { reportsInParts } from './in-parts.ts';

/** Small enough that logs of tests have several. */
const PART_ENTRIES = 4;

/** Each look at a log that others still write to may find more. */
const LOOKS = 5;

/**
 * Verifies everything at a location, through a reader that opens it anew, in one piece and in parts: both must say the same. A service
 * may write its access log in between, for what a page still asks: then both look again.
 *
 * @returns the report on each tenant
 */
export async function reports(location: string): Promise<Map<string, TenantReport>> {
  for (let look = 1; ; look++) {
    const found = await reportsInOnePiece(location);
    const { reports: inParts } = await reportsInParts(location, PART_ENTRIES);
    if (look < LOOKS && !isDeepStrictEqual(inParts, found)) continue;
    expect(inParts).toEqual(found);
    return found;
  }
}

async function reportsInOnePiece(location: string): Promise<Map<string, TenantReport>> {
  const found = new Map<string, TenantReport>();
  const source = await openSource(location, { known: true });
  try {
    await verifyAll(source, { onTenant: (report) => void found.set(report.tenant, report) });
    return found;
  } finally {
    await source.close();
  }
}

/**
 * Every log there is valid from its first entry to its last, and these are all of them.
 *
 * @param entries how many entries each tenant's log holds, beside the first one that registration writes
 */
export async function expectIntact(
  location: string,
  entries: Readonly<Record<string, number>>,
): Promise<void> {
  const found = [...(await reports(location)).values()];
  expect(found.filter(({ status }) => status !== 'valid').map(({ summary }) => summary)).toEqual([]);
  const counted = found.map(({ tenant, walked }) => [tenant, walked - 1]);
  expect(Object.fromEntries(counted)).toEqual(entries);
}

/** Every stored row of a tenant, in order. */
export async function storedRows(
  location: string,
  tenant: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  const source = await openSource(location, { known: true });
  try {
    const rows = [];
    for await (const { entries } of (await source.log(tenant)).walk({ from: 0 })) rows.push(...entries);
    return rows;
  } finally {
    await source.close();
  }
}
