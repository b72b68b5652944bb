import type { FindingCode } from '@sealtrail/format';
import { type TenantReport, type VerifyOptions, verifyTenant } from '@sealtrail/verifier';
import { expect } from 'vitest';
import { buildLog, type LogShape, type StoredLog, USUAL } from './memory-log.ts';
import { MemorySource, tablesOf } from './memory-source.ts';

/** The report on one stored log, by default under the tenant that it was built for. */
export function verify(
  log: StoredLog,
  options: VerifyOptions = {},
  batchRows = 3,
  tenant = 'acme',
): Promise<TenantReport> {
  return verifyTenant(new MemorySource(tablesOf(log), { batchRows }), tenant, options);
}

/** One way to change a log, and what a verifier has to say about it. */
export interface TamperCase {
  readonly name: string;
  readonly shape?: LogShape;
  readonly tamper: (log: StoredLog) => void;
  readonly wantCode: FindingCode;
  /** The first broken position by SPEC 9.1. */
  readonly wantPosition: number | null;
}

/** Asserts that a changed log is broken, at exactly that position, for that reason, however its rows are read. */
export async function expectBroken({
  shape = USUAL,
  tamper,
  wantCode,
  wantPosition,
}: TamperCase): Promise<void> {
  const log = buildLog(shape);
  tamper(log);
  const report = await verify(log);
  const codes = report.findings.filter((one) => one.position === wantPosition).map(({ code }) => code);
  expect({ status: report.status, position: report.position, codes }).toEqual({
    status: 'broken',
    position: wantPosition,
    codes: expect.arrayContaining([wantCode]),
  });
  expect(report.findingCount).toBe(report.findings.length);
  for (const batchRows of [1, 1_000]) expect(await verify(log, {}, batchRows)).toEqual(report);
}
