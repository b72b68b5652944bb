import { openSource, type SourceReport, type TenantReport, verifyAll } from '@sealtrail/verifier';
import { expect } from 'vitest';
import { vectorPath } from './load.ts';

interface Verdict {
  readonly report: SourceReport;
  readonly logs: readonly TenantReport[];
}

/** The verdict on a bundle of the known answers. */
export async function verifyFile(file: string): Promise<Verdict> {
  const source = await openSource(vectorPath(file));
  const logs: TenantReport[] = [];
  const report = await verifyAll(source, { onTenant: (log) => void logs.push(log) });
  await source.close();
  return { report, logs };
}

/** A finding with this code is there, at the first broken position. */
export function expectFound({ report, logs }: Verdict, code: string, position: number | null): void {
  expect(report.status).toBe('broken');
  const findings = [...report.findings, ...logs.flatMap((log) => log.findings)];
  const positions = findings.flatMap((finding) => (finding.position === null ? [] : [finding.position]));
  expect(positions.length === 0 ? null : Math.min(...positions)).toBe(position);
  const codes = findings.filter((finding) => finding.position === position).map((finding) => finding.code);
  expect(codes).toContain(code);
}
